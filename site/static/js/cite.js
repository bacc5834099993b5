// Citations of a passage: plain, Markdown and BibTeX. A passage is { text, speakers, start, end, status } with the times in
// milliseconds; what the page says of itself comes from its data.

import { _ } from "./gettext.js";
import { data } from "./page.js";
import { clock } from "./times.js";

/** What stands in every citation. */
function facts(passage, address) {
  const { event } = data;
  return {
    text: passage.text,
    speakers: passage.speakers.join(", "),
    title: event.title,
    site: event.site,
    date: event.date,
    from: clock(passage.start),
    to: clock(passage.end),
    address,
    status: passage.status === "reviewed" ? _("Transcript reviewed.") : _("Transcript made by machine, not checked."),
  };
}

export function plain(passage, address) {
  const values = facts(passage, address);
  return passage.speakers.length
    ? _("%(speakers)s: “%(text)s” %(title)s. %(site)s, %(date)s, %(from)s to %(to)s. %(status)s %(address)s", values)
    : _("“%(text)s” %(title)s. %(site)s, %(date)s, %(from)s to %(to)s. %(status)s %(address)s", values);
}

const escaped = (text) => text.replace(/([\\`*_[\]<>#|])/g, "\\$1");

export function markdown(passage, address) {
  const values = facts(passage, address);
  for (const key of ["text", "speakers", "title", "site", "status"]) values[key] = escaped(values[key]);
  return passage.speakers.length
    ? _("> %(text)s\n>\n> — %(speakers)s, [%(title)s](%(address)s), %(from)s to %(to)s. %(site)s, %(date)s. %(status)s", values)
    : _("> %(text)s\n>\n> — [%(title)s](%(address)s), %(from)s to %(to)s. %(site)s, %(date)s. %(status)s", values);
}

const LATEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
const latex = (text) => text.replace(/[\\~^#$%&_{}]/g, (one) => LATEX[one] ?? `\\${one}`);

export function bibtex(passage, address, today = new Date()) {
  const { event } = data;
  const values = facts(passage, address);
  const day = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, "0")}-${String(today.getDate()).padStart(2, "0")}`;
  const key = `${event.key}-${Math.floor(passage.start / 1000)}`;
  // In braces, so that BibTeX takes a name as it stands and does not turn it round.
  const author = passage.speakers.map((name) => `{${latex(name)}}`).join(" and ");
  const rows = [
    ...(author ? [["author", author]] : []),
    ["title", latex(event.title)],
    ["howpublished", latex(event.site)],
    ["date", event.day],
    ["year", event.day.slice(0, 4)],
    ["note", latex(`${values.from}–${values.to}. ${values.status}`)],
    ["annote", latex(passage.text)],
    ["url", address],
    ["urldate", day],
  ];
  return `@misc{${key},\n${rows.map(([name, value]) => `  ${name} = {${value}},`).join("\n")}\n}`;
}

export const FORMS = { plain, markdown, bibtex };
