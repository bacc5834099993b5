// The page of a discussion: clicks, keys and addresses are heard once for the whole page and handed to the recording
// that they belong to.

import { Find } from "./find.js";
import { readFragment } from "./fragment.js";
import { Walk, listen } from "./keys.js";
import { QuotePanel, selected, whole } from "./quote.js";
import { Recording } from "./recording.js";
import { showSheet } from "./sheet.js";

const recordings = new Map();
const finds = new Map();
const dock = document.querySelector(".dock");
const dockPlay = dock.querySelector('[data-do="dock-play"]');
const dockLabel = dock.querySelector("[data-dock-label]");
const dockBack = dock.querySelector('[data-do="back"]');
const dockQuote = dock.querySelector('[data-do="quote"]');
const bubble = document.querySelector(".bubble");
const keysSheet = document.getElementById("keys");
const fine = matchMedia("(pointer: fine)");
let active = null;
let chosen = null; // the passage that is selected
let clicked = null; // the sentence that was clicked last: [recording, transcript, sentence]

function visible(element) {
  const box = element.getBoundingClientRect();
  return box.bottom > 40 && box.top < window.innerHeight - 40;
}

function drawDock() {
  const one = active;
  const offersQuote = (chosen && !fine.matches) || (!chosen && clicked && !one?.playing);
  dockQuote.hidden = !offersQuote;
  if (one?.media) {
    const cued = one.cued !== null && !one.playing;
    const heard = Boolean(one.passage?.heard) && !one.playing && Math.abs(one.time - one.passage.end) < 400;
    const lost = one.started && !visible(one.player);
    const away = one.started && one.playing && one.away && !one.inView();
    dockPlay.hidden = !(cued || lost || heard);
    dockBack.hidden = !away;
    dockLabel.textContent = one.label;
    dock.classList.toggle("playing", one.playing);
  } else {
    dockPlay.hidden = true;
    dockBack.hidden = true;
  }
  dock.hidden = dockPlay.hidden && dockBack.hidden && dockQuote.hidden;
}

function changed(recording) {
  if (recording.playing && active !== recording) active?.media?.pause();
  if (recording.playing || recording.cued !== null) active = recording;
  drawDock();
}

for (const section of document.querySelectorAll(".recording")) {
  const recording = new Recording(section, changed);
  recordings.set(section.id, recording);
  const place = section.querySelector(".find");
  if (place) finds.set(section.id, new Find(recording, place, (sentence) => look(recording, sentence)));
}

const recordingOf = (element) => recordings.get(element.closest(".recording")?.id) ?? null;
const transcriptOf = (element) => {
  const place = element.closest(".transcript");
  return recordingOf(element)?.transcripts.find((one) => one.section === place) ?? null;
};
/** The recording that the page's keys speak to. */
const present = () => (document.activeElement && recordingOf(document.activeElement)) ?? active ?? [...recordings.values()].find((one) => one.media) ?? null;
const panel = new QuotePanel(document.getElementById("quote"), (id) => recordings.get(id));

function look(recording, sentence) {
  recording.away = true;
  recording.scrollTo(sentence, "instant");
}

function cite(...sentences) {
  for (const old of document.querySelectorAll(".s.cited")) old.classList.remove("cited");
  for (const sentence of sentences) sentence?.classList.add("cited");
}

function address(fragment) {
  history.replaceState(null, "", `#${fragment}`);
}

/** Where a link of the search plays from, a second before the hit; null for any other way to the sentence at `start`. */
function leadIn(start) {
  const at = asked;
  asked = NaN;
  return at >= start - 5000 && at <= start + 60000 ? at : null;
}

/** Goes to what the address names: a passage is marked and played, a sentence is shown and cued, or played for who comes
 *  from a search, a transcript or a recording is shown. */
function openAddress() {
  const { name, start, end } = readFragment(location.hash.slice(1));
  if (start !== null) {
    openPassage(name, start, end);
    return;
  }
  if (!name) return;
  const target = document.getElementById(name);
  const recording = target ? recordingOf(target) : null;
  if (!recording) return;
  const transcript = transcriptOf(target);
  if (transcript && !recording.shown.includes(transcript)) recording.choose(transcript);
  const sentence = target.closest(".s");
  recording.forget();
  if (!sentence) {
    target.scrollIntoView({ behavior: "instant" });
    return;
  }
  // An address names a cue: the sentence in which it begins, and the one that begins inside it.
  const next = sentence.nextElementSibling;
  cite(sentence, sentence.dataset.a !== target.id && next?.dataset.a === target.id ? next : null);
  active = recording;
  clicked = null;
  const piece = target.matches("[data-t]") ? target : (target.nextElementSibling ?? sentence); // of a former cue
  const said = Number(piece.dataset.t);
  const lead = leadIn(said);
  recording.seek(lead ?? said);
  if (lead !== null) recording.play(); // it stays cued where the browser wants a press of its own button
  recording.scrollTo(sentence, "instant");
}

function openPassage(name, start, end) {
  const parts = /^(.+?)\.([A-Za-z0-9-]+)$/.exec(name);
  const recording = recordings.get(name) ?? recordings.get(parts?.[1]) ?? (name ? null : [...recordings.values()][0]);
  if (!recording) return;
  const transcript = recording.transcripts.find((one) => one.name === name);
  if (transcript && !recording.shown.includes(transcript)) recording.choose(transcript);
  for (const other of recordings.values()) other.forget();
  cite();
  clicked = null;
  active = recording;
  recording.quote(start, end);
}

function openQuote() {
  if (chosen) panel.open(chosen);
  else if (clicked) panel.open(whole(clicked[1], clicked[2]));
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  const plain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target.closest("[data-seek]");
  if (link && plain && recordingOf(link)?.media) {
    event.preventDefault();
    recordingOf(link).seek(Number(link.dataset.seek), { play: true });
    return;
  }
  const language = event.target.closest("[data-transcript]");
  if (language && plain) {
    const recording = recordingOf(language);
    const transcript = recording.transcripts.find((one) => one.name === language.dataset.transcript);
    if (!transcript) return;
    event.preventDefault();
    recording.choose(transcript);
    finds.get(recording.id)?.look();
    address(transcript.name);
    return;
  }
  const sentence = event.target.closest(".s");
  if (sentence && plain && !event.target.closest("a") && getSelection().isCollapsed) {
    const recording = recordingOf(sentence);
    const transcript = transcriptOf(sentence);
    active = recording;
    clicked = [recording, transcript, sentence];
    recording.forget();
    cite(sentence);
    address(sentence.dataset.a);
    const word = transcript.wordAt(sentence, event.clientX, event.clientY);
    if (recording.media) recording.seek(word?.timed ? word.start : Number(sentence.dataset.t));
    drawDock();
    return;
  }
  const control = event.target.closest("button[data-do]");
  if (!control || control.closest(".sheet")) return;
  const recording = recordingOf(control) ?? active;
  const find = finds.get(recording?.id);
  switch (control.dataset.do) {
    case "sentence-back": recording?.step(-1); break;
    case "sentence-on": recording?.step(1); break;
    case "dock-play": recording?.toggle(); break;
    case "back": recording?.back(); break;
    case "quote": openQuote(); break;
    case "keys": showSheet(keysSheet); break;
    case "find-back": find?.step(-1); break;
    case "find-on": find?.step(1); break;
    default:
  }
});

document.addEventListener("change", (event) => {
  const control = event.target.closest("[data-do]");
  const recording = control && recordingOf(control);
  if (!recording) return;
  if (control.dataset.do === "speed") recording.media.playbackRate = Number(control.value);
  else if (control.dataset.do === "follow") {
    recording.follow = control.checked;
    if (control.checked) recording.back();
  } else if (control.dataset.do === "unsure") {
    recording.section.classList.toggle("unmarked", !control.checked);
  } else if (control.dataset.do === "both") {
    recording.sideBySide(control.checked);
    lookAtSelection();
  }
});

// What is selected can be quoted. The button stands by the selection, or in the dock where fingers select.
let looking = 0;
function lookAtSelection() {
  const selection = getSelection();
  const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
  const inside = range?.startContainer.parentElement?.closest(".transcript") ?? range?.endContainer.parentElement?.closest(".transcript");
  const transcript = inside ? transcriptOf(inside) : null;
  chosen = transcript ? selected(transcript, range) : null;
  bubble.hidden = !chosen || !fine.matches;
  if (!bubble.hidden) {
    const end = range.cloneRange();
    end.collapse(false);
    const box = end.getClientRects()[0] ?? range.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    bubble.style.left = `${window.scrollX + Math.max(8, Math.min(width - bubble.offsetWidth - 8, box.right - bubble.offsetWidth / 2))}px`;
    bubble.style.top = `${window.scrollY + box.bottom + 8}px`;
  }
  drawDock();
}
function lookSoon() {
  clearTimeout(looking);
  looking = setTimeout(lookAtSelection, 120);
}
document.addEventListener("selectionchange", lookSoon);
document.addEventListener("scroll", (event) => {
  if (event.target !== document && !bubble.hidden) lookSoon(); // a column was scrolled below the button
}, { capture: true, passive: true });

const walk = new Walk();
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const sentence = event.target instanceof Element ? event.target.closest(".s") : null;
  if (!sentence || event.target.closest("a")) return;
  const recording = recordingOf(sentence);
  const transcript = transcriptOf(sentence);
  const key = event.key.toLowerCase();
  const target = walk.move(transcript, sentence, key, event.shiftKey);
  if (target) {
    event.preventDefault();
    clicked = [recording, transcript, target];
    recording.away = true;
    return;
  }
  if (key === "enter") {
    event.preventDefault();
    address(sentence.dataset.a);
    const word = walk.wordIn(sentence);
    recording.seek(word?.timed ? word.start : Number(sentence.dataset.t), { play: true });
  }
});

const withMedia = (work) => () => {
  const recording = present();
  if (!recording?.media) return false;
  work(recording);
  return true;
};
const click = (name) => () => {
  const box = present()?.section.querySelector(`[data-do="${name}"]`);
  if (!box || box.closest("[hidden]")) return false;
  box.click();
  return true;
};
function startFind() {
  const field = present()?.section.querySelector(".find input");
  if (!field) return false;
  field.focus();
  field.select();
  return true;
}
listen({
  k: withMedia((recording) => recording.toggle()),
  j: withMedia((recording) => recording.step(-1)),
  l: withMedia((recording) => recording.step(1)),
  "<": withMedia((recording) => recording.faster(-1)),
  ">": withMedia((recording) => recording.faster(1)),
  b: withMedia((recording) => recording.back()),
  q: () => {
    clearTimeout(looking);
    lookAtSelection();
    if (!chosen && !clicked) {
      const recording = present();
      const transcript = recording?.transcript;
      const sentence = transcript?.current ?? (recording?.media && transcript?.at(recording.time));
      if (!sentence) return false;
      clicked = [recording, transcript, sentence];
    }
    openQuote();
    return true;
  },
  f: startFind,
  "/": startFind,
  n: () => finds.get(present()?.id)?.step(1) ?? true,
  p: () => finds.get(present()?.id)?.step(-1) ?? true,
  u: click("unsure"),
  s: click("both"),
  "?": () => showSheet(keysSheet) ?? true,
}, keysSheet);

// The reader's own scrolling takes the page away from what is playing, until the place is in view again.
for (const name of ["wheel", "touchmove"]) {
  document.addEventListener(name, () => { if (active) active.away = true; }, { passive: true });
}
document.addEventListener("keydown", (event) => {
  if (active && ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "].includes(event.key)) active.away = true;
});
let drawing = 0;
document.addEventListener("scroll", () => {
  if (drawing) return;
  drawing = setTimeout(() => {
    drawing = 0;
    drawDock();
  }, 120);
}, { passive: true });

// `?t=54.5` comes from a search. It goes out of the address, which is then the sentence's own, to be copied and kept.
const given = new URLSearchParams(location.search).get("t");
if (given !== null) history.replaceState(null, "", location.pathname + location.hash);
let asked = given ? 1000 * Number(given) : NaN;
window.addEventListener("hashchange", openAddress);
openAddress();
document.documentElement.dataset.ready = "event";
