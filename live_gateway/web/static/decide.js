// Decisions: each with its ground, its reason, and what was looked at before. Who comes second is told what was decided.
import { keptChoice, unshared } from "./choices.js";
import { forget, openedOf } from "./opened.js";
import { announce, call, clock, find, known, make, sentence, stored, tell, text } from "./page.js";

const rules = stored();
const forms = [...document.querySelectorAll("form[data-decide]")];
const several = find("send-all");
const subjects = (form) => form.dataset.subjects.split(" ").filter(Boolean);

/** The options of a required choice. What was chosen stays if it is possible still; "" asks for a choice anew. */
function options(select, codes, names, fallback) {
  const value = keptChoice(codes, select.value, fallback);
  const shown = value ? codes : ["", ...codes];
  select.replaceChildren(...shown.map((code) => make("option", { value: code, textContent: names[code] ?? "" })));
  select.value = value;
}

function showGrounds(form, fallback) {
  options(form.elements.ground, rules.grounds[form.elements.to.value] ?? [], rules.ground_names, fallback);
}

/** Somebody else changed the state: nothing is chosen in the reader's place. */
function showState(form, state) {
  form.dataset.expected = state;
  options(form.elements.to, rules.next[state], rules.states, "");
  showGrounds(form, "");
}

/** Only what bears on a decision is named: an interview's evidence, and the ranking it was found in. */
function showOpened(form) {
  const opened = openedOf(subjects(form));
  const named = opened.map(({ kind, seconds }) => {
    const name = `evidence.${kind}`;
    return `${known(name) ? text(name) : kind} ${clock(seconds * 1000)}`;
  });
  form.querySelector(".opened").textContent = named.length
    ? text("decide.opened", { list: named.join(", ") }) : text("decide.opened_none");
}

async function tellChange(form, error) {
  let found;
  try {
    found = await call("GET", `${form.dataset.decide}?limit=200`);
  } catch (unread) {
    return `${sentence(error)} ${sentence(unread)}`;
  }
  const last = found.items.at(-1);
  if (!last) return sentence(error);
  showState(form, last.decision);
  return `${sentence(error)} ${text("decide.now", {
    state: rules.states[last.decision], ground: rules.ground_names[last.ground], reason: last.reason,
  })}`;
}

/** Send one decision; true when it was recorded. */
async function send(form) {
  const message = form.querySelector(".message");
  const button = form.querySelector("[type=submit]");
  tell(message, "");
  if (!form.reportValidity()) return false;
  button.disabled = true;
  try {
    await call("POST", form.dataset.decide, {
      to: form.elements.to.value,
      ground: form.elements.ground.value,
      text: form.elements.text.value.trim(),
      evidence: openedOf(subjects(form)),
      expected: form.dataset.expected,
    });
  } catch (error) {
    tell(message, error.code === "changed_meanwhile" ? await tellChange(form, error) : sentence(error));
    button.disabled = false;
    return false;
  }
  const others = forms.filter((one) => one !== form && one.isConnected);
  forget(unshared(subjects(form), others.map(subjects)));
  const words = text("decide.recorded", { state: rules.states[form.elements.to.value] });
  form.replaceWith(make("p", { className: "outcome", textContent: words }));
  announce(words);
  return true;
}

for (const form of forms) {
  form.elements.to.addEventListener("change", () => {
    const [first = ""] = rules.grounds[form.elements.to.value] ?? [];
    showGrounds(form, form.elements.ground.value && first);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await send(form) && !several) location.reload();
  });
  showOpened(form);
}
document.addEventListener("evidence", () => document.querySelectorAll("form[data-decide]").forEach(showOpened));

several?.addEventListener("click", async () => {
  several.disabled = true;
  let recorded = 0;
  const waiting = forms.filter((form) => form.isConnected);
  for (const form of waiting) if (await send(form)) recorded += 1;
  tell(find("several-message"), text("decide.count", { done: recorded, all: waiting.length }));
  several.disabled = recorded === waiting.length;
});
