// The shape of the sound: drawn once from the peaks, played part in the accent colour, a click seeks.

const SVG = "http://www.w3.org/2000/svg";

function shape(peaks) {
  let line = "";
  peaks.forEach((peak, index) => {
    const half = Math.max(0.6, Math.min(1, peak) * 48);
    line += `M${index + 0.5} ${50 - half}V${50 + half}`;
  });
  return line;
}

/** Draws the peaks that `place` names, and follows `media`. Returns a function that takes the time in milliseconds. */
export async function drawWave(place, media) {
  const answer = await fetch(place.dataset.wave);
  if (!answer.ok) return;
  const found = await answer.json();
  const raw = Array.isArray(found) ? found : found.peaks;
  if (!raw?.length) return;
  const top = Math.max(...raw, 1e-6);
  const peaks = raw.map((peak) => Math.abs(peak) / top);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${peaks.length} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const clip = document.createElementNS(SVG, "clipPath");
  clip.id = `played-${place.closest(".recording").id}`;
  const done = document.createElementNS(SVG, "rect");
  done.setAttribute("height", "100");
  done.setAttribute("width", "0");
  clip.append(done);
  svg.append(clip);
  for (const played of [false, true]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape(peaks));
    path.setAttribute("stroke", "currentColor");
    path.setAttribute("stroke-width", "0.55");
    if (played) {
      path.setAttribute("class", "played");
      path.setAttribute("clip-path", `url(#${clip.id})`);
    }
    svg.append(path);
  }
  place.replaceChildren(svg);
  place.hidden = false;
  const length = () => media.duration || Number(media.dataset.duration) / 1000;
  const follow = () => done.setAttribute("width", String((media.currentTime / length()) * peaks.length));
  media.addEventListener("timeupdate", follow);
  place.addEventListener("click", (event) => {
    const box = place.getBoundingClientRect();
    media.currentTime = ((event.clientX - box.left) / box.width) * length();
  });
}
