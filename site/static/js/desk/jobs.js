// A page of jobs as they go on: what has changed comes by server-sent events as HTML of ours, and is put in its place. While
// nobody looks at the page it is not followed: a browser opens few connections to one site.

const live = document.getElementById("job-live");
const acts = document.getElementById("job-acts");
const log = document.getElementById("job-log");
let source = null;
let known = live?.dataset.after ?? "";
let again = 0;

/** Puts new HTML in an element; the focus and what was opened stay where they are. */
function put(element, html) {
  if (!element || element.dataset.shown === html) return;
  if (element.querySelector("details[open]")) return;  // somebody is about to press a button in it
  const focus = element.contains(document.activeElement) ? place(document.activeElement, element) : null;
  element.dataset.shown = html;
  element.innerHTML = html;
  if (focus) element.querySelectorAll(focus.selector)[focus.number]?.focus();
}

function place(focused, element) {
  const href = focused.getAttribute("href");
  const selector = href ? `${focused.tagName}[href="${CSS.escape(href)}"]` : focused.tagName;
  return { selector, number: [...element.querySelectorAll(selector)].indexOf(focused) };
}

function add(html) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.insertAdjacentHTML("beforeend", html);
  document.getElementById("job-log-empty")?.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function follow() {
  if (source || document.hidden || !live?.dataset.events) return;
  source = new EventSource(`${live.dataset.events}?after=${known}`);
  source.addEventListener("change", (event) => {
    const data = JSON.parse(event.data);
    known = event.lastEventId;
    put(live, data.live);
    if ("acts" in data) put(acts, data.acts);
    if (data.lines) add(data.lines);
  });
  source.addEventListener("end", () => {
    leave();
    delete live.dataset.events;
    location.reload();  // the page of a finished job offers what an unfinished one cannot
  });
  source.addEventListener("gone", () => {
    leave();
    location.reload();
  });
  source.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return;  // it comes back by itself
    leave();
    clearTimeout(again);
    again = setTimeout(follow, 10000);
  });
}

function leave() {
  source?.close();
  source = null;
}

if (live) {
  if (log) log.scrollTop = log.scrollHeight;
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : follow()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", follow);
  follow();
}
