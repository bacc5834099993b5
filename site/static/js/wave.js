// The shape of the sound under the reader's hand: the part that was played in the accent colour, a click seeks. The
// picture itself is an SVG that also shows without JavaScript; here it becomes the mask of two layers.

export function followWave(place, media) {
  const picture = place.querySelector("img");
  const layers = ["rest", "played"].map((name) => {
    const layer = document.createElement("span");
    layer.className = name;
    layer.style.maskImage = `url("${picture.src}")`;
    return layer;
  });
  picture.replaceWith(...layers);
  const length = () => media.duration || Number(media.dataset.duration) / 1000;
  const follow = () => {
    const share = Math.min(1, media.currentTime / length());
    layers[1].style.clipPath = `inset(0 ${(100 - share * 100).toFixed(2)}% 0 0)`;
  };
  for (const name of ["timeupdate", "seeking"]) media.addEventListener(name, follow);
  follow();
  place.addEventListener("click", (event) => {
    const box = place.getBoundingClientRect();
    media.currentTime = ((event.clientX - box.left) / box.width) * length();
  });
}
