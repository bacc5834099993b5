// Completes a question while it is typed. The pattern is the editable combobox with list autocomplete of the WAI-ARIA
// Authoring Practices: the focus stays in the field, the arrows walk the list, Enter takes what is marked, Escape closes.

import { _, ngettext } from "./gettext.js";

const PAUSE = 120; // milliseconds without a key before the server is asked
const LEAST = 2; // letters of the last word
const KINDS = {
  speaker: () => _("Speaker"),
  title: () => _("Discussion"),
  tag: () => _("Tag"),
  series: () => _("Series"),
};

class Completion {
  constructor(form) {
    this.form = form;
    this.field = form.elements.namedItem("q");
    this.address = form.dataset.complete;
    this.known = new Map();
    this.found = [];
    this.marked = -1;
    this.timer = 0;
    this.asking = null;
    this.list = document.createElement("ul");
    this.list.className = "completions";
    this.list.id = `${this.field.id}-completions`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", _("Suggestions"));
    this.said = document.createElement("span");
    this.said.className = "hidden-visually";
    this.said.setAttribute("role", "status");
    this.field.after(this.list, this.said);
    this.field.type = "text"; // a search field may not be a combobox (ARIA in HTML)
    this.field.setAttribute("role", "combobox");
    this.field.setAttribute("aria-autocomplete", "list");
    this.field.setAttribute("aria-expanded", "false");
    this.field.setAttribute("aria-controls", this.list.id);
    this.#listen();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  #listen() {
    const { field, list } = this;
    field.addEventListener("input", () => this.#soon());
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take(this.found[Number(option.dataset.index)]);
    });
    this.form.addEventListener("submit", () => this.close());
  }

  #soon() {
    clearTimeout(this.timer);
    const typed = this.field.value;
    const last = typed.trimEnd() === typed ? typed.split(/[\s:"“„«]+/).at(-1) : "";
    if ([...last].length < LEAST) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.#ask(typed), this.known.has(typed) ? 0 : PAUSE);
  }

  async #ask(typed) {
    this.asking?.abort();
    this.asking = new AbortController();
    if (!this.known.has(typed)) {
      try {
        const answer = await fetch(`${this.address}?${new URLSearchParams({ q: typed })}`, { signal: this.asking.signal });
        if (!answer.ok) return; // the search works without
        this.known.set(typed, await answer.json());
      } catch {
        return;
      }
    }
    if (this.field.value === typed && document.activeElement === this.field) this.#show(this.known.get(typed), typed);
  }

  #show(found, typed) {
    if (!found.length) {
      this.close();
      return;
    }
    this.found = found;
    this.list.replaceChildren(...found.map((one, index) => this.#option(one, index, typed)));
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
    this.#mark(-1);
    this.said.textContent = ngettext("%(num)s suggestion", "%(num)s suggestions", found.length);
  }

  #option(one, index, typed) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.dataset.index = String(index);
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const text = document.createElement("span");
    text.className = "text";
    if (one.language) text.lang = one.language;
    const shown = one.kind === "word" ? one.query : one.text;
    const begins = one.kind === "word" ? typed : "";
    if (begins && shown.toLowerCase().startsWith(begins.toLowerCase())) {
      const rest = document.createElement("b");
      rest.textContent = shown.slice(begins.length);
      text.append(shown.slice(0, begins.length), rest);
    } else {
      text.textContent = shown;
    }
    option.append(text);
    if (KINDS[one.kind]) {
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = KINDS[one.kind]();
      option.append(kind);
    }
    return option;
  }

  #mark(index) {
    this.list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    this.marked = index;
    const option = this.list.children[index];
    if (option) {
      option.setAttribute("aria-selected", "true");
      this.field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.field.removeAttribute("aria-activedescendant");
    }
  }

  #take(one) {
    this.close();
    if (one.kind === "title") {
      location.assign(one.url);
      return;
    }
    this.field.value = one.query;
    this.form.requestSubmit();
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.said.textContent = "";
    this.field.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }

  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (!this.isOpen) {
        this.#ask(this.field.value); // also of nothing: speakers and tags
        return;
      }
      // Between the last and the first stands the field itself, with nothing marked.
      const places = this.found.length + 1;
      const by = key === "ArrowDown" ? 1 : -1;
      this.#mark(((this.marked + 1 + by + places) % places) - 1);
    } else if (key === "Enter" && this.isOpen && this.marked >= 0) {
      event.preventDefault();
      this.#take(this.found[this.marked]);
    } else if (key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (key === "Escape" && this.field.value) {
      event.preventDefault();
      this.field.value = "";
    }
  }
}

for (const form of document.querySelectorAll("form[data-complete]")) new Completion(form);
document.documentElement.dataset.completes = "";
