// One transcript on the page. The times stand in the HTML: data-t (start) and data-e (end) on a sentence, data-t and
// data-w (starts of its words, relative) on its pieces. Words are found only in the sentence at hand, so that a
// transcript of 30,000 words costs no more to follow than a short one.

import { lastBefore } from "./times.js";

const highlight = "highlights" in CSS ? new Highlight() : null;
if (highlight) CSS.highlights.set("word", highlight);

/** The words of a sentence that have times: their starts, and ranges of the page. */
function wordsOf(sentence) {
  const starts = [];
  const ranges = [];
  for (const piece of sentence.querySelectorAll("[data-w]")) {
    const begin = Number(piece.dataset.t);
    const times = piece.dataset.w.split(" ");
    const walker = document.createTreeWalker(piece, NodeFilter.SHOW_TEXT);
    let word = 0;
    while (walker.nextNode()) {
      for (const match of walker.currentNode.data.matchAll(/\S+/g)) {
        if (word >= times.length) break;
        const range = new StaticRange({
          startContainer: walker.currentNode,
          startOffset: match.index,
          endContainer: walker.currentNode,
          endOffset: match.index + match[0].length,
        });
        starts.push(begin + Number(times[word]));
        ranges.push(range);
        word += 1;
      }
    }
  }
  return { starts, ranges };
}

export class Transcript {
  constructor(section) {
    this.section = section;
    this.name = section.id;
    this.sentences = [...section.querySelectorAll(".s")];
    this.starts = Int32Array.from(this.sentences, (sentence) => Number(sentence.dataset.t));
    this.index = -1;
    this.word = -1;
    this.words = { starts: [], ranges: [] };
    section.classList.add("live");
    if (this.sentences.length) this.sentences[0].tabIndex = 0;
  }

  get current() {
    return this.sentences[this.index] ?? null;
  }

  /** Shows what is said at `time`. Returns when that changes next, or Infinity. `changed` is true for a new sentence. */
  show(time) {
    let index = lastBefore(this.starts, time);
    const ended = index >= 0 && time >= Number(this.sentences[index].dataset.e) + 1500;
    const next = this.starts[index + 1] ?? Infinity;
    if (ended) index = -1;
    const changed = index !== this.index;
    if (changed) {
      this.current?.classList.remove("now");
      this.index = index;
      this.word = -1;
      this.current?.classList.add("now");
      this.words = this.current && highlight ? wordsOf(this.current) : { starts: [], ranges: [] };
    }
    const word = this.current ? lastBefore(this.words.starts, time) : -1;
    if (changed || word !== this.word) {
      this.word = word;
      highlight?.clear();
      if (word >= 0) highlight?.add(this.words.ranges[word]);
    }
    const edge = this.current ? Number(this.current.dataset.e) + 1500 : Infinity;
    return { changed, next: Math.min(next, this.words.starts[word + 1] ?? Infinity, edge) };
  }

  /** Nothing is being said here: another transcript is shown. */
  clear() {
    this.current?.classList.remove("now");
    this.index = -1;
    highlight?.clear();
  }

  /** The sentence that is said at `time`, or the last before it, or the first. */
  at(time) {
    return this.sentences[Math.max(0, lastBefore(this.starts, time))] ?? null;
  }

  /** The time of the word under a point of the window, or the start of the sentence. */
  timeAt(sentence, x, y) {
    const place = document.caretPositionFromPoint?.(x, y);
    const node = place?.offsetNode ?? document.caretRangeFromPoint?.(x, y)?.startContainer;
    const offset = place?.offset ?? document.caretRangeFromPoint?.(x, y)?.startOffset ?? 0;
    const { starts, ranges } = wordsOf(sentence);
    const hit = ranges.findIndex(
      (range) => range.startContainer === node && range.startOffset <= offset && offset <= range.endOffset,
    );
    return hit < 0 ? Number(sentence.dataset.t) : starts[hit];
  }

  /** Makes `sentence` the one stop of the Tab key in this transcript, and moves the focus there. */
  focus(sentence) {
    for (const old of this.section.querySelectorAll('.s[tabindex="0"]')) old.removeAttribute("tabindex");
    sentence.tabIndex = 0;
    sentence.focus({ preventScroll: true });
    sentence.scrollIntoView({ block: "nearest" });
  }
}
