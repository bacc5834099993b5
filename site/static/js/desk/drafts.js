// A draft of the form that is being filled, kept until it is saved. What is private in it is kept apart, only as long as this window
// is open, and never on the disk by us: notes, and the address to join.
import * as kept from "./kept.js";

const SENT = "onrecord.desk.sent";

const nameOf = (form) => `form ${form.dataset.draft}`;

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
  const [open, hidden] = fieldsOf(form);
  const base = JSON.parse(form.elements.base.value);
  const done = kept.keep(nameOf(form), { fields: open, base: openBase(base) });
  kept.keep(nameOf(form), { fields: hidden, base }, { window: true });
  return done;
}

// The draft of this form. Of what is private in it only a window that stayed open knows; elsewhere it is null.
export function find(form) {
  const draft = kept.find(nameOf(form));
  if (!draft || !Array.isArray(draft.fields)) return null;
  const whole = kept.find(nameOf(form), { window: true });
  if (whole && Array.isArray(whole.fields)) return { at: draft.at, fields: whole.fields, base: whole.base };
  const now = JSON.parse(form.elements.base.value);
  const speakers = (draft.base?.speakers ?? []).map((row, index) => ({ ...(now.speakers?.[index] ?? {}), ...row }));
  return { at: draft.at, fields: draft.fields, base: { ...now, ...draft.base, speakers } };
}

export const drop = (form) => kept.drop(nameOf(form));

export function sent(form) {
  try {
    sessionStorage.setItem(SENT, nameOf(form));
  } catch {
    // then the draft is offered once more, and can be thrown away
  }
}

// A form that was sent and does not come back was saved: its draft goes.
function tidy() {
  const form = document.querySelector("form[data-draft]");
  const last = sessionStorage.getItem(SENT);
  if (last === null) return;
  sessionStorage.removeItem(SENT);
  if (!form || nameOf(form) !== last) kept.drop(last);
}

try {
  tidy();
} catch {
  // no storage: nothing is kept, and nothing has to be tidied
}
