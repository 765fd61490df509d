// What every page's script needs: its texts, its setup, calls to the interface, small DOM pieces.

const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");
const texts = read("texts") || {};

export const setup = read("setup");
export const stored = () => read("stored");
export const find = (id) => document.getElementById(id);
export const language = document.documentElement.lang;

/** The text `key` with `{name}` filled in. */
export function text(key, values = {}) {
  const found = texts[key];
  if (found === undefined) throw new Error(`no text ${key}`);
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export const known = (key) => key in texts;

const two = (n) => String(n).padStart(2, "0");

/** `mm:ss`, from an hour on `h:mm:ss`. */
export function clock(ms) {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** An element with properties and children; `data` and `aria` set attributes. */
export function make(name, { data = {}, attrs = {}, ...properties } = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(data)) element.dataset[key] = value;
  for (const [key, value] of Object.entries(attrs)) element.setAttribute(key, value);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

/**
 * Make `nodes` the children of `place`. Those that are as before (same data-key, same content) stay the elements they
 * were, so that what a person is about to press stays under their finger; focus inside a changed one goes to its new self.
 */
export function bringInto(place, nodes) {
  const before = new Map([...place.children].map((child) => [child.dataset.key, child]));
  let focus = place.contains(document.activeElement) ? document.activeElement : null;
  const after = nodes.map((node) => {
    const old = before.get(node.dataset.key);
    if (old?.isEqualNode(node)) return old;
    const at = old ? [...old.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    if (at >= 0) focus = [...node.querySelectorAll("button")].slice(0, at + 1).at(-1);
    return node;
  });
  const kept = new Set(after);
  for (const child of Array.from(place.children)) if (!kept.has(child)) child.remove(); // the list itself is live
  after.forEach((node, n) => {
    if (place.children[n] !== node) place.insertBefore(node, place.children[n] ?? null);
  });
  if (focus !== document.activeElement) focus?.focus({ preventScroll: true });
}

/** Say something to screen readers once, without moving anything. */
export function announce(sentence) {
  find("announcer").textContent = sentence;
}

/** What the interface refused, in its own words. */
export class Refusal extends Error {
  constructor(status, problem, retryAfter = 0) {
    super([problem.detail, problem.remedy].filter(Boolean).join(" ") || problem.title || text("network"));
    this.status = status;
    this.code = problem.code || "";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** A call to the interface; answers its JSON. Throws Refusal, or TypeError when it cannot be reached. */
export async function call(method, address, body, { headers = {}, raw = false, signal } = {}) {
  const sent = { "Accept-Language": language, ...headers };
  if (body !== undefined && !raw) sent["Content-Type"] = "application/json";
  const options = { method, headers: sent, signal, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) options.body = raw ? body : JSON.stringify(body);
  const answer = await fetch(address, options);
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refusal(answer.status, problem, Number(answer.headers.get("Retry-After")) || 0);
  }
  if (raw || method === "HEAD") return answer;
  return answer.status === 204 ? null : answer.json().catch(() => null);
}

/** A sentence for whatever went wrong. */
export const sentence = (error) => (error instanceof Refusal ? error.message : text("network"));

/** Show or hide the message of a form. */
export function tell(element, message) {
  element.textContent = message || "";
  element.hidden = !message;
}

/** Run `work` when the form is sent; its button rests meanwhile, errors are shown beside it. */
export function onSubmit(form, work) {
  const message = form.querySelector(".message");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter || form.querySelector("[type=submit]");
    button.disabled = true;
    if (message) tell(message, "");
    try {
      await work(new FormData(form));
    } catch (error) {
      if (!message) throw error;
      tell(message, sentence(error));
      markFields(form, error);
    } finally {
      button.disabled = false;
    }
  });
}

function markFields(form, error) {
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const one of error.problem?.errors || []) {
    const field = form.elements.namedItem(one.field);
    if (field instanceof HTMLElement) field.setAttribute("aria-invalid", "true");
  }
}

/** Ask by a dialog; true for the button with value "yes". */
export function ask(dialog) {
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.returnValue = "no";
    dialog.showModal();
  });
}

const REFRESH_KEY = "triview.refresh";

/**
 * Exchange the refresh cookie for new ones. The key is this browser's own: two tabs that ask at once, or one whose
 * answer was lost, get the same answer, and a cookie that somebody took away with them does not.
 */
export async function renewLogin() {
  let key = localStorage.getItem(REFRESH_KEY);
  if (!key) {
    key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    localStorage.setItem(REFRESH_KEY, key);
  }
  return call("POST", "/api/v1/auth/refresh", undefined, { headers: { "Idempotency-Key": key } });
}

/** Keep the login alive while this page works; answers what stops that. */
export function stayLoggedIn(seconds) {
  const timer = setInterval(() => renewLogin().catch(() => {}), seconds * 1000);
  return () => clearInterval(timer);
}

/** Show the page's moments, which are sent in UTC, in the reader's own time zone. */
export function localTimes(place = document) {
  const form = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  for (const time of place.querySelectorAll("time[data-local]")) {
    time.textContent = form.format(new Date(time.dateTime));
  }
}

/** Show a state in words beside its sign. */
export function showState(element, state, words) {
  if (element.dataset.state !== state) element.dataset.state = state;
  const place = element.querySelector(".words");
  if (place.textContent !== words) place.textContent = words;
}

/** Move a bar to `value` in [0, 1]; `words` is what it says to those who do not see it. */
export function setBar(bar, value, words = "") {
  bar.firstElementChild.style.transform = `translateX(${(value * 100 - 100).toFixed(1)}%)`;
  const whole = String(Math.round(value * 10) * 10); // in steps, so that a level does not chatter
  if (bar.getAttribute("aria-valuenow") !== whole) bar.setAttribute("aria-valuenow", whole);
  if (words) bar.setAttribute("aria-valuetext", words);
}
