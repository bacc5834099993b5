// The search of the static site: Pagefind's index, asked in the reader's browser. The live site searches by itself.
// What is shown has the same shape as there: moments by discussion, with the words that were found marked.

const ROOT = new URL("../../", import.meta.url); // of the site, wherever it stands
const PER_PAGE = 10;
const MOMENTS = 5;

const form = document.querySelector("form.seek");
const place = document.getElementById("results");
const help = place.cloneNode(true);
const field = form.elements.namedItem("q");
let engine = null;
let asked = 0;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

async function open() {
  if (!engine) {
    engine = await import(new URL("pagefind/pagefind.js", ROOT).href);
    await engine.init();
  }
  return engine;
}

/** Stretches of neighbouring cues in which something was found: those with the most of the words, as they were said. */
function momentsOf(data) {
  const anchors = data.anchors.filter((anchor) => anchor.element === "p");
  const found = new Map();
  for (const location of data.locations) {
    let index = anchors.findLastIndex((anchor) => anchor.location <= location);
    if (index < 0) continue;
    if (!found.has(index)) found.set(index, new Set());
    found.get(index).add(location - anchors[index].location);
  }
  const moments = [];
  for (const index of [...found.keys()].sort((a, b) => a - b)) {
    const words = anchors[index].text.split(/\s+/);
    const hits = found.get(index);
    const said = [...hits].map((hit) => words[hit]?.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ""));
    const last = moments.at(-1);
    if (last && index === last.until + 1 && last.parts.length < 3) {
      last.until = index;
      last.parts.push({ words, hits });
      said.forEach((word) => last.said.add(word));
    } else {
      moments.push({ id: anchors[index].id, until: index, parts: [{ words, hits }], said: new Set(said) });
    }
  }
  const best = [...moments].sort((a, b) => b.said.size - a.said.size).slice(0, MOMENTS);
  return { all: moments.length, shown: moments.filter((moment) => best.includes(moment)) };
}

function drawMoment(address, moment) {
  const text = element("a", { class: "words", href: `${address}#${moment.id}` });
  for (const { words, hits } of moment.parts) {
    words.forEach((word, index) => text.append(hits.has(index) ? element("mark", {}, word) : word, " "));
  }
  const language = /\.([A-Za-z0-9-]+)\.c\d+$/.exec(moment.id)?.[1] ?? "";
  return element("li", { class: "moment alone" }, element("p", { lang: language, dir: "auto" }, text));
}

function drawEvent(data) {
  const address = new URL(data.raw_url ?? data.url, ROOT).href;
  const { all, shown } = momentsOf(data);
  const when = element("div", { class: "when" }, element("span", { class: "day" }, data.meta.date ?? ""));
  if (all) when.append(element("span", {}, count(all, "moment")));
  const body = element("div", {}, element("h2", {}, element("a", { href: address }, data.meta.title)));
  const speakers = data.filters?.speaker ?? [];
  if (speakers.length) body.append(element("p", { class: "who" }, speakers.join(", ")));
  if (shown.length) {
    body.append(element("ul", { class: "moments" }, ...shown.map((moment) => drawMoment(address, moment))));
  }
  return element("li", { class: "entry" }, when, body);
}

function addressOf(query, speaker) {
  const here = new URL(location.href);
  here.hash = "";
  here.search = new URLSearchParams({ ...(query && { q: query }), ...(speaker && { speaker }) }).toString();
  return here.href;
}

function drawFacets(query, speaker, numbers) {
  const items = Object.entries(numbers?.speaker ?? {})
    .filter(([name, number]) => number > 0 || name === speaker)
    .sort((a, b) => b[1] - a[1]);
  if (!items.length) return "";
  const rows = items.map(([name, number]) => {
    const chosen = name === speaker;
    const link = element("a", { href: addressOf(query, chosen ? "" : name) }, element("span", {}, name), " ",
      element("span", { class: "count figures" }, chosen ? "×" : String(number)));
    if (chosen) link.setAttribute("aria-current", "true");
    return element("li", {}, link);
  });
  return element("aside", { class: "facets", "aria-label": "Narrow the search" },
    element("section", {}, element("h2", {}, "Speakers"), element("ul", {}, ...rows)));
}

async function draw(results, from, list, more) {
  const page = await Promise.all(results.slice(from, from + PER_PAGE).map((result) => result.data()));
  list.append(...page.map(drawEvent));
  more.hidden = from + PER_PAGE >= results.length;
  more.onclick = () => draw(results, from + PER_PAGE, list, more);
}

async function ask() {
  const number = ++asked;
  const parameters = new URLSearchParams(location.search);
  const query = (parameters.get("q") ?? "").trim().slice(0, 200);
  const speaker = parameters.get("speaker") ?? "";
  field.value = query;
  if (!query) {
    place.replaceChildren(...help.cloneNode(true).childNodes);
    return;
  }
  try {
    const pagefind = await open();
    const answer = await pagefind.search(query, speaker ? { filters: { speaker } } : {});
    if (number !== asked) return; // another question came meanwhile
    const main = element("div");
    if (answer.results.length) {
      const list = element("ul", { class: "entries" });
      const more = element("button", { type: "button", class: "more" }, "Further discussions");
      await draw(answer.results, 0, list, more);
      main.append(element("p", { class: "small soft" }, `Found in ${count(answer.results.length, "discussion")}`), list, more);
    } else {
      main.append(element("p", { class: "empty" }, "Nothing was found. Try fewer words, or another spelling of a name."));
    }
    place.replaceChildren(element("div", { class: "found" }, main, drawFacets(query, speaker, answer.filters)));
  } catch (error) {
    console.error(error);
    place.replaceChildren(element("p", { class: "empty" }, "The search could not be loaded. Every transcript is in its page."));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.pushState(null, "", addressOf(field.value.trim(), new URLSearchParams(location.search).get("speaker") ?? ""));
  ask();
});
field.addEventListener("focus", () => open().catch(() => {}), { once: true });
window.addEventListener("popstate", ask);
ask();
