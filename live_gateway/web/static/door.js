// The link of an invitation: its secret stands behind the #, is sent once by POST, and leaves the address at once.
import { call, find, sentence, tell, text } from "./page.js";

async function enter() {
  const secret = location.hash.slice(1);
  if (!secret) return;
  history.replaceState(null, "", location.pathname);
  const words = find("door-text");
  if (words) words.textContent = text("working");
  try {
    await call("POST", "/api/v1/invitation/entry", { secret });
    location.reload();
  } catch (error) {
    if (words) words.textContent = "";
    const message = find("door-message") || find("closed");
    tell(message, sentence(error));
    message.scrollIntoView();
  }
}

enter();
addEventListener("hashchange", enter);
