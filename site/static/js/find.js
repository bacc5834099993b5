// Find in the transcript: hits are marked in the text and on the time line. The text is folded letter by letter, so that
// a place in the folded text is a place on the page. Long transcripts are read in slices, between which the page can
// answer to the reader.

import { _ } from "./gettext.js";
import { announce } from "./page.js";
import { highlight, wordsOf } from "./words.js";

const SLICE = 12; // milliseconds of work at a time
const MOST = 2000; // hits that are marked
const LATIN_WITH_MARK = /[\u00c0-\u024f\u1e00-\u1eff]/;
const OTHER = { ł: "l", ß: "s", đ: "d", ø: "o", ı: "i", ё: "е", "’": "'", ʼ: "'", "‘": "'", "„": '"', "“": '"', "”": '"', "\u00a0": " ", "\n": " " };
const found = highlight("found");
const here = highlight("found-here");

function letter(character) {
  const small = character.toLowerCase();
  if (small in OTHER) return OTHER[small];
  if (LATIN_WITH_MARK.test(small)) return small.normalize("NFD")[0];
  return small.length === 1 ? small : small[0];
}

function folded(text) {
  let result = "";
  for (let index = 0; index < text.length; index += 1) result += letter(text[index]);
  return result;
}

const rest = () => new Promise((go) => {
  setTimeout(go, 0);
});

/** The text of a transcript, folded, and where each part of it stands. */
async function textOf(transcript, stop) {
  const starts = [];
  const nodes = [];
  const sentences = [];
  let text = "";
  let began = performance.now();
  for (const sentence of transcript.sentences) {
    const walker = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      starts.push(text.length);
      nodes.push(walker.currentNode);
      sentences.push(sentence);
      text += folded(walker.currentNode.data);
    }
    text += " ";
    if (performance.now() - began > SLICE) {
      await rest();
      if (stop()) return null;
      began = performance.now();
    }
  }
  return { text, starts, nodes, sentences };
}

export class Find {
  /** `show` is called with a sentence that is to be looked at. */
  constructor(recording, place, show) {
    this.recording = recording;
    this.place = place;
    this.show = show;
    this.field = place.querySelector("input");
    this.count = place.querySelector("output");
    this.buttons = [...place.querySelectorAll("button")];
    this.texts = new WeakMap();
    this.hits = [];
    this.at = -1;
    this.turn = 0; // a newer search ends an older one
    let waiting = 0;
    this.field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.look(), 150);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        this.step(event.shiftKey ? -1 : 1);
      } else if (event.key === "Escape" && this.field.value) {
        event.preventDefault();
        this.field.value = "";
        this.look();
      }
    });
    this.draw();
  }

  /** Finds what stands in the field. */
  async look() {
    this.turn += 1;
    const turn = this.turn;
    const stop = () => turn !== this.turn;
    const { transcript } = this.recording;
    const wanted = folded(this.field.value.trim().replace(/\s+/g, " "));
    found?.clear();
    here?.clear();
    this.hits = [];
    this.at = -1;
    if (wanted && transcript) {
      if (!this.texts.has(transcript)) {
        const text = await textOf(transcript, stop);
        if (!text) return;
        this.texts.set(transcript, text);
      }
      if (!(await this.#collect(this.texts.get(transcript), wanted, stop))) return;
    }
    this.at = this.#nearest();
    this.draw();
    if (this.at >= 0) this.#go();
    announce(this.count.textContent);
  }

  async #collect({ text, starts, nodes, sentences }, wanted, stop) {
    let began = performance.now();
    let part = 0;
    const end = (position) => {
      let index = part;
      while (index + 1 < starts.length && starts[index + 1] < position) index += 1;
      return index;
    };
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      while (part + 1 < starts.length && starts[part + 1] <= at) part += 1;
      const last = end(at + wanted.length);
      const range = new StaticRange({
        startContainer: nodes[part],
        startOffset: at - starts[part],
        endContainer: nodes[last],
        endOffset: Math.min(nodes[last].length, at + wanted.length - starts[last]),
      });
      // A hit over the edge of a paragraph would take the name in the margin with it: only its beginning is marked.
      const inOne = sentences[part].parentNode === sentences[last].parentNode;
      const place = inOne ? range : new StaticRange({ ...pointOf(nodes[part], at - starts[part]) });
      this.hits.push({ sentence: sentences[part], node: nodes[part], offset: at - starts[part], range: place });
      if (this.hits.length <= MOST) found?.add(place);
      if (performance.now() - began > SLICE) {
        await rest();
        if (stop()) return false;
        began = performance.now();
      }
    }
    return true;
  }

  /** The first hit after what is playing or in view. */
  #nearest() {
    if (!this.hits.length) return -1;
    const { transcript } = this.recording;
    const from = transcript.index >= 0 ? transcript.index : 0;
    const index = this.hits.findIndex((hit) => transcript.sentences.indexOf(hit.sentence, from) >= 0);
    return Math.max(0, index);
  }

  step(by) {
    if (!this.hits.length) return;
    this.at = (this.at + by + this.hits.length) % this.hits.length;
    this.draw();
    this.#go();
    announce(this.count.textContent);
  }

  #go() {
    const hit = this.hits[this.at];
    here?.clear();
    here?.add(hit.range);
    this.show(hit.sentence);
  }

  draw() {
    const wanted = this.field.value.trim();
    const total = this.hits.length;
    const number = this.at + 1;
    if (!wanted) this.count.textContent = "";
    else this.count.textContent = total ? _("%(number)s of %(total)s", { number, total }) : _("Not found");
    for (const button of this.buttons) button.disabled = !total;
    this.place.closest(".tools").classList.toggle("finding", Boolean(wanted));
    this.recording.timeLine?.showHits(this.hits.slice(0, MOST).map((hit) => timeOf(hit)));
  }
}

function pointOf(node, offset) {
  return { startContainer: node, startOffset: offset, endContainer: node, endOffset: node.length };
}

/** When a hit is said: the time of its piece, which is near enough for a mark on the time line. */
function timeOf(hit) {
  return Number(hit.node.parentElement.closest("[data-t]").dataset.t);
}

/** When the word at a hit begins. */
export function wordTimeOf(hit) {
  const word = wordsOf(hit.sentence).find((one) => one.node === hit.node && one.to > hit.offset);
  return word?.start ?? timeOf(hit);
}
