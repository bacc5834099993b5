// A page that waits for a job goes on by itself: what is awaited is asked for again until it is there. Without this the
// page reloads, or is reloaded by hand.

const EVERY = 1500; // ms
const awaited = document.getElementById("awaited");

async function look() {
  if (document.hidden) return;
  let answer;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  } catch {
    return; // the connection may come back
  }
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("awaited");
  const here = document.getElementById("awaited");
  if (!fresh || !here) return;
  if ("waiting" in fresh.dataset) {
    if (fresh.textContent !== here.textContent && !here.contains(document.activeElement)) here.replaceChildren(...fresh.childNodes);
    return;
  }
  clearInterval(timer);
  if (document.querySelector("form input:focus, form textarea:focus, form select:focus")) {
    here.replaceWith(fresh); // somebody is typing beside it
  } else {
    location.replace(location.href);
  }
}

const timer = awaited && "waiting" in awaited.dataset ? setInterval(look, EVERY) : 0;
