// On the static site's page for addresses where nothing stands: names the events whose addresses are most like
// the one that was asked for, as the server does. Where the site does not know where it stands, the page's links
// are mended too: this script knows where it came from, and with it where the site is.

const root = new URL("../../", import.meta.url);
const place = document.querySelector("[data-missing]");

function threes(slug) {
  const padded = slug ? `  ${slug} ` : "";
  return new Set(Array.from({ length: Math.max(0, padded.length - 2) }, (_, at) => padded.slice(at, at + 3)));
}

function asked() {
  let path = location.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // what cannot be decoded is taken as it stands
  }
  const parts = path.split("/").filter(Boolean);
  if (!parts.length || parts.includes("unlisted")) return "";
  const last = parts.at(-1).replace(/\.[a-z0-9]{1,5}$/i, "").slice(0, 120);
  return last.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").split(/[^\p{L}\p{N}]+/u).filter(Boolean).join("-");
}

function mendLinks() {
  for (const [selector, name] of [["a[href^='/']", "href"], ["form[action^='/']", "action"]]) {
    for (const element of document.querySelectorAll(selector)) {
      element.setAttribute(name, new URL(element.getAttribute(name).slice(1), root).href);
    }
  }
}

function like(slug, wanted) {
  const own = threes(slug);
  const common = [...own].filter((three) => wanted.has(three)).length;
  return (2 * common) / (own.size + wanted.size);
}

async function suggest(slug) {
  const answer = await fetch(new URL(place.dataset.missing, root));
  if (!answer.ok) return;
  const wanted = threes(slug);
  const best = (await answer.json())
    .map(([own, title, language, ...former]) => {
      const score = Math.max(...[own, ...former].map((name) => like(name, wanted)));
      return { score, own, title, language };
    })
    .filter((row) => row.score >= 0.3)
    .sort((one, other) => other.score - one.score)
    .slice(0, 4);
  const list = place.querySelector("ul");
  for (const { own, title, language } of best) {
    const link = document.createElement("a");
    link.href = new URL(`events/${own}/`, root).href;
    link.textContent = title;
    if (language) link.lang = language;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  place.hidden = best.length === 0;
}

// Of several copies of this script's element, one leads somewhere; it may do so twice.
if (place && !place.dataset.done) {
  place.dataset.done = "yes";
  if (place.dataset.anywhere === "yes") mendLinks();
  const slug = asked();
  const field = document.querySelector("#q");
  if (field && !field.value) field.value = slug.split("-").filter((word) => word.length > 1 && !/^\d+$/.test(word)).join(" ");
  if (slug) suggest(slug).catch(() => {}); // without the list the page helps as well as it can
}
