// Quoting: words that the reader has selected become a link with a start and an end, a citation and, on the live site, a
// clip of just that passage.

import { FORMS } from "./cite.js";
import { writeFragment } from "./fragment.js";
import { _ } from "./gettext.js";
import { announce, data } from "./page.js";
import { showSheet } from "./sheet.js";
import { clock } from "./times.js";
import { takesIn, wordsOf } from "./words.js";

/** Who speaks a sentence: the name stands in the margin of its paragraph, or of one before it. */
function speakerOf(sentence) {
  for (let turn = sentence.closest(".turn"); turn; turn = turn.previousElementSibling) {
    const name = turn.querySelector(".speaker");
    if (name) return name.textContent;
    if (!turn.matches(".turn.goes-on, .chapter")) return "";
  }
  return "";
}

/** The passage of a transcript that these words of it are: [sentence, words] in order; null where there are none. */
function passageOf(transcript, parts) {
  if (!parts.length) return null;
  const words = parts.flatMap(([, some]) => some);
  return {
    recording: transcript.recordingId,
    transcript: transcript.name,
    language: transcript.section.lang,
    direction: transcript.section.dir,
    status: transcript.section.dataset.status,
    sentence: parts[0][0],
    text: words.map((word) => word.text).join(" "),
    speakers: [...new Set(parts.map(([sentence]) => speakerOf(sentence)).filter(Boolean))],
    start: words[0].start,
    end: Math.max(...words.map((word) => word.end)),
  };
}

/** The passage that a range of the page selects in a transcript. */
export function selected(transcript, range) {
  const parts = [];
  const { sentences } = transcript;
  let low = 0; // the first sentence that does not end before the range, by halving
  for (let high = sentences.length; low < high;) {
    const middle = (low + high) >> 1;
    if (range.comparePoint(sentences[middle], sentences[middle].childNodes.length) < 0) low = middle + 1;
    else high = middle;
  }
  for (let index = low; index < sentences.length && range.comparePoint(sentences[index], 0) <= 0; index += 1) {
    const sentence = sentences[index];
    const words = wordsOf(sentence).filter((word) => takesIn(range, word));
    if (words.length) parts.push([sentence, words]);
  }
  return passageOf(transcript, parts);
}

/** The passage that a sentence is. */
export function whole(transcript, sentence) {
  return passageOf(transcript, [[sentence, wordsOf(sentence)]]);
}

/** The address of a passage; a transcript is named where it is not the one that its recording shows first. */
export function addressOf(passage, first) {
  const page = data.event.address || location.href.split("#")[0];
  const name = first ? passage.recording : passage.transcript;
  return `${page}#${writeFragment(name, passage.start, passage.end)}`;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no permission, or no secure address: the field is selected, so that the reader can
  }
}

/** Why the site gives no clip, for one of its reasons. */
function whyNot(reason) {
  switch (reason) {
    case "kept-back": return _("This passage touches words of someone who has not agreed to be published, so there is no clip of it.");
    case "too-long": return _("A clip may be two minutes long at most. Select fewer words.");
    case "too-many": return _("You have made many clips just now. Please try again in a minute.");
    case "busy": return _("Many clips are being made just now. Please try again in a minute.");
    case "gone": return _("This recording is not public any more.");
    default: return _("The clip could not be made.");
  }
}

export class QuotePanel {
  /** `recordingOf` finds a recording by its id. */
  constructor(dialog, recordingOf) {
    this.dialog = dialog;
    this.recordingOf = recordingOf;
    this.passage = null;
    this.part = (name) => dialog.querySelector(`[data-quote="${name}"]`);
    this.clip = this.part("clip");
    dialog.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.do === "close") dialog.hidePopover();
      else if (button?.dataset.copy) this.#copy(button);
      else if (button?.dataset.do === "hear-passage") this.#hear();
      else if (button?.dataset.do === "make-clip") this.#makeClip();
    });
    dialog.addEventListener("change", (event) => {
      if (event.target.name === "form") this.#cite();
    });
    dialog.addEventListener("toggle", () => this.part("player")?.pause());
  }

  /** Shows the panel for a passage. */
  open(passage) {
    const recording = this.recordingOf(passage.recording);
    this.passage = passage;
    this.address = addressOf(passage, recording.transcripts[0]?.name === passage.transcript);
    const words = this.part("words");
    words.textContent = passage.text;
    words.lang = passage.language;
    words.dir = passage.direction;
    const values = { speakers: passage.speakers.join(", "), from: clock(passage.start), to: clock(passage.end) };
    this.part("by").textContent = passage.speakers.length
      ? _("%(speakers)s, %(from)s to %(to)s", values)
      : _("%(from)s to %(to)s", values);
    this.part("link").value = this.address;
    this.#cite();
    this.part("hear").hidden = !recording.media;
    if (this.clip) {
      this.clip.hidden = !recording.media;
      this.part("made").hidden = true;
      this.part("make").hidden = false;
      this.part("make").disabled = false;
      this.part("says").textContent = "";
    }
    showSheet(this.dialog);
  }

  #cite() {
    const form = this.dialog.querySelector('[name="form"]:checked').value;
    this.part("citation").value = FORMS[form](this.passage, this.address);
  }

  async #copy(button) {
    const field = this.part(button.dataset.copy);
    field.select();
    const done = await copy(field.value);
    const before = button.textContent;
    button.textContent = done ? _("Copied") : _("Selected: copy it now");
    announce(button.textContent);
    setTimeout(() => {
      button.textContent = before;
    }, 2500);
  }

  #hear() {
    const { passage } = this;
    this.dialog.hidePopover();
    location.hash = this.address.split("#")[1];
    const recording = this.recordingOf(passage.recording);
    if (!recording.playing) recording.hear();
  }

  async #makeClip() {
    const { passage } = this;
    const says = this.part("says");
    this.part("make").disabled = true;
    says.textContent = _("The clip is being made.");
    const at = (form) => `${data.clips}${passage.recording}.${passage.start}-${passage.end}.${form}`;
    const address = at("opus");
    let problem = "failed";
    try {
      const answer = await fetch(address, { headers: { Accept: "audio/ogg, application/json" } });
      if (answer.ok) problem = "";
      else problem = (await answer.json()).error.reason ?? "failed";
    } catch {
      // the network, or an answer that is none
    }
    if (this.passage !== passage) return;
    if (problem) {
      says.textContent = whyNot(problem);
      this.part("make").disabled = false;
      return;
    }
    says.textContent = "";
    const player = this.part("player");
    player.src = player.canPlayType('audio/ogg; codecs="opus"') ? address : at("mp3");
    this.part("opus").href = address;
    this.part("mp3").href = at("mp3");
    this.part("made").hidden = false;
    this.part("make").hidden = true;
    announce(_("The clip is ready."));
  }
}
