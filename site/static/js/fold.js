// Makes text alike before it is compared, as transcripts/folding.py does for the index: case goes, marks go on letters that
// bear them lightly, `ё` is `е`, an apostrophe inside a Cyrillic word is dropped and parts words elsewhere.

const APOSTROPHES = "'’ʼ‘ʻ`´′＇ʹ";
const UNSPACED = "\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Myanmar}\\p{Script=Khmer}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Han}";
const INVISIBLE = "\\u00ad\\u200b-\\u200f\\u2060\\ufeff";
const LETTER = `(?:(?![ʼʻʹ${UNSPACED}])[\\p{L}\\p{N}])`;
const WORD = new RegExp(
  `${LETTER}+(?:(?:[\\p{M}${INVISIBLE}]|(?<=\\p{Script=Cyrillic})[${APOSTROPHES}](?=\\p{Script=Cyrillic}))${LETTER}*)*|[${UNSPACED}]\\p{M}*`,
  "gu",
);
const LATIN = { ł: "l", đ: "d", ø: "o", œ: "oe", æ: "ae", ð: "d", þ: "th", ı: "i", ħ: "h", ŧ: "t", ß: "ss", ς: "σ" };
const DROPPED = new RegExp(`[${APOSTROPHES}${INVISIBLE}]`, "u");

const lightly = (code) => code < 0x400 || (code >= 0x590 && code <= 0x77f) || (code >= 0x1e00 && code <= 0x1fff) || (code >= 0x2c60 && code <= 0x2c7f);

function once(text) {
  let kept = "";
  let base = "";
  for (const letter of text.normalize("NFKC").toLowerCase().normalize("NFD")) {
    if (/\p{M}/u.test(letter)) {
      if (!base || lightly(base.codePointAt(0)) || (letter === "\u0301" && !"гк".includes(base)) || (letter === "\u0308" && base === "е")) continue;
      kept += letter;
    } else if (/[\p{L}\p{N}]/u.test(letter) && !"ʼʻʹ".includes(letter)) {
      base = letter;
      kept += LATIN[letter] ?? letter;
    } else if (!DROPPED.test(letter)) {
      base = "";
      kept += " ";
    }
  }
  return kept.normalize("NFC");
}

const known = new Map();

function spelling(text) {
  let folded = known.get(text);
  if (folded === undefined) {
    folded = text;
    for (let n = 0; n < 4; n += 1) {
      const before = folded;
      folded = (once(folded).match(WORD) ?? []).join(" ");
      if (folded === before) break;
    }
    folded ||= text;
    known.set(text, folded);
  }
  return folded;
}

/** The folded words of a text, each with where it stands as it was written: [{ word, start, end }]. */
export function places(text) {
  const found = [];
  for (const match of text.matchAll(WORD)) {
    for (const word of spelling(match[0]).split(" ")) found.push({ word, start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** The folded words of a text, in order. */
export const words = (text) => places(text).map((place) => place.word);
