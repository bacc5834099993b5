// Addresses of passages: `part-1&t=12.5,30`, the temporal dimension of Media Fragments URI 1.0 (W3C, section 4.2.1) behind
// the name of a recording, or of a transcript (`part-1.uk&t=12.5,30`). Without a name the first recording is meant.

/** A time as W3C's Normal Play Time writes it: `12.5`, `1:02`, `1:02:03.5`. NaN for what is none. */
function position(text) {
  if (!/^(?:\d+(?:\.\d*)?|(?:\d+:)?[0-5]?\d:[0-5]\d(?:\.\d*)?)$/.test(text)) return NaN;
  return Math.round(text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
}

/** What a fragment names: { name, start, end } in milliseconds; `start` is null where it gives no time, `end` where it
 *  gives none or a wrong one. */
export function readFragment(fragment) {
  let text = fragment;
  try {
    text = decodeURIComponent(fragment);
  } catch {
    // it is taken as it stands
  }
  const parts = text.split("&");
  const name = parts[0].includes("=") ? "" : parts.shift();
  const time = parts.find((part) => part.startsWith("t="));
  if (time === undefined) return { name, start: null, end: null };
  const [from, to = ""] = time.slice(2).replace(/^npt:/, "").split(",");
  const start = from === "" ? 0 : position(from);
  const end = position(to);
  if (Number.isNaN(start) || (from === "" && to === "")) return { name, start: null, end: null };
  return { name, start, end: end > start ? end : null };
}

const seconds = (milliseconds) => String(milliseconds / 1000);

/** The fragment of a passage. */
export function writeFragment(name, start, end) {
  return `${name}&t=${seconds(start)},${seconds(end)}`;
}
