// The form of a discussion: rows that come and go, a preview while one types, what is known of a speaker, a draft.
import { _ } from "../gettext.js";
import { drop, find, keep, sent } from "./drafts.js";

const form = document.getElementById("register");
form.classList.add("with-script");
const said = form.querySelector("[data-draft-said]");
let touched = false;

// Where the focus belongs after the page came back.
const wanted = form.dataset.focus && document.getElementById(form.dataset.focus);
const problems = document.querySelector(".problems");
if (problems) {
  problems.tabIndex = -1;
  problems.focus();
} else if (wanted) {
  wanted.focus();
}
// A link to a field opens what it is folded into.
function unfold(id) {
  const target = id ? document.getElementById(id) : null;
  for (let inside = target?.closest("details"); inside; inside = inside.parentElement.closest("details")) inside.open = true;
  return target;
}
document.addEventListener("click", (event) => {
  const link = event.target.closest('.problems a[href^="#"]');
  if (!link) return;
  const target = unfold(link.hash.slice(1));
  if (target) {
    event.preventDefault();
    target.focus();
    target.scrollIntoView({ block: "center" });
  }
});
unfold(location.hash.slice(1));

// Rows
const list = (table) => form.querySelector(`.row-list[data-table="${table}"]`);

function number(rows) {
  [...rows.children].forEach((row, index) => {
    const before = row.dataset.number;
    row.dataset.number = index;
    for (const element of row.querySelectorAll("[id], [for], [aria-describedby]")) {
      for (const name of ["id", "for", "aria-describedby"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(new RegExp(`-${before}(?=(-hint|-wrong)?( |$))`, "g"), `-${index}`));
      }
    }
    for (const button of row.querySelectorAll("button[name=do]")) button.value = button.value.replace(/\d+$/, index);
    const up = row.querySelector('[data-row="up"]');
    if (up) up.hidden = index === 0;
  });
}

function blank(row) {
  for (const control of row.querySelectorAll("input, textarea, select")) {
    control.value = "";
    control.removeAttribute("aria-invalid");
  }
  for (const gone of row.querySelectorAll(".wrong, .both, input[name=conflict]")) gone.remove();
  for (const marked of row.querySelectorAll(".has-error")) marked.classList.remove("has-error");
  for (const name of row.querySelectorAll(".row-buttons .hidden-visually")) name.textContent = "";
  for (const folded of row.querySelectorAll("details")) folded.open = false;
}

function add(table) {
  const rows = list(table);
  const row = rows.lastElementChild.cloneNode(true);
  rows.append(row);
  row.dataset.number = `${rows.children.length - 2}`;
  blank(row);
  withUp(row, table);
  number(rows);
  return row;
}

// The first row has no button to move up; what is made of it gets one.
function withUp(row, table) {
  const buttons = row.querySelector(".row-buttons");
  if (!buttons || buttons.querySelector('[data-row="up"]')) return;
  const up = document.createElement("button");
  Object.assign(up, { className: "small", name: "do", value: `up ${table} 0`, textContent: _("Move up") });
  up.formNoValidate = true;
  up.dataset.row = "up";
  buttons.prepend(up);
}

const first = (row) => row.querySelector("input:not([type=hidden]), textarea");

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-row]");
  if (!button) return;
  event.preventDefault();
  touched = true;
  if (button.dataset.row === "add") {
    first(add(button.dataset.of)).focus();
  } else {
    const row = button.closest(".row");
    const rows = row.parentElement;
    const table = rows.dataset.table;
    if (button.dataset.row === "up") {
      row.previousElementSibling?.before(row);
      withUp(row.nextElementSibling, table);
      number(rows);
      first(row).focus();
    } else if (rows.children.length === 1) {
      blank(row);
      first(row).focus();
    } else {
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      number(rows);
      first(near).focus();
    }
  }
  later();
});

// The preview
const area = form.querySelector("[data-preview]");
const preview = document.getElementById("preview");
const here = preview.querySelector("[data-preview-here]");
let asked = 0;
let waiting = 0;
async function show() {
  const mine = ++asked;
  if (!area.value.trim()) {
    preview.hidden = true;
    return;
  }
  try {
    const answer = await fetch(area.dataset.preview, { method: "POST", body: new URLSearchParams({ markdown: area.value }) });
    const text = answer.ok ? await answer.text() : null;
    if (text !== null && mine === asked) {
      here.innerHTML = text; // made safe by the server, as on the public page
      preview.hidden = false;
    }
  } catch {
    // no connection: the text stays, the preview comes with the next letter
  }
}
area.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 350);
});
if (area.value.trim()) show();

// What earlier discussions know of a speaker fills what is still empty
form.addEventListener("change", async (event) => {
  const control = event.target;
  if (!control.dataset?.fill || !control.value.trim()) return;
  try {
    const answer = await fetch(control.dataset.fill, { method: "POST", body: new URLSearchParams({ name: control.value }) });
    const { row } = answer.ok ? await answer.json() : {};
    const fields = control.closest(".row");
    if (!row || !fields) return;
    let filled = false;
    for (const [name, value] of Object.entries(row)) {
      const field = fields.querySelector(`[name="speakers-${name}"]`);
      if (field && !field.value) {
        field.value = value;
        filled = true;
      }
    }
    if (filled) {
      said.textContent = _("What earlier discussions know of %(name)s is filled in.", { name: control.value });
      later();
    }
  } catch {
    // no connection: nothing is filled in
  }
});

// The draft
let keeping = 0;
function later() {
  clearTimeout(keeping);
  keeping = setTimeout(now, 600);
}
function now() {
  clearTimeout(keeping);
  keeping = 0;
  if (!touched) return;
  if (keep(form)) said.textContent = _("A draft is kept in this browser.");
}
form.addEventListener("input", () => {
  touched = true;
  later();
});
form.addEventListener("submit", () => {
  now();
  sent(form);
});
for (const [target, name] of [[globalThis, "pagehide"], [document, "desk-leaving"]]) {
  target.addEventListener(name, () => {
    if (keeping) now();
  });
}

// A private field of a draft is null where this window does not know it: it keeps what the page has, in the same row.
function restore(draft) {
  const had = new Map();
  for (const row of list("speakers").children) {
    const was = row.querySelector("[name=speakers-was]").value;
    for (const control of row.querySelectorAll("[name]")) had.set(`${control.name} ${was}`, control.value);
  }
  for (const rows of form.querySelectorAll(".row-list")) {
    const table = rows.dataset.table;
    const known = draft.fields.filter(([name, value]) => name === `${table}-was` && value !== null);
    if (!known.length) continue;
    while (rows.children.length < known.length) add(table);
    while (rows.children.length > known.length) rows.lastElementChild.remove();
    number(rows);
  }
  const places = new Map();
  for (const [name, value] of draft.fields) {
    const controls = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    if (controls[0]?.type === "radio") {
      for (const radio of controls) radio.checked = radio.value === value;
      continue;
    }
    const place = places.get(name) ?? 0;
    places.set(name, place + 1);
    const control = controls[place];
    if (!control) continue;
    const was = control.closest(".row")?.querySelector("[name=speakers-was]")?.value;
    if (value !== null) control.value = value;
    else if (was !== undefined) control.value = had.get(`${name} ${was}`) ?? "";
  }
  // What was changed by others since the draft was begun is told apart from what was changed in it.
  form.elements.base.value = JSON.stringify(draft.base);
  touched = true;
  show();
}

function offer(draft) {
  const note = form.querySelector(".draft-offer");
  const when = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, {
    dateStyle: "long",
    timeStyle: "short",
  }).format(draft.at);
  const text = document.createElement("p");
  text.textContent = _("A draft of yours of %(time)s was not saved. It is kept in this browser.", { time: when });
  const buttons = document.createElement("p");
  buttons.className = "buttons";
  const done = () => {
    note.hidden = true;
    form.elements.title.focus();
  };
  const button = (words, does) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", () => {
      does();
      done();
    });
    buttons.append(made);
  };
  button(_("Go on with it"), () => restore(draft));
  button(_("Throw it away"), () => drop(form));
  note.append(text, buttons);
  note.hidden = false;
}

if ("fresh" in form.dataset) {
  try {
    const draft = find(form);
    if (draft) offer(draft);
  } catch {
    // no storage
  }
} else {
  touched = true;
}
