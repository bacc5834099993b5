// Two transcripts of one recording side by side: two columns that scroll for themselves and are kept in step. Whichever
// the reader scrolls leads, and the other follows to the same time. Translations divide sentences differently, so the
// columns are tied by time and not row by row.

export class Columns {
  constructor(first, second) {
    this.pair = [first, second];
    this.leader = null;
    this.waiting = 0;
    this.ending = new AbortController();
    const { signal } = this.ending;
    for (const transcript of this.pair) {
      const { section } = transcript;
      section.classList.add("column");
      section.hidden = false;
      for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
        section.addEventListener(name, () => {
          this.leader = transcript;
        }, { passive: true, signal });
      }
      section.addEventListener("scroll", () => this.#scrolled(transcript), { passive: true, signal });
    }
  }

  /** What leads no more: the page itself scrolls both now. */
  release() {
    this.leader = null;
  }

  end() {
    this.ending.abort();
    cancelAnimationFrame(this.waiting);
    for (const { section } of this.pair) section.classList.remove("column");
  }

  #scrolled(transcript) {
    if (transcript !== this.leader || this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      const other = this.pair.find((one) => one !== transcript);
      const top = transcript.section.getBoundingClientRect().top;
      const seen = topmost(transcript, top);
      const sentence = other.at(Number(seen.dataset.t));
      if (!sentence) return;
      const by = sentence.getBoundingClientRect().top - other.section.getBoundingClientRect().top;
      other.section.scrollTop += by - (seen.getBoundingClientRect().top - top);
    });
  }
}

/** The first sentence that ends below the upper edge, by halving. */
function topmost(transcript, top) {
  let low = 0;
  let high = transcript.sentences.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (transcript.sentences[middle].getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  return transcript.sentences[low];
}

/** Scrolls a column so that `sentence` stands a little below its upper edge. */
export function scrollColumn(section, sentence, behavior) {
  const by = sentence.getBoundingClientRect().top - section.getBoundingClientRect().top;
  section.scrollTo({ top: Math.max(0, section.scrollTop + by - section.clientHeight * 0.28), behavior });
}

