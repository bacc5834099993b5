// What is typed and not saved yet, kept in this browser for the person who is signed in: until the server has it, a week is over,
// they sign out, or somebody else signs in here. Everything that the desk keeps of anybody's work goes through here.

const PREFIX = "onrecord.desk.draft.";
const WEEK = 7 * 24 * 3600 * 1000;
/** Who opened this page, as a number; "": nobody is signed in. */
export const person = document.querySelector("form[data-signs-out]")?.dataset.signsOut ?? "";
const own = `${PREFIX}${person}.`;
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("onrecord.desk") : null;
let out = false; // signed out: nothing more is kept

/** Whether whoever opened this page has signed out, here or in another tab. */
export const signedOut = () => out;

function read(store, key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null;
  }
}

/** Keeps a mapping under a name, with the time, and the page that it is of. `window`: only for as long as this window is open.
 *  False: the browser keeps nothing, or has no room; the page still works. */
export function keep(name, value, { window = false } = {}) {
  if (out || !person) return false;
  const of = { at: Date.now(), page: location.pathname, title: document.querySelector("h1")?.textContent.trim() ?? "" };
  try {
    (window ? sessionStorage : localStorage).setItem(own + name, JSON.stringify({ ...of, ...value }));
    return true;
  } catch {
    return false;
  }
}

/** What is kept under a name, or null. */
export const find = (name, { window = false } = {}) => read(window ? sessionStorage : localStorage, own + name);

/** Forgets a name: the server has it, or nobody wants it. */
export function drop(name) {
  try {
    localStorage.removeItem(own + name);
    sessionStorage.removeItem(own + name);
  } catch {
    // it was never kept
  }
}

/** All that is kept for this person below a name, the oldest first: `[{ name, at, page, title, ... }]`. */
export function all(below = "") {
  try {
    const names = Object.keys(localStorage).filter((key) => key.startsWith(own + below));
    return names
      .map((key) => ({ ...read(localStorage, key), name: key.slice(own.length) }))
      .filter((kept) => Number.isFinite(kept.at))
      .sort((one, other) => one.at - other.at);
  } catch {
    return [];
  }
}

/** Who signs out leaves nothing behind on a computer that others use too; the other tabs are told. */
export function leave() {
  out = true;
  clear((key) => key.startsWith(own));
  try {
    sessionStorage.clear();
  } catch {
    // no storage: nothing was kept
  }
  channel?.postMessage({ out: person });
}

function clear(goes) {
  for (const store of ["localStorage", "sessionStorage"]) {
    try {
      const kept = globalThis[store];
      for (const key of Object.keys(kept)) if (key.startsWith(PREFIX) && goes(key, kept)) kept.removeItem(key);
    } catch {
      // no storage: nothing was kept
    }
  }
}

channel?.addEventListener("message", ({ data }) => {
  if (data.out === person) {
    out = true;
    clear((key) => key.startsWith(own)); // what was typed here in the same moment
  } else if (data.in === person) {
    out = false;
  } else if (data.in) {
    // Somebody else works in this browser now: what stands on this page is not theirs, nor is what would be sent from it.
    out = true;
    location.replace("/desk/");
  }
});

if (person) {
  clear((key, kept) => !key.startsWith(own) || Date.now() - (read(kept, key)?.at ?? 0) > WEEK);
  channel?.postMessage({ in: person });
}
