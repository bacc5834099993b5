// A recording on the page: its player, its transcripts, and what keeps the two in step.

import { clock, lastBefore } from "./times.js";
import { Transcript } from "./transcript.js";
import { followWave } from "./wave.js";

export class Recording {
  /** `changed` is called whenever the dock may have to say something else. */
  constructor(section, changed) {
    this.section = section;
    this.changed = changed;
    this.media = section.querySelector("video, audio");
    this.player = section.querySelector(".player");
    this.transcripts = [...section.querySelectorAll(".transcript")].map((place) => new Transcript(place));
    this.transcript = this.transcripts[0] ?? null;
    this.links = [...section.querySelectorAll(".languages a")];
    this.chapters = [...section.querySelectorAll(".chapters a")];
    this.follow = true;
    this.away = false; // the reader has scrolled elsewhere
    this.cued = null; // the position that the reader asked for, while nothing plays
    this.timer = 0;
    if (this.transcripts.length < 2) section.classList.add("one-language");
    else this.choose(this.transcript);
    for (const place of section.querySelectorAll(".transport, .switches")) place.hidden = !this.media;
    if (this.media) this.#listen();
  }

  get time() {
    return Math.round((this.media?.currentTime ?? 0) * 1000);
  }

  get playing() {
    return Boolean(this.media) && !this.media.paused && !this.media.ended;
  }

  get started() {
    return Boolean(this.player?.classList.contains("started"));
  }

  #listen() {
    const { media } = this;
    for (const name of ["timeupdate", "seeking", "seeked", "ratechange", "pause"]) {
      media.addEventListener(name, () => this.update());
    }
    media.addEventListener("play", () => {
      this.player.classList.add("started");
      this.cued = null;
      this.away = false;
      this.update();
      this.changed(this);
    });
    media.addEventListener("pause", () => this.changed(this));
    media.addEventListener("ended", () => this.changed(this));
    const wave = this.section.querySelector(".wave");
    if (wave) followWave(wave, media);
  }

  /** Brings the page to the player's time, and looks again when what is said changes. */
  update() {
    clearTimeout(this.timer);
    if (!this.transcript) return;
    const { changed, next } = this.transcript.show(this.time);
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

  #chapter() {
    const starts = this.chapters.map((chapter) => Number(chapter.dataset.seek));
    const now = lastBefore(starts, this.time);
    this.chapters.forEach((chapter, index) => {
      if (index === now) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    });
  }

  /** Where the window's free part begins: below the player where it sticks to the top. */
  #top() {
    return this.started && getComputedStyle(this.player).position === "sticky" ? this.player.offsetHeight : 0;
  }

  inView() {
    const sentence = this.transcript?.current;
    if (!sentence) return true;
    const box = sentence.getBoundingClientRect();
    return box.bottom > this.#top() + 8 && box.top < window.innerHeight - 72;
  }

  #keepInView() {
    const sentence = this.transcript.current;
    if (!sentence) return;
    if (this.away) {
      if (!this.inView()) return;
      this.away = false;
    }
    const box = sentence.getBoundingClientRect();
    const top = this.#top();
    const room = window.innerHeight - top;
    if (box.top < top + room * 0.08 || box.bottom > top + room * 0.72) this.scrollTo(sentence);
  }

  scrollTo(sentence, behavior = undefined) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = this.#top();
    const box = sentence.getBoundingClientRect();
    const target = window.scrollY + box.top - top - (window.innerHeight - top) * 0.28;
    window.scrollTo({ top: Math.max(0, target), behavior: behavior ?? (calm ? "instant" : "smooth") });
  }

  back() {
    this.away = false;
    const sentence = this.transcript?.current ?? this.transcript?.at(this.time);
    if (sentence) this.scrollTo(sentence);
    this.changed(this);
  }

  /** Goes to a position. Without `play`, what plays goes on playing and what rests is cued. */
  seek(time, { play = false } = {}) {
    const { media } = this;
    if (!media) return;
    const go = () => {
      media.currentTime = time / 1000;
      this.update();
    };
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
    this.media?.play().catch(() => {
      this.cued = this.time; // the browser wants a press of its own button
      this.changed(this);
    });
  }

  toggle() {
    if (this.playing) this.media.pause();
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

  /** Shows one of several transcripts, at the same place of the recording. */
  choose(transcript) {
    for (const other of this.transcripts) {
      other.section.hidden = other !== transcript;
      if (other !== transcript) other.clear();
    }
    this.transcript = transcript;
    for (const link of this.links) {
      if (link.dataset.transcript === transcript.name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (this.media && (this.started || this.cued !== null)) this.update();
  }

  get label() {
    if (this.cued !== null && !this.playing) return `Play from ${clock(this.cued)}`;
    return this.playing ? `Pause at ${clock(this.time)}` : `Play from ${clock(this.time)}`;
  }
}
