// The editor of a transcript: puts together the paragraphs, the player, the keys and the way to the server.

import { _, ngettext } from "../gettext.js";
import * as drafts from "./unsaved.js";
import { commandOf, keysOf, tellKeys } from "./keyboard.js";
import { line, paragraphOf, rangeOf, split } from "./paragraph.js";
import { Paragraphs } from "./paragraphs.js";
import { signedOut } from "./kept.js";
import { Playing } from "./playing.js";
import { Refused, Sending } from "./sending.js";

const LOOK = 15_000; // milliseconds between looks for what others changed
const bench = document.querySelector(".bench");
const home = bench.dataset.home;
const place = bench.querySelector("[data-paras]");
const lost = bench.querySelector("[data-lost]");
const said = bench.querySelector("[data-saving]");
const help = document.getElementById("keys");
const follow = bench.querySelector('[data-do="follow"]');
const clickPlays = bench.querySelector('[data-do="click-plays"]');
const speed = bench.querySelector('[data-do="speed"]');
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const spoken = "highlights" in CSS ? new Highlight() : null;
if (spoken) CSS.highlights.set("spoken", spoken);

let current = null; // the paragraph that is being heard
let timer = 0;
let scrolledAt = 0; // when the person scrolled by hand
let goingOn = null; // where the cursor goes once the server has answered

/** `lang`: the text is of a language of its own. */
function tell(text, kind = "", lang = "") {
  said.textContent = text;
  said.dataset.kind = kind;
  if (lang) said.lang = lang;
  else said.removeAttribute("lang");
}

/** Says that all is well, once it is. */
function done(text = _("All is saved.")) {
  if (sending.idle) tell(text, "good");
}

const sending = new Sending(home, tell);
const player = new Playing(document.getElementById("player"), heard);
const sheet = new Paragraphs(bench, { drafted: draft, synced });

function synced() {
  if (goingOn) goOn();
  heard();
}

// Saving

function draft(paragraph) {
  if (!paragraph.changed) {
    drafts.forget(paragraph.key);
    paragraph.say("");
    return;
  }
  const kept = drafts.keep(paragraph.key, paragraph.seen, paragraph.typed);
  paragraph.say(paragraph.typed ? _("Not saved yet") : _("Without text it is taken out"), kept ? "" : "warn");
}

async function save(paragraph) {
  if (!sheet.editable || !paragraph.changed || paragraph.waiting) return;
  paragraph.waiting = true;
  const { key } = paragraph;
  let sent = "";
  try {
    const answer = await sending.send("text", () => {
      paragraph.waiting = false;
      if (!paragraph.changed) return null;
      sent = paragraph.typed;
      paragraph.say(_("Saving…"), "busy");
      return { seen: paragraph.seen, text: sent };
    });
    if (answer === null) return;
    const undo = sent === "" ? { seen: paragraph.seen, text: paragraph.saved } : null;
    drafts.forget(key);
    sheet.apply(answer, paragraph, sent);
    done();
    if (undo) offerUndo(undo, answer.next);
  } catch (error) {
    paragraph.waiting = false;
    refused(error, paragraph);
  }
}

function offerUndo({ seen, text }, next) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = _("Put it back");
  button.addEventListener("click", () => {
    const before = JSON.stringify({ ...JSON.parse(seen), text: "", next });
    change("text", { seen: before, text });
  });
  tell(`${_("The paragraph was taken out.")} `, "");
  said.append(button);
}

/** Another change than that of the text; it waits for what is typed. */
async function change(what, fields, paragraph = null, { own = true } = {}) {
  try {
    const answer = await sending.send(what, () => (typeof fields === "function" ? fields() : fields));
    if (answer === null) return null;
    sheet.apply(answer, own ? paragraph : null, paragraph?.typed);
    done(answer.saved ? _("All is saved.") : _("Nothing was changed."));
    return answer;
  } catch (error) {
    refused(error, paragraph);
    return null;
  }
}

function refused(error, paragraph) {
  if (!(error instanceof Refused)) throw error;
  if (error.answer.stale) {
    showMerge(error.answer, paragraph);
    return;
  }
  const text = [error.message, error.advice].filter(Boolean).join(" ");
  tell(text, "bad", error.answer.lang);
  paragraph?.say(_("Not saved"), "bad");
}

/** Both versions below the paragraph, for the person to put together. */
function showMerge(answer, paragraph) {
  const holder = document.createElement("div");
  holder.innerHTML = answer.panel; // made and escaped by the server
  const form = holder.firstElementChild;
  form.dataset.of = paragraph?.key ?? "";
  document.querySelectorAll("[data-merge]").forEach((old) => old.dataset.of === form.dataset.of && old.remove());
  (paragraph?.article.isConnected ? paragraph.article : lost).after(form);
  if (paragraph) {
    paragraph.text.blur();
    paragraph.say("");
    paragraph.text.textContent = paragraph.saved;
    paragraph.version = "";
    paragraph.article.dataset.v = "";
  }
  sheet.sync(answer);
  tell(_("Somebody else has changed this paragraph: both versions are shown."), "warn");
  form.querySelector("textarea").focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    if (await change("text", fields, paragraph, { own: false })) {
      drafts.forget(form.dataset.of);
      form.remove();
    }
  });
  form.querySelector('[data-do="drop"]').addEventListener("click", (event) => {
    event.preventDefault();
    drafts.forget(form.dataset.of);
    form.remove();
    tell("");
  });
}

// Editing

function caret(paragraph) {
  const selection = getSelection();
  if (!selection.rangeCount || !paragraph.text.contains(selection.focusNode)) return null;
  return { node: selection.focusNode, offset: selection.focusOffset, selection };
}

function enter(paragraph, word = null) {
  if (!paragraph) return;
  paragraph.text.focus({ preventScroll: true });
  const selection = getSelection();
  if (word) selection.setBaseAndExtent(word.node, word.from, word.last, word.to);
  else selection.collapse(paragraph.text, 0);
  show(paragraph.article);
}

/** Brings an element into the window, when it is not there. */
function show(element) {
  const box = element.getBoundingClientRect();
  const top = roof();
  const room = innerHeight - top;
  if (box.top >= top && box.top < top + room * 0.7) return;
  scrollBy({ top: box.top - top - room * 0.25, behavior: calm.matches ? "instant" : "smooth" });
}

/** Where the window's free part begins: below a player that sticks to the top. */
function roof() {
  const stage = bench.querySelector(".stage-bench");
  return getComputedStyle(stage).position === "sticky" ? stage.offsetHeight : 0;
}

function step(by) {
  const list = sheet.all;
  const here = sheet.editing ?? current;
  const index = list.indexOf(here);
  enter(list[Math.max(0, Math.min(list.length - 1, index + by))]);
}

function doubt(by) {
  const list = sheet.all;
  const here = sheet.editing;
  const at = here ? caret(here) : null;
  const first = Math.max(0, list.indexOf(here ?? current));
  for (let turn = 0; turn <= list.length; turn += 1) {
    const paragraph = list[(first + by * turn + list.length * 2) % list.length];
    if (!paragraph?.text.querySelector(".unsure")) continue;
    let words = paragraph.words().filter((word) => word.unsure);
    if (turn === 0 && at) {
      const range = at.selection.getRangeAt(0);
      words = words.filter((word) => (by > 0 ? range.comparePoint(word.node, word.from) > 0 : range.comparePoint(word.last, word.to) < 0));
    }
    const word = by > 0 ? words[0] : words.at(-1);
    if (word) {
      enter(paragraph, word);
      if (!player.on) player.seek(Math.max(0, paragraph.timeOf(word) - 1000));
      return;
    }
  }
  tell(_("No word is marked as unsure."));
}

async function sure() {
  const paragraph = sheet.editing;
  const at = paragraph && caret(paragraph);
  const word = at && paragraph.words().find((one) => one.unsure && rangeOf(one).comparePoint(at.node, at.offset) === 0);
  if (!word) {
    tell(_("The cursor is in no unsure word."));
    return;
  }
  const number = word.index;
  word.node.parentElement.closest(".unsure")?.classList.remove("unsure");
  doubt(1);
  await save(paragraph);
  change("sure", () => ({ seen: paragraph.seen, word: number }), paragraph);
}

// Who speaks

/** Escape and Cancel take a small form away and lead back into its paragraph. */
function leadBack(form, paragraph) {
  const close = () => {
    form.remove();
    paragraph.text.focus({ preventScroll: true });
  };
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  form.querySelector('[data-do="cancel"]').addEventListener("click", close);
}

function naming(paragraph, { split: at = null } = {}) {
  document.querySelectorAll("[data-naming], [data-tonguing]").forEach((old) => old.remove());
  const form = document.getElementById("naming").content.cloneNode(true).firstElementChild;
  const field = form.querySelector('input[name="name"]');
  const scope = form.querySelector("[data-scope]");
  const label = form.querySelector("label");
  if (at !== null) {
    scope.remove();
    label.firstChild.data = `${_("Who speaks from “%(words)s” on", { words: split(paragraph.typed).slice(at, at + 4).join(" ") })} `;
  } else {
    field.value = paragraph.speaker;
    const turns = sheet.all.filter((one) => one.speaker === paragraph.speaker).length;
    form.querySelector("[data-all]").textContent = ngettext("in the %(num)s paragraph of this voice", "in all %(num)s paragraphs of this voice", turns);
    if (turns < 2) scope.hidden = true;
    else form.querySelector(`[value="${/^(speaker|мовець|спікер|\S*\d+)\b/i.test(paragraph.speaker) ? "all" : "turn"}"]`).checked = true;
  }
  paragraph.article.querySelector(".who").after(form);
  field.focus();
  field.select();
  leadBack(form, paragraph);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = line(field.value);
    const every = form.querySelector('[name="scope"][value="all"]')?.checked;
    const { key } = paragraph;
    form.remove();
    if (at !== null) {
      const text = paragraph.typed;
      goingOn = { after: key, word: at };
      drafts.keep(key, paragraph.seen, text);
      const answer = await change("text", () => ({ seen: paragraph.seen, text, at, name }), paragraph);
      if (answer) drafts.forget(key);
      if (answer && !answer.order.some(([, version]) => answer.html[key] && version)) goingOn = null;
      return;
    }
    paragraph.text.focus({ preventScroll: true });
    await save(paragraph);
    change("speaker", () => ({ seen: paragraph.seen, name, scope: every ? "all" : "turn" }), paragraph);
  });
}

/** After a split: the cursor is at the beginning of the second turn. */
function goOn() {
  const list = sheet.all;
  const index = list.findIndex((one) => one.key === goingOn.after);
  const next = list[index + 1];
  goingOn = null;
  if (next) enter(next);
}

function splitHere() {
  const paragraph = sheet.editing;
  const at = paragraph && caret(paragraph);
  if (!at) return;
  const number = paragraph.wordsBefore(at.node, at.offset);
  if (number < 1 || number >= split(paragraph.typed).length) {
    tell(_("A turn is split between two of its words: put the cursor where the other speaker begins."));
    return;
  }
  naming(paragraph, { split: number });
}

async function merge() {
  const paragraph = sheet.editing;
  if (!paragraph) return;
  const index = sheet.all.indexOf(paragraph);
  if (index < 1) {
    tell(_("Nothing stands before the first turn."));
    return;
  }
  const before = sheet.all[index - 1];
  const words = split(before.typed).length;
  await save(before);
  await save(paragraph);
  paragraph.text.blur();
  const answer = await change("join", () => ({ seen: paragraph.seen }), paragraph, { own: false });
  if (!answer) return;
  const now = sheet.all.find((one) => one.key === before.key);
  enter(now, null);
  const word = now?.words()[words];
  if (word) getSelection().collapse(word.node, word.from);
}

function tongue() {
  const paragraph = sheet.editing;
  const selection = getSelection();
  if (!paragraph || selection.isCollapsed) {
    tell(_("Select the words first."));
    return;
  }
  const range = selection.getRangeAt(0);
  const words = paragraph.words().filter((word) => range.comparePoint(word.node, word.from) <= 0 && range.comparePoint(word.last, word.to) >= 0 || range.comparePoint(word.node, word.from) === 0 && range.comparePoint(word.node, word.from + 1) === 0);
  if (!words.length) return;
  document.querySelectorAll("[data-naming], [data-tonguing]").forEach((old) => old.remove());
  const form = document.getElementById("tonguing").content.cloneNode(true).firstElementChild;
  form.querySelector(".chosen-words").textContent = `“${words.map((word) => word.text).join(" ")}”`;
  paragraph.article.querySelector(".who").after(form);
  const list = form.querySelector("select");
  list.focus();
  leadBack(form, paragraph);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = list.value;
    form.remove();
    await save(paragraph);
    await change("language", () => ({ seen: paragraph.seen, first: words[0].index, last: words.at(-1).index, language: chosen }), paragraph);
  });
}

// Following what plays

function heard() {
  clearTimeout(timer);
  const { time } = player;
  const list = sheet.all;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  const paragraph = player.media ? (list[low - 1] ?? null) : null;
  if (paragraph !== current) {
    current?.article.classList.remove("now");
    paragraph?.article.classList.add("now");
    current = paragraph;
    if (paragraph && player.on) keepUp(paragraph);
  }
  const word = paragraph?.at(time) ?? null;
  spoken?.clear();
  if (word && (player.on || time > 0)) spoken?.add(rangeOf(word));
  if (speed && player.media) speed.value = String(player.rate);
  for (const button of bench.querySelectorAll('[data-key-of="play"]')) button.textContent = player.on ? _("Pause") : _("Play");
  if (player.on && paragraph) {
    const next = Math.min(...paragraph.words().map((one) => one.start).filter((at) => at !== null && at > time), paragraph.end, list[low]?.start ?? Infinity);
    const wait = (next - time) / player.rate;
    timer = setTimeout(heard, Math.max(20, Math.min(Number.isFinite(wait) ? wait + 5 : 250, 500)));
  }
}

/** Scrolls to what is heard, unless somebody writes or has just scrolled. */
function keepUp(paragraph) {
  if (!follow.checked || sheet.editing || Date.now() - scrolledAt < 5000) return;
  show(paragraph.article);
}

// Commands

const commands = {
  play: () => player.toggle(),
  back: () => player.move(-3000),
  on: () => player.move(3000),
  here() {
    const paragraph = sheet.editing ?? current;
    if (!paragraph) return;
    const at = caret(paragraph);
    player.seek(paragraph.timeOf(at ? paragraph.wordAt(at.node, at.offset) : null), { play: true });
  },
  slower: () => player.faster(-1),
  faster: () => player.faster(1),
  next: () => step(1),
  previous: () => step(-1),
  now: () => current && enter(current, current.at(player.time)),
  doubt: () => doubt(1),
  doubtBack: () => doubt(-1),
  sure,
  save() {
    for (const paragraph of sheet.all) save(paragraph);
    done();
  },
  split: splitHere,
  merge,
  name() {
    const paragraph = sheet.editing ?? current;
    if (paragraph) naming(paragraph);
  },
  tongue,
  replace: () => location.assign(`${home}replace`),
  help() {
    help.showPopover();
    help.querySelector("[data-do=close]").focus();
  },
};

// A keyboard on a screen says no key, but what it means.
place.addEventListener("beforeinput", (event) => {
  if (!event.target.matches(".text") || !["insertParagraph", "insertLineBreak"].includes(event.inputType)) return;
  event.preventDefault();
  splitHere();
});

document.addEventListener("keydown", (event) => {
  const name = commandOf(event);
  const inText = event.target.matches?.(".text");
  if (name === "play" && event.code === "Escape" && (!inText || help.matches(":popover-open"))) return;
  if (name === "split" && !inText) return;
  if (event.code === "Backspace" && inText && !event.altKey && !event.ctrlKey && !event.metaKey) {
    const at = getSelection();
    const paragraph = paragraphOf(event.target);
    const start = document.createRange();
    start.selectNodeContents(paragraph.text);
    if (at.rangeCount && at.isCollapsed) {
      start.setEnd(at.focusNode, at.focusOffset);
      if (start.toString().trim() === "" && paragraph.typed) {
        event.preventDefault();
        merge();
      }
    }
    return;
  }
  if (!name) return;
  event.preventDefault();
  commands[name]();
});

bench.addEventListener("input", (event) => {
  const paragraph = event.target.matches(".text") ? paragraphOf(event.target) : null;
  if (paragraph) draft(paragraph);
});

bench.addEventListener("focusout", (event) => {
  const paragraph = event.target.matches(".text") ? paragraphOf(event.target) : null;
  if (!paragraph) return;
  if (paragraph.changed) save(paragraph);
  else if (!sheet.inHand(paragraph) && (paragraph.stale || paragraph.version === "")) sheet.ask([paragraph.key, ...paragraph.covers]);
});

place.addEventListener("paste", (event) => {
  // One paragraph is one line, whatever was copied.
  if (!event.target.closest?.(".text")) return;
  event.preventDefault();
  document.execCommand("insertText", false, event.clipboardData.getData("text/plain").replace(/[\s\v]+/g, " "));
});

place.addEventListener("drop", (event) => event.target.closest?.(".text") && event.preventDefault());

let inside = null; // the paragraph that had the cursor before a press
place.addEventListener("pointerdown", () => {
  inside = sheet.editing;
});

place.addEventListener("click", (event) => {
  const paragraph = paragraphOf(event.target);
  if (!paragraph) return;
  const act = event.target.closest("[data-do]")?.dataset.do;
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (act === "seek" && player.media && plain) {
    event.preventDefault();
    player.seek(paragraph.start, { play: true });
  } else if (act === "name" && sheet.editable && plain) {
    event.preventDefault();
    naming(paragraph);
  } else if (event.target.closest(".text") && player.media && getSelection().isCollapsed) {
    const again = inside === paragraph;
    if (!event.altKey && (again || !clickPlays.checked)) return;
    const at = getSelection();
    const word = at.focusNode && paragraph.text.contains(at.focusNode) ? paragraph.wordAt(at.focusNode, at.focusOffset) : null;
    if (word) player.seek(paragraph.timeOf(word), { play: true });
  }
});

// A press of a button leaves the cursor where it is.
bench.addEventListener("mousedown", (event) => event.target.closest(".tools-bench button") && event.preventDefault());
bench.addEventListener("click", (event) => {
  const name = event.target.closest("[data-key-of]")?.dataset.keyOf;
  if (name) commands[name]();
});
help.querySelector('[data-do="close"]').addEventListener("click", () => help.hidePopover());
speed?.addEventListener("change", () => {
  if (player.media) player.media.playbackRate = Number(speed.value);
});
for (const name of ["wheel", "touchmove"]) {
  addEventListener(name, () => {
    scrolledAt = Date.now();
  }, { passive: true });
}

for (const box of [follow, clickPlays]) {
  const name = `onrecord-editor ${box.dataset.do}`;
  try {
    box.checked = localStorage.getItem(name) !== "off";
  } catch {
    // it holds for this visit
  }
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(name, box.checked ? "on" : "off");
    } catch {
      // it holds for this visit
    }
  });
}

// Leaving: what is typed is sent at once, and the browser asks when something is not saved.
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && !signedOut()) for (const paragraph of sheet.all) save(paragraph);
});
document.addEventListener("desk-leaving", (event) => {
  for (const paragraph of sheet.all) save(paragraph);
  event.detail.push(sending.settled());
});
addEventListener("beforeunload", (event) => {
  if (signedOut()) return; // they were asked
  if (!sending.idle || sheet.all.some((paragraph) => paragraph.changed)) event.preventDefault();
});
setInterval(() => {
  if (document.visibilityState === "visible" && sending.idle) sheet.ask();
}, LOOK);

// Beginning

function begin() {
  const labels = { play: _("Play"), back: _("−3 s"), on: _("+3 s"), doubt: _("Next unsure word"), help: _("Keys"), split: _("Split here"), merge: _("Merge"), name: _("Who speaks"), sure: _("Word is right"), tongue: _("Language"), here: _("Play from here") };
  for (const button of bench.querySelectorAll("[data-key-of]")) {
    button.textContent = labels[button.dataset.keyOf];
    button.title = keysOf(button.dataset.keyOf);
  }
  tellKeys(help.querySelector("dl"));
  for (const element of bench.querySelectorAll("[data-needs-script]")) {
    element.hidden = element.classList.contains("transport-bench") && !player.media;
  }
  bench.classList.add("live");
  const known = new Map(sheet.all.map((paragraph) => [paragraph.key, paragraph]));
  for (const { key, seen, text } of sheet.editable ? drafts.left() : []) {
    // It was typed before and never came through: sent with what it was made of, so that nothing is written over.
    const paragraph = known.get(key) ?? null;
    if (paragraph && paragraph.saved === text) {
      drafts.forget(key);
      continue;
    }
    tell(_("Text from before is being saved."), "busy");
    sending.send("text", () => ({ seen, text })).then((answer) => {
      drafts.forget(key);
      sheet.apply(answer);
      done();
    }, (error) => refused(error, paragraph));
  }
  const asked = location.hash.startsWith("#p-") ? paragraphOf(document.getElementById(decodeURIComponent(location.hash.slice(1)))) : null;
  if (asked) enter(asked);
  heard();
}

begin();
