// A reviewer's answer about a card: checked in the browser as far as it can be, and by the interface in any case.
import { announce, call, find, sentence, tell, text } from "./page.js";

// A ground that says the opposite of the decision cannot be chosen with it.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.id !== "review-form" || event.target.name !== "decision") return;
  for (const ground of form.querySelectorAll("[name=ground]")) {
    ground.disabled = ground.dataset.against.split(" ").includes(event.target.value);
    if (ground.disabled) ground.checked = false;
  }
});

async function answer(form) {
  const message = form.querySelector(".message");
  const given = new FormData(form);
  const evidence = given.getAll("evidence");
  tell(message, evidence.length ? "" : text("review_evidence"));
  if (!evidence.length) return;
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    await call("POST", form.dataset.send, { decision: given.get("decision"), ground: given.get("ground"), evidence });
    form.hidden = true;
    find("review").querySelector(".outcome").hidden = false;
    find("review").focus();
    announce(text("saved"));
  } catch (error) {
    tell(message, sentence(error));
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "review-form") return;
  event.preventDefault();
  answer(event.target);
});
