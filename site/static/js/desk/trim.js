// Trimming by ear: the playhead on the waveform, the edges set where it stands, heard, nudged. The form's two fields are what
// counts; everything here only writes into them.

import { _ } from "../gettext.js";

const box = document.getElementById("trim");
const player = document.getElementById("player");
const AROUND = 5; // seconds

if (box && "waiting" in box.dataset) wait();
if (box && player) start();

/** What is being made is looked for again; a page on which somebody has begun to work is not loaded anew. */
function wait() {
  const timer = setInterval(async () => {
    if (document.hidden) return;
    let answer;
    try {
      answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    } catch {
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("trim");
    if (!fresh || "waiting" in fresh.dataset) return;
    clearInterval(timer);
    const picture = page.querySelector("#wave img");
    if (!player) location.reload();
    else if (picture) {
      document.getElementById("wave").prepend(picture);
      document.getElementById("waiting")?.remove();
    }
  }, 2000);
}

function start() {
  const length = Number(box.dataset.length);
  const wave = document.getElementById("wave");
  const [before, after] = [wave.querySelector(".before"), wave.querySelector(".after")];
  const [from, to, head] = [wave.querySelector(".from"), wave.querySelector(".to"), wave.querySelector(".head-line")];
  const at = document.querySelector("#at output");
  const fields = { start: document.getElementById("f-start"), end: document.getElementById("f-end") };
  const said = document.getElementById("trim-said");
  const kept = document.getElementById("kept");
  let until = 0; // ms at which what is heard around an edge ends

  for (const one of [wave, document.getElementById("at"), before, after, from, to, head, ...document.querySelectorAll(".scripted")]) {
    one.hidden = false;
  }

  const now = () => Math.round(player.currentTime * 1000);
  const clamp = (ms) => Math.min(length, Math.max(0, Math.round(ms)));
  const seek = (ms) => {
    player.currentTime = clamp(ms) / 1000;
    follow();
  };

  function draw() {
    const [start, end] = [read(fields.start.value) ?? 0, read(fields.end.value) ?? length];
    const share = (ms) => `${(100 * clamp(ms)) / length}%`;
    before.style.width = share(start);
    after.style.width = share(length - end);
    from.style.left = share(start);
    to.style.left = share(end);
    kept.textContent = end > start ? _("The public hears %(length)s.", { length: clock(end - start).slice(0, 8) }) : "";
  }

  function follow() {
    const ms = now();
    head.style.left = `${(100 * clamp(ms)) / length}%`;
    at.textContent = clock(ms);
    if (until && ms >= until) {
      const end = until;
      until = 0;
      player.pause();
      player.currentTime = end / 1000; // a busy machine comes late, and the next edge is set where the playhead stands
    }
    if (!player.paused) requestAnimationFrame(follow);
  }

  function set(which, ms, spoken) {
    fields[which].value = clock(clamp(ms));
    draw();
    said.textContent = spoken ?? (which === "start" ? _("Start at %(time)s", { time: clock(clamp(ms)) }) : _("End at %(time)s", { time: clock(clamp(ms)) }));
  }

  async function hear(which) {
    const edge = read(fields[which].value);
    if (edge === null) return;
    seek(edge - (AROUND * 1000) / 2);
    until = Math.min(length, edge + (AROUND * 1000) / 2);
    try {
      await player.play();
    } catch {
      until = 0;
    }
  }

  player.addEventListener("play", follow);
  player.addEventListener("timeupdate", follow);
  player.addEventListener("seeked", follow);
  player.addEventListener("pause", () => {
    until = 0;
  });
  for (const field of Object.values(fields)) field.addEventListener("input", draw);

  box.addEventListener("click", (click) => {
    const button = click.target.closest("button[type=button]");
    if (!button) return;
    const { set: setting, hear: hearing, nudge, by } = button.dataset;
    if (setting) set(setting, now());
    else if (hearing) hear(hearing);
    else if (nudge) {
      set(nudge, (read(fields[nudge].value) ?? now()) + Number(by));
      hear(nudge);
    }
  });

  const place = (pointer) => {
    const box = wave.getBoundingClientRect();
    return (length * (pointer.clientX - box.left)) / box.width;
  };
  wave.addEventListener("pointerdown", (pointer) => {
    if (pointer.button !== 0) return;
    wave.setPointerCapture(pointer.pointerId);
    until = 0;
    seek(place(pointer));
  });
  wave.addEventListener("pointermove", (pointer) => {
    if (wave.hasPointerCapture(pointer.pointerId)) seek(place(pointer));
  });

  document.addEventListener("keydown", (key) => {
    if (key.ctrlKey || key.metaKey || key.target.closest("input, textarea, select, summary, [contenteditable]")) return;
    const onButton = key.target.closest("button, a, audio, video");
    const pressed = key.key.toLowerCase();
    if (pressed === "i" || pressed === "o") {
      const which = pressed === "i" ? "start" : "end";
      if (key.shiftKey) hear(which);
      else set(which, now());
    } else if (key.key === " " && !onButton) {
      if (player.paused) player.play();
      else player.pause();
    } else if ((key.key === "ArrowLeft" || key.key === "ArrowRight") && key.target !== player) {
      const step = key.altKey ? 100 : key.shiftKey ? 1000 : 5000;
      until = 0;
      seek(now() + (key.key === "ArrowLeft" ? -step : step));
    } else return;
    key.preventDefault();
  });
  draw();
  follow();
}

/** Milliseconds as `00:12:30.500`. */
function clock(ms) {
  const whole = Math.max(0, Math.round(ms));
  const part = (number, digits = 2) => String(number).padStart(digits, "0");
  return `${part(Math.floor(whole / 3600000))}:${part(Math.floor(whole / 60000) % 60)}:${part(Math.floor(whole / 1000) % 60)}.${part(whole % 1000, 3)}`;
}

/** The milliseconds of what a person typed, as the server reads it; null where it cannot be read. */
function read(text) {
  const trimmed = text.trim();
  if (/^\d+([.,]\d+)?$/.test(trimmed)) return Math.round(Number(trimmed.replace(",", ".")) * 1000);
  const match = /^(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?$/.exec(trimmed);
  if (!match) return null;
  const [, hours, minutes, seconds, rest] = match;
  return ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number((rest ?? "0").padEnd(3, "0"));
}
