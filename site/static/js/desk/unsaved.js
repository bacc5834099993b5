// The text of paragraphs that is typed and not saved yet: a crash, a lost network or a closed lid loses nothing.
import * as kept from "./kept.js";

const PLACE = `text ${location.pathname} `;

/** Keeps a paragraph's text with what it was made of. */
export const keep = (key, seen, text) => kept.keep(PLACE + key, { seen, text });

/** The server has it. */
export const forget = (key) => kept.drop(PLACE + key);

/** What is left from before, the oldest first: `[{ key, seen, text }]`. */
export const left = () =>
  kept
    .all(PLACE)
    .filter(({ seen, text }) => typeof text === "string" && typeof seen === "string")
    .map(({ name, seen, text }) => ({ key: name.slice(PLACE.length), seen, text }));
