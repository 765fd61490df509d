// The prepared questions: every decision goes to the interface, and the list is renewed from the page itself.
import { announce, call, find, sentence, tell, text } from "./page.js";

const LONGEST_WAIT_S = 120;
const place = () => find("preparation");
const address = place().dataset.address;

async function renew(focus) {
  const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("preparation");
  if (!fresh) return;
  const open = new Set([...document.querySelectorAll("#preparation li:has(details[open])")].map((li) => li.dataset.question));
  for (const li of fresh.querySelectorAll("li[data-question]")) {
    if (open.has(li.dataset.question)) li.querySelector("details")?.setAttribute("open", "");
  }
  place().replaceWith(fresh);
  if (focus) find("preparation").querySelector(`li[data-question="${CSS.escape(focus)}"] button:not([disabled])`)?.focus();
}

async function decide(item, body) {
  const message = item.querySelector(".message");
  tell(message, "");
  try {
    await call("PATCH", `${address}/${encodeURIComponent(item.dataset.question)}`, body);
    await renew(item.dataset.question);
    announce(text("saved"));
  } catch (error) {
    tell(message, sentence(error));
  }
}

function bodyOf(act, item) {
  const order = Number(item.dataset.order);
  if (act === "up") return { action: "move", position: order - 1 };
  if (act === "down") return { action: "move", position: order + 1 };
  return { action: act };
}

async function prepare() {
  const before = place().dataset.prepared;
  const again = Number(place().dataset.again) * 1000;
  find("prepare").disabled = true;
  try {
    await call("POST", address);
    tell(find("prepare-message"), text("preparing"));
    const until = Date.now() + LONGEST_WAIT_S * 1000;
    const look = async () => {
      const found = await call("GET", address).catch(() => null);
      if (found && found.prepared_at !== before) {
        await renew();
        announce(text("prepared"));
      } else if (Date.now() < until) {
        setTimeout(look, again);
      } else {
        tell(find("prepare-message"), text("preparing_long"));
        find("prepare").disabled = false;
      }
    };
    setTimeout(look, again);
  } catch (error) {
    tell(find("prepare-message"), sentence(error));
    find("prepare").disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.id === "prepare") { prepare(); return; }
  const { act } = button.dataset;
  const item = button.closest("li[data-question]");
  if (!act || !item) return;
  if (act === "open-edit") {
    const form = item.querySelector("form");
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.elements.text.focus();
    return;
  }
  decide(item, bodyOf(act, item));
});

document.addEventListener("submit", (event) => {
  const item = event.target.closest?.("li[data-question]");
  if (!item) return;
  event.preventDefault();
  decide(item, { action: "edit", text: event.target.elements.text.value });
});
