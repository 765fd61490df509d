// Looks from time to time whether the offline evaluation is there, and then renews the page's content.
import { announce, call, find, stayLoggedIn, text } from "./page.js";

const SETTLED = new Set(["published", "failed"]);
const SLOWEST_S = 60;
let wait = Number(find("result").dataset.again);
let timer = 0;
let rest = () => {};
const settled = () => SETTLED.has(find("result").dataset.state);

async function look() {
  clearTimeout(timer);
  const shown = find("result");
  try {
    const { state } = await call("GET", shown.dataset.watch);
    if (state !== shown.dataset.state) await renew(shown);
  } catch {
    // The server is away or has nothing yet: the next look will tell.
  }
  if (settled()) { rest(); return; }
  wait = Math.min(SLOWEST_S, wait * 1.25);
  timer = setTimeout(look, wait * 1000);
}

async function renew(shown) {
  const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("result");
  if (!fresh) return;
  shown.replaceWith(fresh);
  announce(text("result_changed"));
}

if (!settled()) {
  rest = stayLoggedIn(Number(find("result").dataset.renew));
  timer = setTimeout(look, wait * 1000);
  // Whoever comes back to this window wants to know now.
  window.addEventListener("focus", () => { if (!settled()) look(); });
}
