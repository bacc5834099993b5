// One paragraph of the editor: what stands in the file, what is typed, and the words with their times. Words are no
// elements: they are looked up in the paragraph at hand, so that a transcript of 30,000 words costs no more than a short one.

const WORDS = /[^ \t\n\f\r\v]+/g;

/** The words of a text. A space that does not break stays in its word, as in the file. */
export const split = (text) => text.match(WORDS) ?? [];

/** A text as its words on one line. */
export const line = (text) => split(text).join(" ");

export class Paragraph {
  constructor(article) {
    this.take(article);
  }

  /** Stands for `article` from now on: what the server has sent. */
  take(article) {
    this.article = article;
    this.text = article.querySelector(".text");
    this.saving = article.querySelector("[data-save]");
    article.paragraph = this;
    this.saved = line(this.text.textContent);
    this.read();
  }

  /** Takes over what the server says of the paragraph, and leaves the text alone that somebody is writing in. */
  read(article = this.article) {
    if (article !== this.article) {
      for (const { name, value } of article.attributes) this.article.setAttribute(name, value);
      const fresh = article.querySelector(".text");
      this.text.dataset.w = fresh.dataset.w;
      this.saved = line(fresh.textContent);
      const name = this.article.querySelector(".name");
      name.replaceWith(article.querySelector(".name"));
    }
    const { key, v, ids, start, end, next, speaker } = this.article.dataset;
    Object.assign(this, { key, version: v, ids: JSON.parse(ids), start: Number(start), end: Number(end), next: Number(next), speaker });
    this.times = split(this.text.dataset.w ?? "").map((at) => this.start + Number(at));
    this.original = split(this.saved);
    this.covers = [];
  }

  /** Goes on with what was just saved: `seen` is what the server has now, in the paragraphs `holds`. */
  goOn(seen, holds) {
    const { ids, text, start, end, next } = JSON.parse(seen);
    Object.assign(this, { ids, saved: line(text), start, end, next });
    this.original = split(this.saved);
    this.covers = holds.filter((key) => key !== this.key); // what it takes up on the page while somebody writes in it
  }

  get typed() {
    return line(this.text.textContent);
  }

  get changed() {
    return this.typed !== this.saved;
  }

  /** What a change says that it saw. */
  get seen() {
    const { ids, saved: text, speaker, start, end, next } = this;
    return JSON.stringify({ ids, text, speaker, start, end, next });
  }

  /** The words as they stand on the page now: `{ node, from, to, text, start, end, unsure, index }`. Those that were typed
   *  since the last save have no times yet. */
  words() {
    const found = [];
    const walker = document.createTreeWalker(this.text, NodeFilter.SHOW_TEXT);
    let open = null; // a word that goes on in the next node
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const unsure = Boolean(node.parentElement.closest(".unsure"));
      for (const match of node.data.matchAll(WORDS)) {
        if (open && match.index === 0) {
          open.text += match[0];
          open.last = node;
          open.to = match[0].length;
          open.unsure ||= unsure;
        } else {
          open = { node, from: match.index, last: node, to: match[0].length + match.index, text: match[0], unsure };
          found.push(open);
        }
        if (match.index + match[0].length < node.data.length) open = null;
      }
      if (/[ \t\n\f\r\v]$/.test(node.data)) open = null;
    }
    this.#time(found);
    return found;
  }

  #time(found) {
    const { original, times } = this;
    let front = 0;
    while (front < found.length && front < original.length && found[front].text === original[front]) front += 1;
    let back = 0;
    const room = Math.min(found.length, original.length) - front;
    while (back < room && found[found.length - 1 - back].text === original[original.length - 1 - back]) back += 1;
    found.forEach((word, index) => {
      const place = index < front ? index : index >= found.length - back ? index - found.length + original.length : -1;
      word.index = index;
      word.place = place;
      word.start = place < 0 ? null : (times[place] ?? null);
      word.end = word.start === null ? null : (times[place + 1] ?? this.end);
    });
  }

  /** The word that is said at `time`, or null. */
  at(time) {
    let last = null;
    for (const word of this.words()) {
      if (word.start === null) continue;
      if (word.start > time) break;
      last = word;
    }
    return last && time < last.end + 400 ? last : null;
  }

  /** When a word is said: its own time, or that of the last one before it. */
  timeOf(word) {
    if (word?.start !== null && word) return word.start;
    const before = this.words().filter((one) => one.start !== null && one.index < (word?.index ?? 0));
    return before.at(-1)?.start ?? this.start;
  }

  /** The word at a place of the page, or the one before it. */
  wordAt(node, offset) {
    let last = null;
    for (const word of this.words()) {
      const range = document.createRange();
      range.setStart(word.node, word.from);
      range.setEnd(word.last, word.to);
      const side = range.comparePoint(node, offset);
      if (side === 0) return word;
      if (side < 0) break;
      last = word;
    }
    return last;
  }

  /** How many words stand before the cursor; one in which it stands counts as after it. */
  wordsBefore(node, offset) {
    const range = document.createRange();
    range.selectNodeContents(this.text);
    range.setEnd(node, offset);
    const text = range.toString();
    const whole = this.text.textContent;
    const inside = /\S$/.test(text) && /^\S/.test(whole.slice(text.length));
    return split(text).length - (inside ? 1 : 0);
  }

  say(text, kind = "") {
    this.saving.textContent = text;
    this.saving.dataset.kind = kind;
  }
}

/** A live range over a word. */
export function rangeOf(word) {
  const range = document.createRange();
  range.setStart(word.node, word.from);
  range.setEnd(word.last, word.to);
  return range;
}

/** The paragraph that an element stands in. */
export const paragraphOf = (element) => element?.closest?.(".para")?.paragraph ?? null;
