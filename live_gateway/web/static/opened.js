// How long evidence was in view, second by second, per kind and subject: kept in this browser under the reader's own
// account until a decision names it, and forgotten at log-out. Only ids and seconds are kept.
const PREFIX = "triview.opened.";
const TICK_MS = 1000;
const MOST_S = 86400;
const key = () => `${PREFIX}${document.body.dataset.account}`;
const load = () => JSON.parse(localStorage.getItem(key()) || "{}");
const store = (seconds) => localStorage.setItem(key(), JSON.stringify(seconds));

/** What was open of these subjects: `[{kind, subject, seconds}]`. */
export function openedOf(subjects) {
  const wanted = new Set(subjects);
  return Object.entries(load()).map(([name, seconds]) => {
    const [kind, subject] = name.split(" ");
    return { kind, subject, seconds };
  }).filter((one) => wanted.has(one.subject));
}

/** Forget what was open of these subjects: a decision has named it. */
export function forget(subjects) {
  const gone = new Set(subjects);
  store(Object.fromEntries(Object.entries(load()).filter(([name]) => !gone.has(name.split(" ")[1]))));
}

/** Forget everything, of everybody who used this browser. */
export function forgetAll() {
  for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
}

/** Count `seconds` more of a kind and subject. */
export function count(kind, subject, seconds) {
  const counted = load();
  const name = `${kind} ${subject}`;
  counted[name] = Math.min(MOST_S, (counted[name] || 0) + seconds);
  store(counted);
  document.dispatchEvent(new CustomEvent("evidence"));
}

const inView = new Set();
const parts = document.querySelectorAll("[data-evidence]");
if (parts.length) {
  const watcher = new IntersectionObserver((seen) => {
    for (const one of seen) inView[one.isIntersecting ? "add" : "delete"](one.target);
  });
  for (const part of parts) watcher.observe(part);
  setInterval(() => {
    if (document.visibilityState !== "visible" || !inView.size) return;
    const seconds = load();
    const names = new Set([...inView].map((part) => `${part.dataset.evidence} ${part.dataset.subject}`));
    for (const name of names) seconds[name] = Math.min(MOST_S, (seconds[name] || 0) + TICK_MS / 1000);
    store(seconds);
    document.dispatchEvent(new CustomEvent("evidence"));
  }, TICK_MS);
}
