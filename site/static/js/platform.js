// A platform's own player. Nothing of it is asked for before the reader's click; then it takes the button's place.

for (const offer of document.querySelectorAll(".platform")) {
  const button = offer.querySelector("button");
  button.addEventListener("click", () => {
    for (const own of document.querySelectorAll("video, audio")) own.pause();
    const frame = document.createElement("iframe");
    frame.title = offer.dataset.title;
    frame.allow = "fullscreen; picture-in-picture; encrypted-media";
    // Platforms refuse to play for a site without a name: they are told which site asks, and never which page.
    frame.referrerPolicy = "strict-origin";
    frame.src = offer.dataset.frame;
    button.replaceWith(frame);
    frame.focus();
  });
  offer.hidden = false;
}
