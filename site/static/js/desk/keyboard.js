// The keyboard of the editor. One table says what each key does: the keys and the help sheet are both made of it. All of them
// work while one writes: with Alt, which writes nothing, or keys that have no other meaning in a paragraph. Letters are meant
// by their place, so that they are the same ones on a Ukrainian keyboard.

import { _ } from "../gettext.js";

/** name, code of the key, with Alt, with Shift, what the sheet calls the key, what it does */
export const KEYS = [
  ["play", "KeyK", "alt", "", ["Alt", "K"], _("play or pause")],
  ["play", "Escape", "", "", [_("Esc")], _("play or pause, too")],
  ["back", "KeyJ", "alt", "", ["Alt", "J"], _("back 3 seconds")],
  ["on", "KeyL", "alt", "", ["Alt", "L"], _("on 3 seconds")],
  ["here", "KeyP", "alt", "", ["Alt", "P"], _("play from the cursor")],
  ["slower", "Comma", "alt", "", ["Alt", ","], _("slower")],
  ["faster", "Period", "alt", "", ["Alt", "."], _("faster")],
  ["next", "ArrowDown", "alt", "", ["Alt", "↓"], _("to the next paragraph")],
  ["previous", "ArrowUp", "alt", "", ["Alt", "↑"], _("to the previous paragraph")],
  ["now", "KeyB", "alt", "", ["Alt", "B"], _("to the paragraph that is playing")],
  ["doubt", "KeyU", "alt", "", ["Alt", "U"], _("to the next unsure word")],
  ["doubtBack", "KeyU", "alt", "shift", ["Alt", "Shift", "U"], _("to the unsure word before")],
  ["sure", "KeyY", "alt", "", ["Alt", "Y"], _("the unsure word is right; to the next one")],
  ["save", "KeyS", "alt", "", ["Alt", "S"], _("save now (leaving a paragraph saves it too)")],
  ["split", "Enter", "", "", [_("Enter")], _("split the turn: somebody else speaks from here")],
  ["merge", "KeyM", "alt", "", ["Alt", "M"], _("merge with the turn before (Backspace at its beginning, too)")],
  ["name", "KeyN", "alt", "", ["Alt", "N"], _("name who speaks")],
  ["tongue", "KeyG", "alt", "", ["Alt", "G"], _("language of the selected words")],
  ["replace", "KeyR", "alt", "", ["Alt", "R"], _("find and replace")],
  ["help", "Slash", "alt", "", ["Alt", "/"], _("this sheet")],
];

/** What a key does, or undefined. AltGr writes letters and is no Alt. */
export function commandOf(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.getModifierState("AltGraph")) {
    const save = event.code === "KeyS" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    return save ? "save" : undefined;
  }
  const found = KEYS.find(([, code, alt, shift]) => event.code === code && event.altKey === Boolean(alt) && event.shiftKey === Boolean(shift));
  return found?.[0];
}

/** Fills the help sheet and names the buttons. */
export function tellKeys(list) {
  for (const [, , , , keys, does] of KEYS) {
    const term = document.createElement("dt");
    keys.forEach((key) => {
      const element = document.createElement("kbd");
      element.textContent = key;
      term.append(element, " ");
    });
    const said = document.createElement("dd");
    said.textContent = does;
    list.append(term, said);
  }
}

/** The keys of a command as a person reads them: `Alt+K`. */
export const keysOf = (name) => KEYS.find(([one]) => one === name)?.[4].join("+") ?? "";
