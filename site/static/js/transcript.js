// One transcript on the page: what is being said in it, and the way through it by sentences and words.

import { lastBefore } from "./times.js";
import { highlight, rangeOf, wordsOf } from "./words.js";

const AFTER = 1500; // milliseconds for which a sentence stays marked when nothing follows it
const spoken = highlight("word");
const quoted = highlight("passage");

export class Transcript {
  constructor(section) {
    this.section = section;
    this.name = section.id;
    this.recordingId = section.closest(".recording")?.id ?? "";
    this.sentences = [...section.querySelectorAll(".s")];
    this.starts = Int32Array.from(this.sentences, (sentence) => Number(sentence.dataset.t));
    this.index = -1; // of the sentence that is being said
    this.word = -1; // of the word in it
    this.words = [];
    this.wordStarts = [];
    this.range = null;
    section.classList.add("live");
    if (this.sentences.length) this.sentences[0].tabIndex = 0;
  }

  get current() {
    return this.sentences[this.index] ?? null;
  }

  get scrolls() {
    return this.section.classList.contains("column");
  }

  /** Shows what is said at `time`. Returns when that changes next, or Infinity. `changed` is true for a new sentence. */
  show(time) {
    let index = lastBefore(this.starts, time);
    const ended = index >= 0 && time >= Number(this.sentences[index].dataset.e) + AFTER;
    const next = this.starts[index + 1] ?? Infinity;
    if (ended) index = -1;
    const changed = index !== this.index;
    if (changed) {
      this.current?.classList.remove("now");
      this.index = index;
      this.current?.classList.add("now");
      this.words = this.current && spoken ? wordsOf(this.current).filter((word) => word.timed) : [];
      this.wordStarts = this.words.map((word) => word.start);
    }
    const word = lastBefore(this.wordStarts, time);
    if (changed || word !== this.word) {
      this.word = word;
      this.#mark(word < 0 ? null : rangeOf(this.words[word]));
    }
    const edge = this.current ? Number(this.current.dataset.e) + AFTER : Infinity;
    return { changed, next: Math.min(next, this.wordStarts[word + 1] ?? Infinity, edge) };
  }

  #mark(range) {
    if (this.range) spoken?.delete(this.range);
    this.range = range;
    if (range) spoken?.add(range);
  }

  /** Nothing is being said here: another transcript is shown. */
  clear() {
    this.current?.classList.remove("now");
    this.index = -1;
    this.words = [];
    this.wordStarts = [];
    this.#mark(null);
  }

  /** The sentence that is said at `time`, or the last before it, or the first. */
  at(time) {
    return this.sentences[Math.max(0, lastBefore(this.starts, time))] ?? null;
  }

  /** The word under a point of the window, or null. */
  wordAt(sentence, x, y) {
    const place = document.caretPositionFromPoint?.(x, y);
    const node = place?.offsetNode ?? document.caretRangeFromPoint?.(x, y)?.startContainer;
    const offset = place?.offset ?? document.caretRangeFromPoint?.(x, y)?.startOffset ?? 0;
    return wordsOf(sentence).find((word) => word.node === node && word.from <= offset && offset <= word.to) ?? null;
  }

  /** Marks the words that are said between two times; gives the sentences that they stand in. */
  mark(start, end) {
    quoted?.clear();
    const first = Math.max(0, lastBefore(this.starts, start));
    const found = [];
    for (let index = first; index < this.sentences.length && this.starts[index] < end; index += 1) {
      const sentence = this.sentences[index];
      const words = wordsOf(sentence).filter((word) => word.start >= start && word.start < end);
      if (!words.length) continue;
      found.push(sentence);
      if (quoted) quoted.add(rangeOf(words[0], words[words.length - 1]));
      else sentence.classList.add("cited");
    }
    return found;
  }

  /** Makes `sentence` the one stop of the Tab key in this transcript, and moves the focus there. */
  focus(sentence) {
    for (const old of this.section.querySelectorAll('.s[tabindex="0"]')) old.removeAttribute("tabindex");
    sentence.tabIndex = 0;
    sentence.focus({ preventScroll: true });
    sentence.scrollIntoView({ block: "nearest" });
  }
}

/** No passage is marked any more. */
export function unmark() {
  quoted?.clear();
}
