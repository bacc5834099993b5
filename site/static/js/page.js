// What the page tells its scripts: the facts of the discussion, as data in the page; and what they tell those who listen.

const place = document.getElementById("page-data");

export const data = place ? JSON.parse(place.textContent) : {};

/** Says something to those who listen to the page instead of looking at it. */
export function announce(text) {
  const region = document.querySelector("[data-announce]");
  if (region) region.textContent = text;
}
