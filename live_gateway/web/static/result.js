// Looks from time to time whether the offline evaluation is there, and then renews the page's content.
import { announce, call, find, text } from "./page.js";

const SETTLED = new Set(["published", "failed"]);
const SLOWEST_S = 60;
let wait = Number(find("result").dataset.again);

async function look() {
  const shown = find("result");
  try {
    const { state } = await call("GET", shown.dataset.watch);
    if (state !== shown.dataset.state) {
      const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
      const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("result");
      if (fresh) {
        shown.replaceWith(fresh);
        announce(text("result_changed"));
      }
      if (SETTLED.has(state)) return;
    }
  } catch {
    // The server is away or has nothing yet: the next look will tell.
  }
  wait = Math.min(SLOWEST_S, wait * 1.25);
  setTimeout(look, wait * 1000);
}

if (!SETTLED.has(find("result").dataset.state)) setTimeout(look, wait * 1000);
