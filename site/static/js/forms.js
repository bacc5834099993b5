// The forms of words on the static site: a table that lies in pieces beside the index, of which a question asks for one or
// two. What is hidden in the index is a token for each dictionary word; the table leads from every form to it.

const pieces = new Map();

function read(root, name) {
  if (!pieces.has(name)) pieces.set(name, fetch(new URL(`pagefind/forms/${name}.json`, root)).then((answer) => answer.json()));
  return pieces.get(name);
}

async function piece(root, form) {
  const name = [...form].slice(0, 2).map((letter) => letter.codePointAt(0).toString(16)).join("-");
  return (await read(root, "names")).includes(name) ? read(root, name) : {};
}

/** What a folded word finds: { tokens, spoken }, the tokens of its dictionary words and the words that were said. */
export async function formsOf(root, word) {
  const table = await piece(root, word);
  const [tokens, spoken] = Object.hasOwn(table, word) ? table[word] : [[], []];
  return { tokens, spoken: new Set(spoken) };
}
