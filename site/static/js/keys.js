// The keyboard. Single keys work wherever nothing is typed; whoever they are in the way of, because they speak to their
// machine for instance, switches them off in the help sheet (WCAG 2.1.4).

import { announce } from "./page.js";
import { sheetIsOpen } from "./sheet.js";
import { wordsOf } from "./words.js";

const TYPED = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";
const STORE = "onrecord-single-keys";

function remembered() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true; // the browser keeps nothing for this page
  }
}

/** The way through a transcript: up and down by sentences, to the sides by words. The present word is the selection, so it
 *  can be seen, heard, and quoted; with Shift the selection grows. */
export class Walk {
  constructor() {
    this.anchor = null; // [sentence, index of a word]: where the selection begins
    this.at = null; // where it ends
  }

  /** Moves from `sentence` for a key; the transcript's new sentence, or null for a key that does not move. */
  move(transcript, sentence, key, shift) {
    const rtl = transcript.section.dir === "rtl";
    const words = { arrowright: rtl ? -1 : 1, arrowleft: rtl ? 1 : -1 }[key] ?? 0;
    const sentences = { arrowdown: 1, arrowup: -1 }[key] ?? 0;
    const edge = { home: 0, end: -1 }[key];
    if (!words && !sentences && edge === undefined) return null;
    if (this.at?.[0] !== sentence) this.at = null;
    if (!this.at) this.anchor = null;
    const all = transcript.sentences;
    let target = sentence;
    let index = this.at?.[1] ?? -1;
    if (edge !== undefined) index = edge === 0 ? 0 : wordsOf(sentence).length - 1;
    else if (words) {
      index += this.at || words > 0 ? words : 0;
      const next = all[all.indexOf(sentence) + words];
      if (index < 0 && next && this.at) {
        target = next;
        index = wordsOf(next).length - 1;
      } else if (index >= wordsOf(sentence).length && next) {
        target = next;
        index = 0;
      }
      index = Math.max(0, Math.min(index, wordsOf(target).length - 1));
    } else {
      target = all[Math.max(0, Math.min(all.length - 1, all.indexOf(sentence) + sentences))];
      index = shift ? (sentences > 0 ? wordsOf(target).length - 1 : 0) : -1;
    }
    transcript.focus(target);
    if (index < 0) this.#drop();
    else this.#select(target, index, shift, sentence);
    return target;
  }

  #drop() {
    this.at = null;
    this.anchor = null;
    getSelection().removeAllRanges();
  }

  #select(sentence, index, grows, from) {
    if (grows && !this.anchor) this.anchor = [from, 0];
    if (!grows) this.anchor = [sentence, index];
    this.at = [sentence, index];
    const first = wordsOf(this.anchor[0])[this.anchor[1]];
    const last = wordsOf(sentence)[index];
    const back = first.node.compareDocumentPosition(last.node) & Node.DOCUMENT_POSITION_PRECEDING || (first.node === last.node && last.from < first.from);
    if (back) getSelection().setBaseAndExtent(first.node, first.to, last.node, last.from);
    else getSelection().setBaseAndExtent(first.node, first.from, last.node, last.to);
    announce(last.text);
  }

  /** The present word of a sentence, or null. */
  wordIn(sentence) {
    return this.at?.[0] === sentence ? (wordsOf(sentence)[this.at[1]] ?? null) : null;
  }
}

/** Hears single keys. `commands` are functions by key; `help` is the dialog that tells them. */
export function listen(commands, help) {
  const box = help.querySelector('[data-do="single-keys"]');
  box.checked = remembered();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(STORE, box.checked ? "on" : "off");
    } catch {
      // it holds for this visit
    }
  });
  help.addEventListener("click", (event) => {
    if (event.target.closest('[data-do="close"]')) help.hidePopover();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !box.checked) return;
    if (sheetIsOpen()) return;
    if (event.target instanceof Element && event.target.closest(TYPED)) return;
    const command = commands[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (command && command(event) !== false) event.preventDefault();
  });
}
