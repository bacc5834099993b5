// What was asked, and the moments of a transcript that answer: the same meaning as on the live site. All words are said
// within 30 s or 40 words of each other; "a phrase" runs over the edges of cues; -x rules a moment out.

import { places, words } from "./fold.js";

const MOMENT_WORDS = 40;
const MOMENT_MS = 30000;
const LEAST_BEGINNING = 3; // letters before a star
const PIECE = /(?<minus>(?<!\S)[-−–](?=\S))?(?:(?<key>(?<![\p{L}\p{N}_])(?:speaker|series|tag|lang|year)):)?(?:["“”„‟«»＂](?<phrase>[^"“”„‟«»＂]*)(?:["“”„‟«»＂](?<star>\*)?|$)|(?<bare>[^\s"“”„‟«»＂]+))/giu;

/** What was typed: { clauses: [[choice]], without: [choice], filters: [{ key, value, without }] }, where a choice is
 *  { words, prefix, exact }. */
export function read(text) {
  const asked = { clauses: [], without: [], filters: [] };
  let joined = false;
  for (const { groups } of text.matchAll(PIECE)) {
    const exact = groups.phrase !== undefined;
    const value = exact ? groups.phrase : groups.bare;
    if (groups.key && value.trim()) {
      asked.filters.push({ key: groups.key.toLowerCase(), value: value.trim(), without: Boolean(groups.minus) });
      joined = false;
      continue;
    }
    if (!exact && !groups.minus && value === "OR" && asked.clauses.length) {
      joined = true;
      continue;
    }
    const found = words(value);
    if (!found.length) continue;
    const prefix = (Boolean(groups.star) || value.trimEnd().endsWith("*")) && found.at(-1).length >= LEAST_BEGINNING;
    const choice = { words: found, prefix, exact };
    if (groups.minus) asked.without.push(choice);
    else if (joined) asked.clauses.at(-1).push(choice);
    else asked.clauses.push([choice]);
    joined = false;
  }
  return asked;
}

/** The words of one transcript, in order, each with its cue. */
function spoken(cues) {
  const said = { word: [], cue: [] };
  cues.forEach((cue, index) => {
    cue.places ??= places(cue.text);
    cue.first = said.word.length;
    for (const place of cue.places) {
      said.word.push(place.word);
      said.cue.push(index);
    }
  });
  return said;
}

/** Where a choice is said: the numbers of the first and last word. `forms(word)` gives the words that answer to one. */
function occurrences(said, choice, forms) {
  const wanted = choice.words.map((word, index) => {
    if (choice.prefix && index === choice.words.length - 1) return (other) => other.startsWith(word);
    if (choice.exact) return (other) => other === word;
    const all = forms(word);
    return (other) => other === word || all.has(other);
  });
  const found = [];
  for (let at = 0; at + wanted.length <= said.word.length; at += 1) {
    if (wanted.every((fits, index) => fits(said.word[at + index]))) found.push([at, at + wanted.length - 1]);
  }
  return found;
}

/** Where the words of a question stand in one transcript: looked for once, whatever narrows the moments. */
export function hitsIn(cues, asked, forms = () => new Set()) {
  const said = spoken(cues);
  const hits = asked.clauses.flatMap((choices, clause) => choices.flatMap((choice) => occurrences(said, choice, forms)
    .map(([word, last]) => ({ word, last, clause, cue: said.cue[word], lastCue: said.cue[last] }))));
  hits.sort((a, b) => a.word - b.word);
  const ruledOut = asked.without.flatMap((choice) => occurrences(said, choice, forms)).map(([word]) => word);
  return { cues, cueOf: said.cue, hits, ruledOut, clauses: asked.clauses.length };
}

/** The moments among hits: [{ cue, last, hits: [[first word, last word]], width }]. `allowed(cue)` says whether a hit may
 *  stand in a cue. */
export function momentsIn({ cues, cueOf, hits, ruledOut, clauses }, allowed = () => true) {
  const fitting = hits.filter((hit) => allowed(cues[hit.cue]) && allowed(cues[hit.lastCue]));
  const together = (a, b) => b - a < MOMENT_WORDS || cues[cueOf[b]].start - cues[cueOf[a]].start <= MOMENT_MS;
  const moments = [];
  let latest = new Map();
  for (const hit of fitting) {
    const told = moments.at(-1);
    if (told && hit.cue <= told.last) {
      told.hits.push([hit.word, hit.last]);
      continue;
    }
    latest.set(hit.clause, hit);
    if (latest.size < clauses) continue;
    const group = [...latest.values()];
    const first = group.reduce((a, b) => (b.word < a.word ? b : a));
    if (!together(first.word, hit.word)) continue;
    if (ruledOut.some((word) => together(Math.min(word, first.word), Math.max(word, hit.word)))) continue;
    const last = Math.max(...group.map((one) => one.lastCue));
    const inside = fitting.filter((one) => one.cue >= first.cue && one.word <= hit.word).map((one) => [one.word, one.last]);
    const width = hit.word - first.word;
    if (told && first.cue <= told.last + 1 && cues[hit.cue].start - cues[told.cue].start <= MOMENT_MS) {
      Object.assign(told, { last, width: Math.min(told.width, width), hits: [...told.hits, ...inside] });
    } else {
      moments.push({ cue: first.cue, last, width, hits: inside });
    }
    latest = new Map();
  }
  return moments;
}

/** The text of a moment's cues, cut at the edges of its hits: [[text, whether it is a hit]]. */
export function pieces(cues, moment) {
  const found = [];
  for (let index = moment.cue; index <= moment.last; index += 1) {
    const cue = cues[index];
    let at = 0;
    if (found.length) found.push([" ", false]);
    const marks = moment.hits.map(([first, last]) => [first - cue.first, last - cue.first])
      .filter(([first, last]) => last >= 0 && first < cue.places.length)
      .sort((a, b) => a[0] - b[0]);
    for (const [first, last] of marks) {
      const start = Math.max(cue.places[Math.max(first, 0)].start, at);
      const { end } = cue.places[Math.min(last, cue.places.length - 1)];
      if (end <= start) continue;
      found.push([cue.text.slice(at, start), false], [cue.text.slice(start, end), true]);
      at = end;
    }
    found.push([cue.text.slice(at), false]);
  }
  return found.filter(([text]) => text);
}
