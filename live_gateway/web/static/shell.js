// What works on every page: renewing the login, logging out, copying.
import { forgetAll } from "./opened.js";
import { announce, call, find, renewLogin, text } from "./page.js";

if (document.body.dataset.renew) renewLogin().catch(() => {}); // the token is good for a while yet: the next page asks again

find("log-out")?.addEventListener("click", async () => {
  await call("POST", "/api/v1/auth/logout").catch(() => {});
  forgetAll();
  location.assign("/login");
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy],[data-join]");
  if (!button) return;
  const field = button.dataset.copy ? find(button.dataset.copy) : null;
  const value = field ? field.value : location.origin + button.dataset.join;
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    // The browser forbids the clipboard, and a link has no field of its own: let the person copy it from a box.
    if (!field) { prompt("", value); return; } // oxlint-disable-line no-alert
    field.select();
    document.execCommand("copy");
  }
  const before = button.textContent;
  button.textContent = text("copied");
  announce(text("copied"));
  setTimeout(() => { button.textContent = before; }, 2000);
});
