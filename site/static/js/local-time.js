// Says beside an event's time what the reader's own clock shows then, where the two differ.

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
  place.textContent = `${new Intl.DateTimeFormat(language, form).format(instant)} your time`;
}
