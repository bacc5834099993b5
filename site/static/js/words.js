// The words of a sentence with their times. They stand in the HTML: data-t (start) and data-e (end) on a sentence, data-t
// and data-w (starts of its words, relative) on its pieces. Words are no elements and are looked up in the sentence at
// hand, so that a transcript of 30,000 words costs no more to show and to follow than a short one.

/** A word of the page: where it stands, and when it is said. `timed` is false where only its cue's times are known. */
function word(node, match, start, end, timed) {
  return { node, from: match.index, to: match.index + match[0].length, text: match[0], start, end, timed };
}

/** The words of a sentence in order. */
export function wordsOf(sentence) {
  const pieces = [...sentence.querySelectorAll("span[data-t]")];
  const words = [];
  pieces.forEach((piece, number) => {
    const begin = Number(piece.dataset.t);
    const end = Number(pieces[number + 1]?.dataset.t ?? sentence.dataset.e);
    const times = piece.dataset.w?.split(" ");
    const walker = document.createTreeWalker(piece, NodeFilter.SHOW_TEXT);
    let at = 0;
    while (walker.nextNode()) {
      for (const match of walker.currentNode.data.matchAll(/\S+/g)) {
        const start = times && at < times.length ? begin + Number(times[at]) : begin;
        const next = times && at + 1 < times.length ? begin + Number(times[at + 1]) : end;
        words.push(word(walker.currentNode, match, start, Math.max(start, next), Boolean(times)));
        at += 1;
      }
    }
  });
  return words;
}

/** The place of the page from one word to another of the same sentence. */
export function rangeOf(first, last = first) {
  return new StaticRange({
    startContainer: first.node,
    startOffset: first.from,
    endContainer: last.node,
    endOffset: last.to,
  });
}

/** Whether a live range takes in some of a word; to touch it is not enough. */
export function takesIn(range, one) {
  if (range.startContainer === one.node && range.startOffset >= one.to) return false;
  if (range.endContainer === one.node && range.endOffset <= one.from) return false;
  return range.comparePoint(one.node, one.to) >= 0 && range.comparePoint(one.node, one.from) <= 0;
}

const shown = new Map();

/** A highlight of the page by name (CSS Custom Highlight API), or null in a browser that has none. */
export function highlight(name) {
  if (!("highlights" in CSS)) return null;
  if (!shown.has(name)) {
    shown.set(name, new Highlight());
    CSS.highlights.set(name, shown.get(name));
  }
  return shown.get(name);
}
