// All paragraphs of the page, brought to what the server says without touching the one in which somebody writes.

import { _, ngettext } from "../gettext.js";
import { clock } from "../times.js";
import { Paragraph, paragraphOf } from "./paragraph.js";

function made(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // made and escaped by the server
  return holder.content.querySelector(".para");
}

export class Paragraphs {
  /** `drafted` is told of a paragraph whose text may differ from the server's, `synced` of each answer. */
  constructor(bench, { drafted, synced }) {
    this.bench = bench;
    this.home = bench.dataset.home;
    this.stamp = bench.dataset.stamp;
    this.editable = bench.dataset.status !== "partial";
    this.place = bench.querySelector("[data-paras]");
    this.names = document.getElementById("names");
    this.drafted = drafted;
    this.synced = synced;
    for (const article of this.place.querySelectorAll(".para")) this.#ready(new Paragraph(article));
  }

  get all() {
    return [...this.place.querySelectorAll(".para")].map((article) => article.paragraph);
  }

  /** The paragraph in which the cursor is, or null. */
  get editing() {
    return paragraphOf(document.activeElement?.matches?.(".text") ? document.activeElement : null);
  }

  /** Whether somebody writes in a paragraph, or names its speaker: it is left as it is meanwhile. */
  inHand(paragraph) {
    return paragraph === this.editing || paragraph.article.querySelector("form") !== null;
  }

  #ready(paragraph) {
    const { text } = paragraph;
    if (!this.editable) return;
    try {
      text.contentEditable = "plaintext-only";
    } catch {
      text.contentEditable = "true"; // a browser of before 2025; what is pasted is plain all the same
    }
    text.setAttribute("role", "textbox");
    text.setAttribute("aria-multiline", "true");
    text.setAttribute("aria-label", _("%(name)s, %(time)s", { name: paragraph.speaker || _("Nobody named"), time: clock(paragraph.start) }));
    text.spellcheck = true;
    text.tabIndex = 0;
  }

  /** Brings the page to the server's answer: `{ order, html, holds, seen, ... }`. The paragraph in which somebody writes stays
   *  as it is; what was saved of it, `sent`, may stand under another key now. */
  apply(answer, paragraph = null, sent = null) {
    if (paragraph && answer.holds) {
      const [key] = answer.holds;
      const owner = this.all.find((one) => one.key === key);
      const fresh = answer.html[key] && (!owner || owner === paragraph) ? made(answer.html[key]) : null;
      if (this.inHand(paragraph) || paragraph.typed !== sent) {
        // Somebody goes on writing in it: only what the server knows of it is new.
        if (fresh) paragraph.read(fresh);
        paragraph.goOn(answer.seen, answer.holds);
        paragraph.stale = true;
        this.drafted(paragraph);
        if (!paragraph.changed) paragraph.say(_("Saved"), "good");
      } else if (fresh) {
        this.#put(paragraph, fresh);
      } else {
        paragraph.goOn(answer.seen, answer.holds); // it was taken out, or is part of another one now
      }
    }
    this.sync(answer);
  }

  #put(paragraph, article) {
    paragraph.article.replaceWith(article);
    paragraph.stale = false;
    paragraph.take(article);
    this.#ready(paragraph);
  }

  sync({ order, html, stamp: now, doubts, names: voices, status }) {
    const top = this.#anchor();
    const there = new Map(this.all.map((paragraph) => [paragraph.key, paragraph]));
    const covered = new Set(this.all.flatMap((paragraph) => (this.inHand(paragraph) ? paragraph.covers : [])));
    const missing = [];
    let before = null;
    for (const [key, version] of order) {
      if (covered.has(key)) continue;
      let paragraph = there.get(key);
      there.delete(key);
      const known = paragraph?.article.dataset.v === version && !(paragraph.stale && !this.inHand(paragraph));
      if (!known && html[key] && !(paragraph && (this.inHand(paragraph) || paragraph.changed))) {
        const article = made(html[key]);
        if (paragraph) {
          this.#put(paragraph, article);
        } else {
          paragraph = new Paragraph(article);
          if (before) before.article.after(article);
          else this.place.prepend(article);
          this.#ready(paragraph);
        }
      } else if (!known && !html[key]) {
        missing.push(key);
      } else if (!known && paragraph.version !== version) {
        // What is typed was made of the former text, and says so when it is saved.
        paragraph.stale = true;
        paragraph.say(_("Somebody else has changed it; when you save, you see both."), "warn");
      }
      if (paragraph) {
        const next = before ? before.article.nextElementSibling : this.place.firstElementChild;
        if (next !== paragraph.article && !this.inHand(paragraph) && !next?.matches("[data-merge]")) {
          if (before) before.article.after(paragraph.article);
          else this.place.prepend(paragraph.article);
        }
        before = paragraph;
      }
    }
    for (const gone of there.values()) if (!this.inHand(gone) && !gone.changed) gone.article.remove();
    this.#keepInPlace(top);
    if (now) this.stamp = now;
    this.#tellDoubts(doubts);
    this.#tellNames(voices);
    if (status && status !== this.bench.dataset.status) this.bench.dataset.status = status;
    if (missing.length) this.ask(missing);
    this.synced();
  }

  /** The paragraph at the top of the window, so that nothing jumps while others come and go. */
  #anchor() {
    const writing = this.editing;
    const article = writing?.article ?? this.all.find((one) => one.article.getBoundingClientRect().bottom > 80)?.article;
    return article ? { article, at: article.getBoundingClientRect().top } : null;
  }

  #keepInPlace(top) {
    if (!top?.article.isConnected) return;
    const moved = top.article.getBoundingClientRect().top - top.at;
    if (Math.abs(moved) > 1) scrollBy({ top: moved, behavior: "instant" });
  }

  async ask(keys = null) {
    const query = new URLSearchParams(keys ? keys.slice(0, 100).map((key) => ["key", key]) : { stamp: this.stamp });
    try {
      const response = await fetch(`${this.home}parts?${query}`, { headers: { Accept: "application/json" }, redirect: "error" });
      if (response.status === 200) this.sync(await response.json());
    } catch {
      // the network is gone; it is asked again in a while
    }
  }

  #tellDoubts(count) {
    const element = this.bench.querySelector("[data-doubts]");
    if (count === undefined || !element) return;
    element.textContent = ngettext("%(num)s word is marked as unsure.", "%(num)s words are marked as unsure.", count);
  }

  #tellNames(voices = []) {
    const known = new Set([...this.names.options].map((option) => option.value));
    for (const voice of voices) if (!known.has(voice)) this.names.append(new Option("", voice));
  }
}
