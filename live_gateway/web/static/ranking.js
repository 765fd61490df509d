// Asking for a new ranking: the page renews itself when a run has ended.
import { call, find, sentence, tell, text } from "./page.js";

const LOOK_AGAIN_MS = 4000;
const LONGEST_WAIT_MS = 180000;
const place = find("ranking");
const message = find("rank-message");

async function checked() {
  const page = await (await fetch(location.href, { cache: "no-store" })).text();
  return new DOMParser().parseFromString(page, "text/html").getElementById("ranking")?.dataset.checked;
}

find("rank-now")?.addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  tell(message, "");
  const before = place.dataset.checked;
  try {
    const run = await call("POST", place.dataset.run);
    tell(message, text(run.state === "queued" ? "ranking.queued" : "ranking.asked"));
  } catch (error) {
    tell(message, sentence(error));
    button.disabled = false;
    return;
  }
  const until = Date.now() + LONGEST_WAIT_MS;
  const look = async () => {
    const now = await checked().catch(() => before);
    if (now && now !== before) { location.reload(); return; }
    if (Date.now() < until) { setTimeout(look, LOOK_AGAIN_MS); return; }
    tell(message, text("ranking.long"));
    button.disabled = false;
  };
  setTimeout(look, LOOK_AGAIN_MS);
});
