// Sends a file in pieces (tus-js-client), each with its SHA-256, and goes on where it stopped: after the connection broke, after
// the server was started anew, after this page was loaded again and the same file chosen.

import { _ } from "../gettext.js";
import * as kept from "./kept.js";

const form = document.getElementById("upload");
const tus = globalThis.tus;
const RETRIES = [0, 1000, 3000, 5000, 10000, 20000, 30000, 30000, 60000, 60000, 60000, 60000];

if (form && tus?.isSupported) start();

function start() {
  const field = form.querySelector('input[type="file"]');
  const sending = form.querySelector(".sending");
  const bar = sending.querySelector("progress");
  const state = sending.querySelector('[role="status"]');
  const pause = sending.querySelector(".sending-pause");
  const stop = sending.querySelector(".sending-stop");
  const { event, endpoint, piece, largest } = form.dataset;
  const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 });
  let upload = null;
  let going = false;
  let began = null;

  const shown = (bytes) => size.format(bytes / 1e6);
  const say = (text, lang = "") => {
    if (state.textContent !== text) state.textContent = text;
    if (lang) state.lang = lang; // the server says what is wrong in English
    else state.removeAttribute("lang");
  };

  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    const file = field.files[0];
    if (!file) return;
    if (file.size > Number(largest)) {
      sending.hidden = false;
      say(_("This file is larger than the archive takes: %(size)s.", { size: shown(file.size) }));
      return;
    }
    send(file);
  });

  async function send(file) {
    form.querySelector(".sending-start").hidden = true;
    field.closest(".field-row").hidden = true;
    sending.hidden = false;
    sending.querySelector(".sending-name").textContent = file.name;
    pause.hidden = stop.hidden = false;
    upload = new tus.Upload(file, {
      endpoint,
      chunkSize: Number(piece),
      retryDelays: RETRIES,
      metadata: { filename: file.name, event },
      removeFingerprintOnSuccess: true,
      fingerprint: async (one) => ["onrecord", event, one.name, one.size, one.lastModified].join("-"),
      urlStorage: places,
      fileReader: { openFile: (input, length) => withSums(input, length) },
      onBeforeRequest: (request) => {
        if (request.getMethod() === "PATCH" && sums.last) request.setHeader("Upload-Checksum", `sha256 ${sums.last}`);
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        say(status === 507 ? _("The disk of the archive is full. It is tried again.") : _("The connection broke. It is tried again."));
        return status === 0 || status === 408 || status === 409 || status === 423 || status === 460 || status >= 500;
      },
      onProgress: told,
      onError: failed,
      onSuccess: ({ lastResponse }) => {
        going = false;
        const place = lastResponse.getHeader("Onrecord-Place");
        say(_("The file is here."));
        bar.value = 1;
        location.assign(place?.startsWith("/desk/") ? place : `/desk/events/${event}/`);
      },
    });
    const earlier = await upload.findPreviousUploads();
    if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
    go();
  }

  function go() {
    going = true;
    began = null;
    pause.textContent = _("Pause");
    say(earlierSaid());
    upload.start();
  }

  function earlierSaid() {
    return upload.url ? _("Going on where it stopped.") : _("Sending.");
  }

  function told(sent, all) {
    if (!going) return;
    began ??= { at: performance.now(), sent };
    const seconds = (performance.now() - began.at) / 1000;
    const pace = seconds > 2 ? (sent - began.sent) / seconds : 0;
    bar.max = all;
    bar.value = sent;
    if (performance.now() - (told.at ?? 0) < 500 && sent < all) return;
    told.at = performance.now();
    const values = { sent: shown(sent), all: shown(all), pace: shown(pace), left: spoken((all - sent) / pace) };
    say(pace ? _("%(sent)s of %(all)s, %(pace)s a second, %(left)s left", values) : _("%(sent)s of %(all)s", values));
  }

  function spoken(seconds) {
    if (!Number.isFinite(seconds)) return "–";
    const minutes = Math.floor(seconds / 60);
    return minutes ? _("%(min)s min", { min: minutes }) : _("%(s)s s", { s: Math.ceil(seconds) });
  }

  function failed(error) {
    going = false;
    const body = error.originalResponse?.getBody()?.trim();
    const told = body && body.length < 400 && !body.startsWith("<");
    say(told ? body : _("It could not be sent. The connection may be gone."), told ? "en" : "");
    pause.textContent = _("Try again");
  }

  pause.addEventListener("click", () => {
    if (going) {
      going = false;
      upload.abort();
      pause.textContent = _("Go on");
      say(_("Paused. What was sent is kept for a week."));
    } else {
      go();
    }
  });

  stop.addEventListener("click", async () => {
    going = false;
    try {
      await upload.abort(true);
    } catch {
      // what cannot be thrown away now expires by itself
    }
    location.reload();
  });

  // A browser that is closed in the middle loses nothing, but whoever closes it should know.
  addEventListener("beforeunload", (leaving) => {
    if (going && !kept.signedOut()) leaving.preventDefault();
  });
  addEventListener("online", () => {
    if (!going && upload && pause.textContent === _("Try again")) go();
  });
}

/** Where a file is being sent to, kept as everything of a person's work is: the name of a file may name somebody. */
const places = {
  findAllUploads: async () => found("upload "),
  findUploadsByFingerprint: async (print) => found(`upload ${print} `),
  removeUpload: async (name) => kept.drop(name),
  async addUpload(print, place) {
    const name = `upload ${print} ${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    kept.keep(name, place);
    return name;
  },
};

const found = (below) => kept.all(below).map((one) => ({ ...one, urlStorageKey: one.name }));

const sums = { last: "" };

/** The file as tus-js-client reads it, where the digest of the piece that is read is kept for the request that sends it. */
async function withSums(input, length) {
  const source = await tus.defaultOptions.fileReader.openFile(input, length);
  const slice = source.slice.bind(source);
  source.slice = async (from, to) => {
    const found = await slice(from, to);
    sums.last = "";
    if (found.value && globalThis.crypto?.subtle) {
      const digest = await crypto.subtle.digest("SHA-256", await found.value.arrayBuffer());
      sums.last = btoa(String.fromCharCode(...new Uint8Array(digest)));
    }
    return found;
  };
  return source;
}
