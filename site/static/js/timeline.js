// The time line under the player: how far it has played, where chapters begin, where words were found, which passage is
// quoted. For sound it is the shape of the sound: the picture itself is an SVG that also shows without JavaScript; here
// it becomes the mask of two layers. A click seeks. Whoever cannot see it has the player's own slider, the chapters and
// the hits as a list.

import { clock, lastBefore } from "./times.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 10_000;

export class TimeLine {
  /** `chapters` are { start, title } in order. */
  constructor(player, media, chapters) {
    this.media = media;
    this.chapters = chapters;
    this.starts = chapters.map((chapter) => chapter.start);
    this.place = player.querySelector(".wave") ?? this.#bar(player, media);
    this.place.setAttribute("aria-hidden", "true");
    const picture = this.place.querySelector("img");
    const [rest, played] = ["rest", "played"].map((name) => {
      const layer = document.createElement("span");
      layer.className = name;
      if (picture) layer.style.maskImage = `url("${picture.src}")`;
      return layer;
    });
    picture?.remove();
    this.played = played;
    this.marks = document.createElementNS(SVG, "svg");
    this.marks.setAttribute("viewBox", `0 0 ${WIDTH} 10`);
    this.marks.setAttribute("preserveAspectRatio", "none");
    this.layers = new Map(["quoted", "chapters", "hits"].map((name) => [name, this.#layer(name)]));
    this.tip = document.createElement("span");
    this.tip.className = "tip";
    this.tip.hidden = true;
    this.place.prepend(rest, played, this.marks);
    this.place.append(this.tip);
    for (const name of ["timeupdate", "seeking"]) media.addEventListener(name, () => this.follow());
    media.addEventListener("durationchange", () => this.draw());
    this.place.addEventListener("click", (event) => {
      media.currentTime = this.#timeUnder(event) / 1000;
    });
    this.place.addEventListener("pointermove", (event) => this.#tell(event));
    this.place.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
    this.hits = [];
    this.passage = null;
    this.draw();
    this.follow();
  }

  #bar(player, media) {
    const bar = document.createElement("div");
    bar.className = "bar";
    media.after(bar);
    return bar;
  }

  #layer(name) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    path.setAttribute("vector-effect", "non-scaling-stroke");
    this.marks.append(path);
    return path;
  }

  get length() {
    return Math.max(1, (this.media.duration || 0) * 1000 || Number(this.media.dataset.duration));
  }

  #timeUnder(event) {
    const box = this.place.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * this.length;
  }

  #tell(event) {
    const time = this.#timeUnder(event);
    const chapter = this.chapters[lastBefore(this.starts, time)];
    this.tip.textContent = chapter ? `${clock(time)} · ${chapter.title}` : clock(time);
    this.tip.hidden = false;
    const box = this.place.getBoundingClientRect();
    const half = this.tip.offsetWidth / 2;
    const middle = Math.max(half, Math.min(box.width - half, event.clientX - box.left));
    this.tip.style.left = `${middle}px`;
  }

  follow() {
    const share = Math.min(1, (this.media.currentTime * 1000) / this.length);
    this.played.style.clipPath = `inset(0 ${(100 - share * 100).toFixed(2)}% 0 0)`;
  }

  #x(time) {
    return Math.round((Math.min(time, this.length) / this.length) * WIDTH);
  }

  draw() {
    const strokes = (times) => [...new Set(times.map((time) => this.#x(time)))].map((x) => `M${x} 0V10`).join("");
    this.layers.get("chapters").setAttribute("d", strokes(this.starts.filter((start) => start > 0)));
    this.layers.get("hits").setAttribute("d", strokes(this.hits));
    const area = this.passage && `M${this.#x(this.passage[0])} 0H${this.#x(this.passage[1])}V10H${this.#x(this.passage[0])}Z`;
    this.layers.get("quoted").setAttribute("d", area ?? "");
  }

  /** Marks where words were found; times in milliseconds. */
  showHits(times) {
    this.hits = times;
    this.draw();
  }

  /** Marks a passage, [start, end], or none. */
  showPassage(passage) {
    this.passage = passage;
    this.draw();
  }
}
