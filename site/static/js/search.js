// The search of the static site: Pagefind's index, asked in the reader's browser, and the moments found in what it gives.
// What is shown has the same shape as on the live site, which searches by itself.

import { formsOf } from "./forms.js";
import { _, ngettext } from "./gettext.js";
import { hitsIn, momentsIn, pieces, read } from "./moments.js";

const ROOT = new URL("../../", import.meta.url); // of the files of the site, wherever it stands
const PAGES = new URL("../", location.href); // of the pages in this language
const PER_PAGE = 10;
const MOMENTS = 3;
const EXACT = 30; // so many discussions are all looked into before they are counted
const MOST_COMBINED = 6; // readings of a question whose words belong to several dictionary words
const LEAD_IN = 1000; // milliseconds that a link plays before the sentence
const FACETS = { speaker: () => _("Speakers"), series: () => _("Series"), tag: () => _("Tags"), lang: () => _("Languages"), year: () => _("Years") };

const form = document.getElementById("seek");
const place = document.getElementById("results");
const said = document.getElementById("said");
const help = place.cloneNode(true);
const field = form.elements.namedItem("q");
const page = document.documentElement.lang || "en";
const languages = new Intl.DisplayNames([page], { type: "language" });
let engine = null;
let number = 0;
const members = new Map();

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "" && value !== undefined) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== ""));
  return made;
}

function playIcon() {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" })) icon.setAttribute(name, value);
  for (const [name, value] of Object.entries({ d: "M7 4.5v15l12-7.5z", fill: "currentColor" })) path.setAttribute(name, value);
  icon.append(path);
  return icon;
}

const label = (key, value) => (key === "lang" ? languages.of(value).replace(/^./u, (letter) => letter.toUpperCase()) : value);

function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (part) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function open() {
  engine ??= import(new URL("pagefind/pagefind.js", ROOT).href).then(async (loaded) => {
    await loaded.init();
    return loaded;
  });
  return engine;
}

// What is asked

function readAddress() {
  const parameters = new URLSearchParams(location.search);
  const chosen = {};
  for (const key of Object.keys(FACETS)) chosen[key] = parameters.getAll(key).filter(Boolean).slice(0, 16);
  const order = parameters.get("order");
  return { query: (parameters.get("q") ?? "").trim().slice(0, 200), chosen, order: ["newest", "oldest"].includes(order) ? order : "best" };
}

function addressOf({ query, chosen, order }) {
  const here = new URL(location.href);
  here.hash = "";
  here.search = "";
  if (query) here.searchParams.set("q", query);
  for (const [key, values] of Object.entries(chosen)) for (const value of values) here.searchParams.append(key, value);
  if (order !== "best") here.searchParams.set("order", order);
  return here.href;
}

const wants = (asked) => asked.query !== "" || Object.values(asked.chosen).some((values) => values.length);

/** The words of a question with all that they find, and what Pagefind is to be asked: it knows no OR. */
async function understood(query) {
  const words = read(query);
  const forms = new Map();
  const single = words.clauses.flat().concat(words.without).filter((choice) => !choice.exact && !choice.prefix).flatMap((choice) => choice.words);
  await Promise.all([...new Set(single)].map(async (word) => forms.set(word, await formsOf(ROOT, word))));
  let combined = [[]];
  for (const choices of words.clauses) {
    const ways = choices.flatMap((choice) => {
      const found = choice.words.length === 1 ? forms.get(choice.words[0]) : null;
      return found?.tokens.length ? found.tokens : [choice.words.join(" ")];
    });
    combined = combined.flatMap((one) => ways.map((way) => [...one, way])).slice(0, MOST_COMBINED);
  }
  const nothing = new Set();
  return { words, spoken: (word) => forms.get(word)?.spoken ?? nothing, combined: combined.map((one) => one.join(" ")) };
}

// What is found

/** Every discussion that may answer, the best first: [{ id, score, data }]. */
async function candidates(pagefind, question) {
  if (!question.words.clauses.length) return (await pagefind.search(null)).results;
  const found = new Map();
  for (const way of question.combined) {
    for (const result of (await pagefind.search(way)).results) {
      const known = found.get(result.id);
      if (!known || known.score < result.score) found.set(result.id, result);
    }
  }
  return [...found.values()].sort((a, b) => b.score - a.score);
}

/** The discussions that have a value, as the index knows them. */
async function having(pagefind, key, value) {
  const name = `${key}\u0000${value}`;
  if (!members.has(name)) members.set(name, new Set((await pagefind.search(null, { filters: { [key]: [value] } })).results.map((one) => one.id)));
  return members.get(name);
}

/** A filter for each kind that is chosen; typed ones (`speaker:anna`) mean every value that holds the words. `has(key, value)`
 *  gives a test of a discussion. */
async function narrowings(asked, question, values, has) {
  const found = [];
  for (const key of Object.keys(FACETS)) {
    const typed = question.words.filters.filter((one) => one.key === key);
    const meant = (text) => Object.keys(values[key] ?? {}).filter((value) => value.toLowerCase().includes(text.toLowerCase()));
    const wanted = [...asked.chosen[key], ...typed.filter((one) => !one.without).flatMap((one) => meant(one.value))];
    const unwanted = typed.filter((one) => one.without).flatMap((one) => meant(one.value));
    if (!wanted.length && !typed.length) continue;
    const tests = await Promise.all(wanted.map((value) => has(key, value)));
    const others = await Promise.all(unwanted.map((value) => has(key, value)));
    const asks = asked.chosen[key].length || typed.some((one) => !one.without);
    found.push({ key, wanted, passes: (id) => (!asks || tests.some((test) => test(id))) && !others.some((test) => test(id)) });
  }
  return found;
}

/** What a discussion says, with the hits in it; looked at once for each question. */
async function lookInto(result, question) {
  const data = await result.data();
  const voices = JSON.parse(data.meta.voices ?? "[]");
  const transcripts = JSON.parse(data.meta.transcripts ?? "{}");
  const spoken = new Map();
  const marked = data.anchors.filter((anchor) => anchor.element === "p" && anchor.id.includes("~"));
  for (const { id, text } of marked) {
    const [anchor, start, end, voice] = id.split("~");
    const name = anchor.replace(/\.[^.]+$/, "");
    if (!spoken.has(name)) spoken.set(name, []);
    spoken.get(name).push({ anchor, text, start: Number(start), end: Number(end), speaker: voices[voice] ?? "" });
  }
  const texts = [...spoken].map(([name, cues]) => {
    const [language, kind, status, title] = transcripts[name] ?? ["", "", "", ""];
    return { language, kind, status, title, found: hitsIn(cues, question.words, question.spoken) };
  });
  // What stands before the first sentence is the record: title, summary, speakers, tags.
  const record = data.content.split(/\s+/).slice(0, marked[0]?.location ?? Infinity).join(" ");
  const { hits, ruledOut, clauses } = hitsIn([{ text: record, start: 0, end: 0 }], question.words, question.spoken);
  const about = !ruledOut.length && new Set(hits.map((hit) => hit.clause)).size === clauses;
  return { data, texts, about };
}

/** The moments of a discussion that answer; null where nothing of it does. What was chosen of speakers and languages holds
 *  for the sentence. */
function momentsOf({ texts, about, data }, question, { speakers = [], tags = [] }) {
  if (!question.words.clauses.length) return [];
  const allowed = speakers.length ? (cue) => speakers.includes(cue.speaker) : undefined;
  const event = data.meta.title;
  const moments = texts.filter((one) => !tags.length || tags.includes(one.language))
    .flatMap((one) => momentsIn(one.found, allowed).map((moment) => ({ ...moment, ...one, cues: one.found.cues, event })));
  return moments.length || (about && !speakers.length && !tags.length) ? moments : null;
}

const spokenBy = (filters) => ({
  speakers: filters.find((one) => one.key === "speaker")?.wanted ?? [],
  tags: filters.find((one) => one.key === "lang")?.wanted ?? [],
});

/** How many discussions each choice would give. `answers(result, filters)` is known when all were looked into. */
async function facetsOf(asked, results, filters, values, has, answers) {
  const facets = [];
  for (const key of Object.keys(FACETS)) {
    const others = filters.filter((one) => one.key !== key);
    const open = results.filter((one) => others.every((filter) => filter.passes(one.id)));
    const names = Object.entries(values[key] ?? {}).sort((a, b) => b[1] - a[1]).slice(0, 40).map(([name]) => name);
    const rows = await Promise.all([...new Set([...asked.chosen[key], ...names])].map(async (value) => {
      const test = await has(key, value);
      const count = open.filter((one) => test(one.id) && answers(one, [...others, { key, wanted: [value] }])).length;
      return { value, count, chosen: asked.chosen[key].includes(value) };
    }));
    const shown = rows.filter((row) => row.count || row.chosen);
    if (key === "year") shown.sort((a, b) => b.value.localeCompare(a.value));
    else shown.sort((a, b) => b.chosen - a.chosen || b.count - a.count || a.value.localeCompare(b.value));
    if (shown.length > 1 || shown.some((row) => row.chosen)) facets.push({ key, rows: shown });
  }
  return facets;
}

// How it is shown

function drawMoment(address, moment) {
  const { cues } = moment;
  const first = cues[moment.cue];
  const seconds = Math.max(0, first.start - LEAD_IN) / 1000;
  const href = `${address}?t=${seconds}#${encodeURIComponent(first.anchor)}`;
  const named = _("Play from %(time)s: %(title)s", { time: clock(first.start), title: moment.title || moment.event });
  const time = element("a", { class: "time figures", href, "aria-label": named }, playIcon(), clock(first.start));
  const by = element("p", { class: "by" });
  const parts = [first.speaker, moment.title, moment.language === page ? "" : label("lang", moment.language),
    moment.kind === "translation" ? _("translation") : "", moment.status === "reviewed" ? "" : _("machine draft")];
  parts.forEach((part, index) => { if (part) by.append(element("span", { class: index ? "" : "speaker" }, part)); });
  const words = element("a", { class: "words", href, tabindex: "-1" });
  const near = (cue) => element("span", { class: "near" }, cue.text);
  if (cues[moment.cue - 1]) words.append(near(cues[moment.cue - 1]), " ");
  for (const [text, hit] of pieces(cues, moment)) words.append(hit ? element("mark", {}, text) : text);
  if (cues[moment.last + 1]) words.append(" ", near(cues[moment.last + 1]));
  return element("li", { class: "moment" }, time, element("div", {}, by, element("p", { class: "said", lang: moment.language, dir: "auto" }, words)));
}

/** `2022-07-12` as the page's language writes a day; English has the day before the month, as on the other pages. */
function day(text) {
  const instant = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return text ?? "";
  const form = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(page === "en" ? "en-GB" : page, form).format(instant);
}

function drawEvent({ data }, moments) {
  const address = new URL(data.raw_url ?? data.url, PAGES).href;
  const when = element("div", { class: "when" }, element("span", { class: "day" }, day(data.meta.date)));
  const body = element("div", {}, element("h2", {}, element("a", { href: address }, data.meta.title)));
  if (data.meta.speakers) body.append(element("p", { class: "who" }, data.meta.speakers));
  if (!moments.length) {
    if (data.meta.summary) body.append(element("p", {}, data.meta.summary));
    return element("li", { class: "entry" }, when, body);
  }
  when.append(element("span", {}, ngettext("%(num)s moment", "%(num)s moments", moments.length)));
  const best = [...moments].sort((a, b) => a.width - b.width).slice(0, MOMENTS);
  const list = element("ul", { class: "moments" }, ...best.map((moment) => drawMoment(address, moment)));
  body.append(list);
  if (moments.length > best.length) {
    const all = element("button", { type: "button", "aria-expanded": "false" },
      ngettext("%(num)s moment in this discussion", "All %(num)s moments in this discussion", moments.length));
    const words = all.textContent;
    all.addEventListener("click", () => {
      const opens = all.getAttribute("aria-expanded") === "false";
      all.setAttribute("aria-expanded", String(opens));
      all.textContent = opens ? _("The best moments only") : words;
      list.replaceChildren(...(opens ? moments : best).map((moment) => drawMoment(address, moment)));
    });
    body.append(element("p", { class: "all-moments" }, all));
  }
  return element("li", { class: "entry" }, when, body);
}

function drawChoice(key, { value, count, chosen }) {
  const box = element("input", { type: "checkbox", name: key, value, form: "seek", autocomplete: "off" });
  box.checked = chosen;
  return element("li", {}, element("label", {}, box, " ", element("span", { class: "value" }, label(key, value)), " ",
    element("span", { class: "count figures", "aria-hidden": "true" }, String(count)),
    element("span", { class: "hidden-visually" }, ngettext("%(num)s discussion", "%(num)s discussions", count))));
}

function drawFacets(facets, wasOpen) {
  if (!facets.length) return "";
  const made = element("details", { class: "facets", id: "narrow" }, element("summary", {}, _("Narrow the search")));
  made.open = wasOpen;
  for (const { key, rows } of facets) {
    const set = element("fieldset", {}, element("legend", {}, FACETS[key]()), element("ul", {}, ...rows.slice(0, 6).map((row) => drawChoice(key, row))));
    if (rows.length > 6) {
      set.append(element("details", { class: "further" }, element("summary", {}, ngettext("%(num)s more", "%(num)s more", rows.length - 6)),
        element("ul", {}, ...rows.slice(6).map((row) => drawChoice(key, row)))));
    }
    made.append(set);
  }
  return made;
}

function drawOrders(asked) {
  const rows = [["best", _("Best first")], ["newest", _("Newest first")], ["oldest", _("Oldest first")]].map(([order, text]) => {
    const link = element("a", { href: addressOf({ ...asked, order }) }, text);
    if (order === asked.order) link.setAttribute("aria-current", "true");
    return element("li", {}, link);
  });
  return element("nav", { class: "orders", "aria-label": _("Order") }, element("ul", {}, ...rows));
}

function drawChosen(asked) {
  const rows = Object.entries(asked.chosen).flatMap(([key, values]) => values.map((value) => {
    const rest = { ...asked, chosen: { ...asked.chosen, [key]: values.filter((other) => other !== value) } };
    return element("li", {}, element("a", { href: addressOf(rest), title: _("Take this away") }, element("span", {}, label(key, value)), " ×"));
  }));
  return rows.length ? element("ul", { class: "chosen", "aria-label": _("Chosen") }, ...rows) : "";
}

async function ordered(pagefind, results, order) {
  if (order === "best") return results;
  const dates = (await pagefind.search(null, { sort: { starts: order === "newest" ? "desc" : "asc" } })).results.map((one) => one.id);
  const place = new Map(dates.map((id, index) => [id, index]));
  return [...results].sort((a, b) => place.get(a.id) - place.get(b.id));
}

/** Shows as many discussions as a page holds, and a button for the others. */
async function drawMore(waiting, list, more, draw) {
  more.disabled = true;
  let drawn = 0;
  while (waiting.length && drawn < PER_PAGE) {
    const part = await Promise.all(waiting.splice(0, PER_PAGE - drawn).map(draw));
    const shown = part.filter(Boolean);
    list.append(...shown);
    drawn += shown.length;
  }
  more.disabled = false;
  more.hidden = !waiting.length;
}

async function answer(asked) {
  const pagefind = await open();
  const [question, values] = await Promise.all([understood(asked.query), pagefind.filters()]);
  const { clauses, without, filters: typed } = question.words;
  if (!clauses.length && !typed.length && !Object.values(asked.chosen).some((chosen) => chosen.length)) {
    return element("p", { class: "empty" }, without.length
      ? _("Say also what is to be found, not only what to leave out or where to look.")
      : _("There is no word to look for in this question."));
  }
  const results = await candidates(pagefind, question);
  const looked = new Map();
  const look = async (result) => {
    if (!looked.has(result.id)) looked.set(result.id, await lookInto(result, question));
    return looked.get(result.id);
  };
  // The index knows which discussions hold the words; whether they are said together is known when they were looked into.
  const exact = clauses.length > 0 && results.length <= EXACT;
  if (exact) await Promise.all(results.map(look));
  const has = async (key, value) => {
    if (exact) return (id) => Boolean(looked.get(id).data.filters[key]?.includes(value));
    const set = await having(pagefind, key, value);
    return (id) => set.has(id);
  };
  const filters = await narrowings(asked, question, values, has);
  const answers = (result, those) => !exact || momentsOf(looked.get(result.id), question, spokenBy(those)) !== null;
  const facets = await facetsOf(asked, results, filters, values, has, answers);
  const passing = results.filter((one) => filters.every((filter) => filter.passes(one.id)) && answers(one, filters));
  const found = await ordered(pagefind, passing, asked.order);
  const draw = async (result) => {
    const one = await look(result);
    const moments = momentsOf(one, question, spokenBy(filters));
    return moments && drawEvent(one, moments);
  };
  const total = element("p", { class: "total", id: "total" }, ngettext("%(num)s discussion", "%(num)s discussions", found.length));
  const main = element("div", { class: "answers" });
  if (found.length) {
    const list = element("ol", { class: "entries" });
    const more = element("button", { type: "button", class: "more" }, _("Further discussions"));
    const waiting = [...found];
    more.addEventListener("click", () => drawMore(waiting, list, more, draw));
    await drawMore(waiting, list, more, draw);
    main.append(list, more);
  } else {
    main.append(element("p", { class: "empty" }, _("Nothing was found."), " ", _("All the words must be said within about half a minute of each other: try fewer words, or another spelling of a name.")));
  }
  return element("div", { class: "found" }, element("div", { class: "heading" }, total, found.length > 1 ? drawOrders(asked) : ""),
    drawChosen(asked), drawFacets(facets, place.querySelector("#narrow")?.open ?? false), main);
}

async function ask() {
  const mine = ++number;
  delete document.documentElement.dataset.ready;
  const asked = readAddress();
  if (document.activeElement !== field) field.value = asked.query;
  const heading = document.querySelector("main h1");
  heading.className = wants(asked) ? "hidden-visually" : "search-title";
  heading.textContent = asked.query ? _("Search for “%(words)s”", { words: asked.query }) : _("Search");
  if (!wants(asked)) {
    place.replaceChildren(...help.cloneNode(true).childNodes);
    document.documentElement.dataset.ready = "search";
    return;
  }
  place.setAttribute("aria-busy", "true");
  let made;
  try {
    made = await answer(asked);
  } catch (error) {
    console.error(error);
    made = element("p", { class: "empty" }, _("The search could not be loaded. Every transcript is in its page."));
  }
  if (mine !== number) return; // another question came meanwhile
  const focus = document.activeElement;
  const again = place.contains(focus) && focus.name ? `[name="${focus.name}"][value="${CSS.escape(focus.value)}"]` : "";
  place.replaceChildren(made);
  place.removeAttribute("aria-busy");
  if (again) place.querySelector(again)?.focus({ preventScroll: true });
  said.textContent = (place.querySelector("#total") ?? place.querySelector(".empty")).textContent;
  document.documentElement.dataset.ready = "search";
}

function go(asked) {
  history.pushState(null, "", addressOf(asked));
  return ask();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  go({ ...readAddress(), query: field.value.trim() });
});
place.addEventListener("change", (event) => {
  if (event.target.form !== form) return;
  const chosen = {};
  for (const key of Object.keys(FACETS)) chosen[key] = new FormData(form).getAll(key);
  go({ ...readAddress(), query: field.value.trim(), chosen });
});
place.addEventListener("click", (event) => {
  const link = event.target.closest(".orders a, .chosen a");
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  ask();
});
field.addEventListener("focus", () => open().catch(() => {}), { once: true });
window.addEventListener("popstate", ask);
ask();
