// Says beside an event's time what the reader's own clock shows then, where the two differ.

import { _ } from "./gettext.js";

for (const place of document.querySelectorAll("[data-local]")) {
  const instant = new Date(place.dataset.local);
  const zone = /([+-])(\d\d):?(\d\d)$/.exec(place.dataset.local);
  const there = zone ? Number(`${zone[1]}1`) * (Number(zone[2]) * 60 + Number(zone[3])) : 0;
  const here = -instant.getTimezoneOffset();
  if (Number.isNaN(instant.getTime()) || here === there) continue;
  const shifted = (minutes) => new Date(instant.getTime() + minutes * 60000).toISOString().slice(0, 10);
  const language = document.documentElement.lang || undefined;
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (shifted(here) !== shifted(there)) Object.assign(form, { weekday: "long" });
  place.textContent = _("%(time)s your time", { time: new Intl.DateTimeFormat(language, form).format(instant) });
}

// The same page in another language keeps the question and the place.
for (const link of document.querySelectorAll(".editions a")) {
  link.addEventListener("click", () => {
    link.search = location.search;
    link.hash = location.hash;
  });
}
