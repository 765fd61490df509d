// Webhooks: a new one with its secret, shown once; a message to try; removing one.
import { announce, call, find, onSubmit, sentence, tell, text } from "./page.js";

const LOOK_AGAIN_MS = 3000;

/** The list as it is now: logs grow while messages are sent. */
async function renew() {
  const page = await (await fetch("/webhooks", { cache: "no-store" })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("webhooks");
  if (fresh) find("webhooks").replaceWith(fresh);
}

onSubmit(find("new-webhook"), async (data) => {
  const made = await call("POST", "/api/v1/webhooks", { url: data.get("url").trim(), events: data.getAll("events") });
  find("secret").value = made.secret;
  find("secret-once").hidden = false;
  find("secret-once").focus();
  await renew();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-test],[data-remove]");
  if (!button) return;
  const message = button.closest("section").querySelector(".message");
  tell(message, "");
  button.disabled = true;
  try {
    if (button.dataset.test) {
      await call("POST", button.dataset.test);
      announce(text("webhook_asked"));
      setTimeout(renew, LOOK_AGAIN_MS);
    } else {
      await call("DELETE", button.dataset.remove);
    }
    await renew();
  } catch (error) {
    tell(message, sentence(error));
    button.disabled = false;
  }
});
