// Sentences in the page's language: `_("Play from %(time)s", { time })`, and `ngettext("%(num)s moment", "%(num)s moments",
// count)`. English stands in the scripts; the words of another language come as a file of their own before them.

const words = globalThis.onrecordWords ?? { table: {}, plural: (n) => Number(n !== 1) };
const language = document.documentElement.lang || "en";
const number = new Intl.NumberFormat(language === "en" ? "en-GB" : language);

function filled(text, values) {
  return text.replace(/%\((\w+)\)s|%%/g, (whole, name) => (name ? String(values[name] ?? "") : "%"));
}

/** The sentence in the page's language, with its values by name. */
export function _(message, values = {}) {
  return filled(words.table[message] ?? message, values);
}

/** The form for a number of things, which is also the value `num`. */
export function ngettext(singular, plural, count, values = {}) {
  const forms = words.table[singular];
  const text = Array.isArray(forms) ? forms[words.plural(count)] : count === 1 ? singular : plural;
  return filled(text, { num: number.format(count), ...values });
}
