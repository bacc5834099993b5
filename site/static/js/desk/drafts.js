// A draft of the form that is being filled, kept in this browser until it is saved. What is private is kept apart, only
// as long as this window is open, and never on the disk by us: notes, and the address to join.
const PREFIX = "onrecord.desk.draft.";
const WEEK = 7 * 24 * 3600 * 1000;
const SENT = "onrecord.desk.sent";

export function keyOf(form) {
  return `${PREFIX}${form.dataset.person}.${form.dataset.draft}`;
}

function read(store, key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null;
  }
}

function write(store, key, value) {
  try {
    store.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // full, or not allowed: the form still works
  }
}

// What would say who somebody is that the public knows by another name.
const TELLING = ["name", "id", "bio", "links"];

function isPrivate(control) {
  if ("private" in control.dataset || control.name.startsWith("notes-")) return true;
  const [table, column] = control.name.split("-");
  if (table !== "speakers" || !TELLING.includes(column)) return false;
  return Boolean(control.closest(".row")?.querySelector("[name=speakers-shown_as]")?.value);
}

// Every field in order, so that rows come back as they stood: in `open` without what is private, in `hidden` with it.
function fieldsOf(form) {
  const open = [];
  const hidden = [];
  for (const control of form.elements) {
    if (!control.name || ["submit", "file"].includes(control.type) || control.tagName === "FIELDSET") continue;
    if (control.type === "radio" && !control.checked) continue;
    if (["base", "seen", "conflict"].includes(control.name) || control.name.startsWith("choose.")) continue;
    hidden.push([control.name, control.value]);
    open.push([control.name, isPrivate(control) ? null : control.value]);
  }
  return [open, hidden];
}

// What the form was made of, without what is private in it.
function openBase(base) {
  const { notes, join, ...rest } = base;
  const speakers = (base.speakers ?? []).map((row) =>
    row.shown_as ? Object.fromEntries(Object.entries(row).filter(([name]) => !TELLING.includes(name))) : row,
  );
  return { ...rest, speakers };
}

export function keep(form) {
  const key = keyOf(form);
  const [open, hidden] = fieldsOf(form);
  const base = JSON.parse(form.elements.base.value);
  const done = write(localStorage, key, { at: Date.now(), fields: open, base: openBase(base) });
  write(sessionStorage, key, { fields: hidden, base });
  return done;
}

// The draft of this form. Of what is private in it only a window that stayed open knows; elsewhere it is null.
export function find(form) {
  const key = keyOf(form);
  const draft = read(localStorage, key);
  if (!draft || !Array.isArray(draft.fields)) return null;
  const whole = read(sessionStorage, key);
  if (whole && Array.isArray(whole.fields)) return { at: draft.at, fields: whole.fields, base: whole.base };
  const now = JSON.parse(form.elements.base.value);
  const speakers = (draft.base?.speakers ?? []).map((row, index) => ({ ...(now.speakers?.[index] ?? {}), ...row }));
  return { at: draft.at, fields: draft.fields, base: { ...now, ...draft.base, speakers } };
}

export function drop(key) {
  localStorage.removeItem(key);
  sessionStorage.removeItem(key);
}

export function sent(form) {
  try {
    sessionStorage.setItem(SENT, keyOf(form));
  } catch {
    // then the draft is offered once more, and can be thrown away
  }
}

// A form that was sent and does not come back was saved: its draft goes. Old ones, and those of other people, go too.
function tidy() {
  const form = document.querySelector("form[data-draft]");
  const last = sessionStorage.getItem(SENT);
  if (last) {
    sessionStorage.removeItem(SENT);
    if (!form || keyOf(form) !== last) drop(last);
  }
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && Date.now() - (read(localStorage, key)?.at ?? 0) > WEEK) drop(key);
  }
}

// Who signs out leaves nothing behind on a computer that others use too.
document.querySelector("form[data-signs-out]")?.addEventListener("submit", (event) => {
  const own = `${PREFIX}${event.currentTarget.dataset.signsOut}.`;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(own)) drop(key);
    sessionStorage.clear();
  } catch {
    // no storage: nothing was kept
  }
});

try {
  tidy();
} catch {
  // no storage: nothing is kept, and nothing has to be tidied
}
