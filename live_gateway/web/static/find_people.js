// Candidates searched by name, sent in a body: a name never stands in an address.
import { announce, call, find, make, sentence, tell, text } from "./page.js";

/** The candidates whose name holds what was typed take the place of those whom `select` offers. */
async function offerFound(form, select) {
  const field = find("candidate-name");
  const name = field.value.trim();
  if (!name) return;
  const message = form.querySelector(".message");
  tell(message, "");
  try {
    const found = await call("POST", field.dataset.find, { name });
    if (!found.items.length) { tell(message, text("found_nobody")); return; }
    select.replaceChildren(...found.items.map((one) => make("option", { value: one.id, textContent: one.name })));
    const rest = found.total > found.items.length;
    if (rest) tell(message, text("found_many", { n: found.items.length, total: found.total }));
    announce(text("found_people", { n: found.items.length }));
    select.focus();
  } catch (error) {
    tell(message, sentence(error));
  }
}

/** Have the form's search fill `select`. */
export function searchesPeople(form, select) {
  find("find-candidate").addEventListener("click", () => offerFound(form, select));
  find("candidate-name").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    offerFound(form, select);
  });
}
