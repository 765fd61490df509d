// The insights of an interview: each decision goes to the interface, and the section is renewed from the page itself.
import { announce, call, find, sentence, tell, text } from "./page.js";

const place = () => find("insights");

async function renew() {
  const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("insights");
  if (!fresh) return;
  // What somebody is writing in another insight's form stays as it is.
  for (const form of place().querySelectorAll("form:not([hidden])")) {
    const item = form.closest("li[data-insight]");
    const same = fresh.querySelector(`li[data-insight="${CSS.escape(item.dataset.insight)}"]`);
    if (same?.querySelector("form")) same.replaceWith(item);
  }
  place().replaceWith(fresh);
}

async function decide(item, body) {
  const message = item.querySelector(".message");
  const buttons = item.querySelectorAll("button");
  tell(message, "");
  for (const button of buttons) button.disabled = true;
  try {
    const address = `${place().dataset.address}/${encodeURIComponent(item.dataset.insight)}/decision`;
    await call("POST", address, body);
    item.querySelector("form").hidden = true;
    await renew();
    announce(text("saved"));
    (find("insights").querySelector("li [data-act]") || find("insights-h")).focus();
  } catch (error) {
    for (const button of buttons) button.disabled = false;
    tell(message, sentence(error));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-act]");
  const item = button?.closest("li[data-insight]");
  if (!item) return;
  if (button.dataset.act !== "open-edit") {
    decide(item, { decision: button.dataset.act });
    return;
  }
  const form = item.querySelector("form");
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) form.querySelector("textarea").focus();
});

document.addEventListener("submit", (event) => {
  const item = event.target.closest?.("li[data-insight]");
  if (!item) return;
  event.preventDefault();
  decide(item, { decision: "edit", text: Object.fromEntries(new FormData(event.target)) });
});
