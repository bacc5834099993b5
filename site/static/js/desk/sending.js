// Changes on their way to the server: one after the other, tried again for as long as the network is gone.

import { _ } from "../gettext.js";
import { person } from "./kept.js";

const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between tries

/** A change that the server refused, with what it said. */
export class Refused extends Error {
  constructor(answer, status) {
    super(answer.error ?? "");
    this.advice = answer.advice ?? "";
    this.answer = answer;
    this.status = status;
  }
}

export class Sending {
  /** `tell(text, kind)` says how it goes. */
  constructor(home, tell) {
    this.home = home;
    this.tell = tell;
    this.queue = [];
    this.busy = false;
    this.wake = null;
    addEventListener("online", () => this.wake?.());
    addEventListener("focus", () => this.wake?.());
  }

  get idle() {
    return !this.queue.length;
  }

  /** Resolves once nothing is on its way. */
  async settled() {
    while (this.queue.length) await this.queue.at(-1).over;
  }

  /** Sends a form to `what`; resolves with the answer, rejects with `Refused`. `fields` is called when its turn comes, so that
   *  it says what is true then; null: there is nothing to send any more. */
  send(what, fields) {
    const job = { what, fields };
    const answered = new Promise((resolve, reject) => Object.assign(job, { resolve, reject }));
    job.over = answered.catch(() => {});
    this.queue.push(job);
    this.#go();
    return answered;
  }

  async #go() {
    if (this.busy) return;
    this.busy = true;
    while (this.queue.length) {
      const job = this.queue[0];
      try {
        const fields = job.fields();
        job.resolve(fields === null ? null : await this.#deliver(job.what, fields));
      } catch (error) {
        job.reject(error);
      }
      this.queue.shift();
    }
    this.busy = false;
  }

  async #deliver(what, fields) {
    for (let tries = 0; ; tries += 1) {
      this.tell(_("Saving…"), "busy");
      let reason = _("No connection. Your text is kept in this browser.");
      try {
        const response = await fetch(this.home + what, {
          method: "POST",
          body: new URLSearchParams(fields),
          headers: { Accept: "application/json", "Onrecord-Person": person },
          redirect: "error",
          keepalive: JSON.stringify(fields).length < 60_000,
        });
        const kind = response.headers.get("Content-Type") ?? "";
        if (kind.startsWith("application/json")) {
          const answer = await response.json();
          if (response.ok) return answer;
          if (!(response.status === 409 && answer.locked) && response.status < 500 && response.status !== 429) {
            throw new Refused(answer, response.status);
          }
          reason = answer.error;
        } else if (response.status === 401 || response.status === 403) {
          reason = _("You are signed out. Sign in in another tab; your text is kept here and is saved then.");
        } else if (response.status < 500 && response.status !== 429) {
          throw new Refused({ error: _("The server would not take this. Copy your text, and load the page anew.") }, response.status);
        }
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
      const wait = WAITS[Math.min(tries, WAITS.length - 1)];
      this.tell(`${reason} ${_("Next try in %(seconds)s s.", { seconds: wait })}`, "warn");
      await new Promise((go) => {
        const timer = setTimeout(go, wait * 1000);
        this.wake = () => {
          clearTimeout(timer);
          go();
        };
      });
      this.wake = null;
    }
  }
}
