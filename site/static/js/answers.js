// The search page of the live site: what is chosen takes effect at once, and all moments of a recording open in their
// place. Without this script the same is done by a button and by links.

import { _ } from "./gettext.js";

const form = document.getElementById("seek");
const place = document.getElementById("results");
const said = document.getElementById("said");
let asking = null;
let waiting = 0;

function addressOfForm() {
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    if (value.trim()) address.searchParams.append(name, value.trim());
  }
  return address.href;
}

async function fetched(address, signal = undefined) {
  const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok && answer.status !== 400) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** What has the focus, so that the same has it again when the page was made anew. */
function focused() {
  const now = document.activeElement;
  if (!place.contains(now)) return null;
  if (now.name) return `[name="${CSS.escape(now.name)}"]${now.type === "checkbox" ? `[value="${CSS.escape(now.value)}"]` : ""}`;
  return now.closest(".orders") ? ".orders [aria-current]" : now.closest(".chosen") ? ".chosen a, #q" : null;
}

function opened() {
  return [...place.querySelectorAll("details")].map((one) => one.open);
}

function draw(page) {
  const focus = focused();
  const open = opened();
  const names = [...place.querySelectorAll("fieldset")].map((one) => one.querySelector("legend").textContent);
  place.replaceChildren(...page.getElementById("results").childNodes);
  document.title = page.title;
  for (const old of form.querySelectorAll("input[type=hidden]")) old.remove();
  form.append(...page.querySelectorAll("#seek > input[type=hidden]"));
  if (document.activeElement !== form.elements.q) form.elements.q.value = page.getElementById("q").value;
  const now = [...place.querySelectorAll("fieldset")].map((one) => one.querySelector("legend").textContent);
  if (String(now) === String(names)) place.querySelectorAll("details").forEach((one, index) => { one.open = open[index] ?? one.open; });
  else if (place.querySelector("#narrow")) place.querySelector("#narrow").open = open[0] ?? false;
  settle();
  if (focus) (place.querySelector(focus) ?? document.querySelector(focus) ?? form.elements.q).focus({ preventScroll: true });
  said.textContent = (place.querySelector("#total") ?? place.querySelector(".empty"))?.textContent.trim() ?? "";
}

async function go(address, { push = true } = {}) {
  asking?.abort();
  asking = new AbortController();
  place.setAttribute("aria-busy", "true");
  try {
    const page = await fetched(address, asking.signal);
    if (push) history.pushState(null, "", address);
    draw(page);
    place.removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address); // the browser says what is wrong
  }
}

/** Puts all moments of an event where its best ones stand, and a way back. */
async function openMoments(link) {
  const entry = link.closest(".entry");
  const list = entry.querySelector(".moments");
  const best = [...list.children];
  const line = link.parentElement;
  line.setAttribute("aria-busy", "true");
  let page;
  try {
    page = await fetched(link.href);
  } catch {
    location.assign(link.href);
    return;
  }
  list.replaceChildren(...page.querySelectorAll(".moments > .moment"));
  const fewer = document.createElement("button");
  fewer.type = "button";
  fewer.textContent = _("The best moments only");
  fewer.addEventListener("click", () => {
    list.replaceChildren(...best);
    line.replaceChildren(link);
    link.focus({ preventScroll: true });
    entry.scrollIntoView({ block: "nearest" });
  });
  line.replaceChildren(fewer);
  const next = page.querySelector(".pages [rel=next]");
  if (next) further(next.href, list, line);
  line.removeAttribute("aria-busy");
  list.tabIndex = -1;
  list.focus({ preventScroll: true });
  said.textContent = page.getElementById("total").textContent.trim();
}

function further(address, list, line) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = _("Further moments");
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const page = await fetched(address);
    const first = page.querySelector(".moments > .moment");
    list.append(...page.querySelectorAll(".moments > .moment"));
    link.remove();
    const next = page.querySelector(".pages [rel=next]");
    if (next) further(next.href, list, line);
    first?.querySelector("a").focus();
  });
  line.prepend(link, " ");
}

function settle() {
  for (const button of place.querySelectorAll(".apply")) button.hidden = true;
}

place.addEventListener("change", (event) => {
  if (event.target.form !== form) return;
  clearTimeout(waiting);
  // A day is typed in parts, and each of them counts as a change.
  if (event.target.type === "date") waiting = setTimeout(() => go(addressOfForm()), event.target.value.startsWith("0") ? 3000 : 700);
  else go(addressOfForm());
});
place.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a");
  if (!link) return;
  if (link.hasAttribute("data-all-moments") && link.closest(".entry").querySelector(".moments")) {
    event.preventDefault();
    openMoments(link);
  } else if (link.closest(".orders, .chosen")) {
    event.preventDefault();
    go(link.href);
  }
});
window.addEventListener("popstate", () => go(location.href, { push: false }));
settle();
document.documentElement.dataset.ready = "search";
