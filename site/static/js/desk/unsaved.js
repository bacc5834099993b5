// What is typed and not saved yet, kept in the browser until the server has it: a crash, a lost network or a closed lid
// loses nothing.

const PREFIX = `onrecord-draft ${location.pathname} `;

/** Keeps a paragraph's text with what it was made of. */
export function keep(key, seen, text) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ seen, text, at: Date.now() }));
    return true;
  } catch {
    return false; // the browser keeps nothing for this page, or has no room
  }
}

/** The server has it. */
export function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // it was never kept
  }
}

/** What is left from before: `[{ key, seen, text, at }]`. */
export function left() {
  const found = [];
  try {
    for (let index = 0; index < localStorage.length; index += 1) {
      const name = localStorage.key(index);
      if (!name.startsWith(PREFIX)) continue;
      const draft = JSON.parse(localStorage.getItem(name));
      if (typeof draft?.text === "string" && typeof draft.seen === "string") {
        found.push({ key: name.slice(PREFIX.length), ...draft });
      }
    }
  } catch {
    return found; // what cannot be read is left where it is
  }
  return found.sort((one, other) => one.at - other.at);
}
