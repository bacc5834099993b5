// A recording on the page: its player, its transcripts, and what keeps them in step.

import { Columns, scrollColumn } from "./columns.js";
import { _ } from "./gettext.js";
import { TimeLine } from "./timeline.js";
import { clock, lastBefore } from "./times.js";
import { Transcript, unmark } from "./transcript.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Recording {
  /** `changed` is called whenever the dock may have to say something else. */
  constructor(section, changed) {
    this.section = section;
    this.id = section.id;
    this.changed = changed;
    this.media = section.querySelector("video, audio");
    this.player = section.querySelector(".player");
    this.transcripts = [...section.querySelectorAll(".transcript")].map((place) => new Transcript(place));
    this.transcript = this.transcripts[0] ?? null;
    this.columns = null; // set while two transcripts stand side by side
    this.links = [...section.querySelectorAll(".languages a")];
    this.chapters = [...section.querySelectorAll(".chapters a")];
    this.chapterStarts = this.chapters.map((chapter) => Number(chapter.dataset.seek));
    this.follow = true;
    this.away = false; // the reader has scrolled elsewhere
    this.cued = null; // the position that the reader asked for, while nothing plays
    this.passage = null; // { start, end, armed }: what a link quotes; armed: the player stops at its end
    this.pending = null; // where the player will be once it knows its recording
    this.own = null; // the position of a seek of our own, which leaves the passage armed
    this.timer = 0;
    if (this.transcripts.length < 2) section.classList.add("one-language");
    else this.choose(this.transcript);
    for (const place of section.querySelectorAll(".transport, .needs-media")) place.hidden = !this.media;
    for (const place of section.querySelectorAll(".tools")) place.hidden = false;
    if (this.media) this.#listen();
  }

  get time() {
    return this.pending ?? Math.round((this.media?.currentTime ?? 0) * 1000);
  }

  get playing() {
    return Boolean(this.media) && !this.media.paused && !this.media.ended;
  }

  get started() {
    return Boolean(this.player?.classList.contains("started"));
  }

  #listen() {
    const { media } = this;
    for (const name of ["timeupdate", "seeked", "ratechange", "pause"]) {
      media.addEventListener(name, () => this.update());
    }
    media.addEventListener("seeking", () => {
      const ours = this.own !== null && Math.abs(this.time - this.own) < 50;
      this.own = null;
      if (this.passage && !ours) this.passage.armed = false;
      this.update();
    });
    media.addEventListener("play", () => {
      this.player.classList.add("started");
      this.#top();
      this.cued = null;
      this.away = false;
      this.columns?.release();
      this.update();
      this.changed(this);
    });
    media.addEventListener("pause", () => this.changed(this));
    media.addEventListener("ended", () => this.changed(this));
    media.addEventListener("ratechange", () => this.#showSpeed());
    const titles = this.chapters.map((chapter) => chapter.querySelector("[data-title]")?.textContent ?? "");
    const chapters = this.chapterStarts.map((start, index) => ({ start, title: titles[index] }));
    this.timeLine = new TimeLine(this.player, media, chapters);
  }

  /** Brings the page to the player's time, and looks again when what is said changes. */
  update() {
    clearTimeout(this.timer);
    const { time, passage } = this;
    if (passage?.armed && this.playing && time >= passage.end) {
      passage.armed = false;
      passage.heard = true;
      this.media.pause();
      // A busy machine comes late: the player stands where the passage ends all the same, and offers to play it again.
      this.own = passage.end;
      this.media.currentTime = passage.end / 1000;
    }
    let next = passage?.armed ? passage.end : Infinity;
    let changed = false;
    for (const transcript of this.shown) {
      const seen = transcript.show(time);
      changed ||= seen.changed;
      next = Math.min(next, seen.next);
    }
    if (changed) {
      this.#chapter();
      if (this.follow && this.playing) this.#keepInView();
      this.changed(this);
    }
    if (this.playing && next !== Infinity) {
      const wait = (next - this.media.currentTime * 1000) / (this.media.playbackRate || 1);
      this.timer = setTimeout(() => this.update(), Math.max(15, Math.min(wait + 5, 1000)));
    }
  }

  /** The transcripts that the reader sees. */
  get shown() {
    if (this.columns) return this.columns.pair;
    return this.transcript ? [this.transcript] : [];
  }

  #chapter() {
    const now = lastBefore(this.chapterStarts, this.time);
    this.chapters.forEach((chapter, index) => {
      if (index === now) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    });
  }

  /** Where the window's free part begins: below what sticks to the top. */
  #top() {
    const sticks = (place) => place && !place.hidden && getComputedStyle(place).position === "sticky";
    const player = this.started && sticks(this.player) ? this.player.offsetHeight : 0;
    const tools = this.section.querySelector(".tools");
    this.section.style.setProperty("--player", `${player}px`); // what sticks below it has to know
    return player + (sticks(tools) ? tools.offsetHeight : 0);
  }

  inView(transcript = this.transcript) {
    const sentence = transcript?.current;
    if (!sentence) return true;
    const box = sentence.getBoundingClientRect();
    if (transcript.scrolls) {
      const column = transcript.section.getBoundingClientRect();
      return box.bottom > column.top && box.top < column.bottom - 40;
    }
    return box.bottom > this.#top() + 8 && box.top < window.innerHeight - 72;
  }

  #keepInView() {
    if (this.away) {
      if (!this.inView()) return;
      this.away = false;
    }
    for (const transcript of this.shown) {
      const sentence = transcript.current;
      if (!sentence) continue;
      const box = sentence.getBoundingClientRect();
      const column = transcript.scrolls ? transcript.section.getBoundingClientRect() : null;
      const top = column ? column.top : this.#top();
      const room = (column ? column.bottom : window.innerHeight) - top;
      if (box.top < top + room * 0.08 || box.bottom > top + room * 0.72) this.scrollTo(sentence);
    }
  }

  scrollTo(sentence, behavior = undefined) {
    const how = behavior ?? (calm.matches ? "instant" : "smooth");
    const section = sentence.closest(".transcript");
    if (section.classList.contains("column")) {
      scrollColumn(section, sentence, how);
      return;
    }
    const top = this.#top();
    const box = sentence.getBoundingClientRect();
    const target = window.scrollY + box.top - top - (window.innerHeight - top) * 0.28;
    window.scrollTo({ top: Math.max(0, target), behavior: how });
  }

  back() {
    this.away = false;
    this.columns?.release();
    for (const transcript of this.shown) {
      const sentence = transcript.current ?? transcript.at(this.time);
      if (sentence) this.scrollTo(sentence);
    }
    this.changed(this);
  }

  /** Goes to a position. Without `play`, what plays goes on playing and what rests is cued. */
  seek(time, { play = false } = {}) {
    const { media } = this;
    if (!media) return;
    this.pending = time;
    const go = () => {
      if (this.pending === null) return;
      this.own = this.pending;
      media.currentTime = this.pending / 1000;
      this.pending = null;
      this.update();
    };
    if (this.passage && (time < this.passage.start || time >= this.passage.end)) this.passage.armed = false;
    if (media.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else {
      media.addEventListener("loadedmetadata", go, { once: true });
      if (media.preload === "none") media.preload = "metadata";
    }
    this.away = false;
    if (play) this.play();
    else if (!this.playing) this.cued = time;
    this.changed(this);
  }

  play() {
    return this.media?.play().catch(() => {
      this.cued ??= this.time; // the browser wants a press of its own button
      this.changed(this);
    });
  }

  toggle() {
    if (this.playing) this.media.pause();
    else if (this.passage?.heard && !this.passage.armed && Math.abs(this.time - this.passage.end) < 400) this.hear();
    else this.play();
  }

  /** By sentences from the present one: -1 back, 1 on. */
  step(by) {
    const { transcript } = this;
    if (!transcript?.sentences.length) return;
    const here = lastBefore(transcript.starts, this.time + 50);
    // Back from well inside a sentence goes to its beginning first.
    const inside = by < 0 && here >= 0 && this.time - transcript.starts[here] > 1500;
    const index = Math.min(transcript.sentences.length - 1, Math.max(0, inside ? here : here + by));
    this.seek(transcript.starts[index]);
  }

  /** The next speed up (1) or down (-1). */
  faster(by) {
    const now = this.media.playbackRate;
    const next = by > 0 ? SPEEDS.find((speed) => speed > now) : SPEEDS.findLast((speed) => speed < now);
    this.media.playbackRate = next ?? now;
  }

  #showSpeed() {
    const list = this.section.querySelector('[data-do="speed"]');
    if (list && [...list.options].some((option) => Number(option.value) === this.media.playbackRate)) {
      list.value = String(this.media.playbackRate);
    }
  }

  /** Shows what a link quotes: marked in the transcript and on the time line, cued, and played where the browser lets it. */
  quote(start, end) {
    const until = end ?? Number(this.transcript?.at(start)?.dataset.e ?? start + 1);
    this.passage = { start, end: until, armed: false, heard: false };
    const sentences = this.transcript?.mark(start, until) ?? [];
    this.timeLine?.showPassage([start, until]);
    const first = sentences[0] ?? this.transcript?.at(start);
    if (first) this.scrollTo(first, "instant");
    this.cued = start;
    if (this.media) this.hear();
  }

  /** Plays the quoted passage, to its end. */
  hear() {
    const { passage } = this;
    this.seek(passage.start);
    passage.armed = true;
    this.play();
  }

  forget() {
    if (!this.passage) return;
    this.passage = null;
    unmark();
    this.timeLine?.showPassage(null);
  }

  /** Shows one of several transcripts, at the same place of the recording; side by side it becomes the second. */
  choose(transcript) {
    if (this.columns) {
      if (transcript === this.transcript) return;
      this.columns.end();
      this.columns = new Columns(this.transcript, transcript);
    } else {
      this.transcript = transcript;
    }
    this.#arrange();
  }

  /** Two transcripts side by side, or one. */
  sideBySide(on) {
    this.columns?.end();
    const other = this.transcripts.find((one) => one !== this.transcript);
    this.columns = on && other ? new Columns(this.transcript, other) : null;
    this.#arrange();
  }

  #arrange() {
    const { shown } = this;
    this.section.querySelector(".texts").classList.toggle("both", shown.length > 1);
    for (const transcript of this.transcripts) {
      transcript.section.hidden = !shown.includes(transcript);
      if (transcript.section.hidden) transcript.clear();
    }
    for (const link of this.links) {
      if (shown.some((one) => one.name === link.dataset.transcript)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (this.passage) this.transcript.mark(this.passage.start, this.passage.end);
    if (this.media && (this.started || this.cued !== null)) {
      this.update();
      if (this.started) this.back();
    }
  }

  get label() {
    const { passage } = this;
    if (passage && !this.playing) {
      const times = { start: clock(passage.start), end: clock(passage.end) };
      if (passage.heard && Math.abs(this.time - passage.end) < 400) return _("Play the passage again");
      if (this.cued === passage.start) return _("Play the passage, %(start)s to %(end)s", times);
    }
    if (this.cued !== null && !this.playing) return _("Play from %(time)s", { time: clock(this.cued) });
    const time = clock(this.time);
    return this.playing ? _("Pause at %(time)s", { time }) : _("Play from %(time)s", { time });
  }
}
