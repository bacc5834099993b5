// The page of a discussion: clicks, keys and addresses are heard once for the whole page and handed to the recording
// that they belong to.

import { Recording } from "./recording.js";

const recordings = new Map();
const dock = document.querySelector(".dock");
const dockPlay = dock.querySelector('[data-do="dock-play"]');
const dockLabel = dock.querySelector("[data-dock-label]");
const dockBack = dock.querySelector('[data-do="back"]');
let active = null;

function visible(element) {
  const box = element.getBoundingClientRect();
  return box.bottom > 40 && box.top < window.innerHeight - 40;
}

function drawDock() {
  const one = active;
  if (!one?.media) {
    dock.hidden = true;
    return;
  }
  const cued = one.cued !== null && !one.playing;
  const lost = one.started && !visible(one.player);
  const away = one.started && one.playing && one.away && !one.inView();
  dockPlay.hidden = !(cued || lost);
  dockBack.hidden = !away;
  dockLabel.textContent = one.label;
  dock.classList.toggle("playing", one.playing);
  dock.hidden = dockPlay.hidden && dockBack.hidden;
}

function changed(recording) {
  if (recording.playing && active !== recording) active?.media?.pause();
  if (recording.playing || recording.cued !== null) active = recording;
  drawDock();
}

for (const section of document.querySelectorAll(".recording")) {
  recordings.set(section.id, new Recording(section, changed));
}

const recordingOf = (element) => recordings.get(element.closest(".recording")?.id) ?? null;

function cite(...sentences) {
  for (const old of document.querySelectorAll(".s.cited")) old.classList.remove("cited");
  for (const sentence of sentences) sentence?.classList.add("cited");
}

/** Where to play from: at the sentence, or where a link of the search says, a second before it. */
function leadIn(start) {
  const at = asked;
  asked = NaN;
  return at >= start - 5000 && at <= start + 60000 ? at : start;
}

/** Goes to what the address names: a sentence is shown and cued, a transcript or a recording is shown. */
function openAddress() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (!name) return;
  const parts = /^(.+)\.([A-Za-z0-9-]+)\.c(\d+)$/.exec(name);
  let target = document.getElementById(name);
  if (!target && parts) target = nearest(`${parts[1]}.${parts[2]}`, Number(parts[3]));
  const recording = target ? recordingOf(target) : null;
  if (!recording) return;
  const place = target.closest(".transcript");
  const transcript = recording.transcripts.find((one) => one.section === place);
  if (transcript && transcript !== recording.transcript) recording.choose(transcript);
  const sentence = target.closest(".s");
  if (!sentence) {
    target.scrollIntoView({ behavior: "instant" });
    return;
  }
  // An address names a cue: the sentence in which it begins, and the one that begins inside it.
  const next = sentence.nextElementSibling;
  cite(sentence, sentence.dataset.a !== target.id && next?.dataset.a === target.id ? next : null);
  active = recording;
  recording.seek(leadIn(Number(target.dataset.t)));
  recording.scrollTo(sentence, "instant");
}

/** A sentence that is no more: the nearest one that was made before it. */
function nearest(transcript, number) {
  let found = null;
  let best = -1;
  for (const piece of document.getElementById(transcript)?.querySelectorAll(".s [id]") ?? []) {
    const other = Number(piece.id.slice(transcript.length + 2));
    if (other <= number && other > best) [found, best] = [piece, other];
  }
  return found;
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
    history.replaceState(null, "", `#${transcript.name}`);
    return;
  }
  const sentence = event.target.closest(".s");
  if (sentence && plain && !event.target.closest("a") && getSelection().isCollapsed) {
    const recording = recordingOf(sentence);
    const transcript = recording?.transcript;
    if (!transcript) return;
    active = recording;
    cite(sentence);
    history.replaceState(null, "", `#${sentence.dataset.a}`);
    if (recording.media) recording.seek(transcript.timeAt(sentence, event.clientX, event.clientY));
    return;
  }
  const control = event.target.closest("button[data-do]");
  if (!control) return;
  const recording = recordingOf(control) ?? active;
  if (control.dataset.do === "sentence-back") recording?.step(-1);
  else if (control.dataset.do === "sentence-on") recording?.step(1);
  else if (control.dataset.do === "dock-play") recording?.toggle();
  else if (control.dataset.do === "back") recording?.back();
});

document.addEventListener("change", (event) => {
  const control = event.target.closest("[data-do]");
  const recording = control && recordingOf(control);
  if (!recording) return;
  if (control.dataset.do === "speed") recording.media.playbackRate = Number(control.value);
  else if (control.dataset.do === "follow") {
    recording.follow = control.checked;
    for (const twin of recording.section.querySelectorAll('[data-do="follow"]')) twin.checked = control.checked;
    if (control.checked) recording.back();
  } else if (control.dataset.do === "unsure") {
    control.closest(".transcript").classList.toggle("unmarked", !control.checked);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  // Single keys work only while the focus is in a recording, so that they are in nobody's way (WCAG 2.1.4).
  const recording = event.target instanceof Element ? recordingOf(event.target) : null;
  if (!recording || event.target.closest("input, select, textarea")) return;
  const key = event.key.toLowerCase();
  const sentence = event.target.closest(".s");
  if (sentence && recording.transcript) {
    const { sentences } = recording.transcript;
    const index = sentences.indexOf(sentence);
    const forward = ["arrowdown", recording.transcript.section.dir === "rtl" ? "arrowleft" : "arrowright"];
    const backward = ["arrowup", recording.transcript.section.dir === "rtl" ? "arrowright" : "arrowleft"];
    const by = forward.includes(key) ? 1 : backward.includes(key) ? -1 : 0;
    if (by) {
      event.preventDefault();
      recording.transcript.focus(sentences[Math.min(sentences.length - 1, Math.max(0, index + by))]);
      return;
    }
    if (key === "enter") {
      event.preventDefault();
      history.replaceState(null, "", `#${sentence.dataset.a}`);
      recording.seek(Number(sentence.dataset.t), { play: true });
      return;
    }
  }
  if (!recording.media) return;
  if (key === "k") recording.toggle();
  else if (key === "j") recording.step(-1);
  else if (key === "l") recording.step(1);
  else return;
  event.preventDefault();
});

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
