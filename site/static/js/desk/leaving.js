// Signing out: what is not saved yet is saved where that can be done at once; of what is left the person is told, before it is
// thrown away.
import { _ } from "../gettext.js";
import "./drafts.js"; // drops the draft of a form that was saved
import { all, leave } from "./kept.js";

const PATIENCE = 3000; // milliseconds that saving may take
const form = document.querySelector("form[data-signs-out]");
let asking = false;

/** Pages that keep something listen to `desk-leaving` on the document, and add to `detail` what is to be waited for. */
async function lastThings() {
  const waiting = [];
  document.dispatchEvent(new CustomEvent("desk-leaving", { detail: waiting }));
  if (!waiting.length) return;
  let timer = 0;
  const enough = new Promise((go) => {
    timer = setTimeout(go, PATIENCE);
  });
  await Promise.race([Promise.allSettled(waiting), enough]);
  clearTimeout(timer);
}

function go() {
  leave();
  form.submit();
}

function element(name, text = "", { kind = "", focus = false } = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  made.autofocus = focus;
  return made;
}

function row(kept) {
  const language = document.documentElement.lang;
  const time = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "long", timeStyle: "short" });
  const item = element("li");
  const link = element("a", kept.title || kept.page);
  link.href = kept.page;
  item.append(link, " ", element("span", time.format(kept.at), { kind: "soft" }));
  return item;
}

/** One row for each page, with its latest time. */
function rows(kept) {
  const pages = new Map(kept.map((one) => [one.page, one]));
  return [...pages.values()].map(row);
}

function ask(kept) {
  const box = element("dialog", "", { kind: "leaving" });
  const heading = element("h2", _("Something is not saved yet"));
  heading.id = "leaving";
  box.setAttribute("aria-labelledby", "leaving");
  const list = element("ul");
  list.append(...rows(kept));
  const buttons = element("p", "", { kind: "buttons" });
  const stay = element("button", _("Stay signed in"), { kind: "first", focus: true });
  const out = element("button", _("Sign out and throw it away"), { kind: "danger" });
  stay.type = out.type = "button";
  stay.addEventListener("click", () => box.close());
  out.addEventListener("click", go);
  buttons.append(stay, out);
  box.append(heading, element("p", _("It is kept in this browser alone, and is gone when you sign out:")), list, buttons);
  box.addEventListener("close", () => {
    box.remove();
    asking = false;
    form.querySelector("button").focus();
  });
  document.body.append(box);
  box.showModal();
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (asking) return;
  asking = true;
  await lastThings();
  const kept = all();
  if (kept.length) ask(kept);
  else go();
});
