// Contests: a candidate opens and withdraws one beside the result, and a person answers one beside the evidence.
import { announce, ask, call, find, localTimes, onSubmit, sentence, tell, text } from "./page.js";

localTimes();

const own = find("contest");
const place = own && `/api/v1/interviews/${own.dataset.contest}/contest`;
const again = () => { location.hash = "contest"; location.reload(); };
const form = find("contest-form");
const answer = find("contest-answer");

if (form) {
  onSubmit(form, async (given) => {
    const grounds = given.getAll("grounds");
    if (!grounds.length) { tell(form.querySelector(".message"), text("contest_grounds")); return; }
    await call("POST", place, { grounds, words: given.get("words"), language: document.documentElement.lang });
    again();
  });
}

find("contest-withdraw")?.addEventListener("click", async () => {
  if (!(await ask(find("contest-dialog")))) return;
  try {
    await call("POST", `${place}/withdrawal`);
    again();
  } catch (error) {
    tell(find("contest-message"), sentence(error));
  }
});

if (answer) {
  onSubmit(answer, async (given) => {
    const evidence = given.getAll("evidence");
    if (given.get("outcome") === "upheld" && !evidence.length) {
      tell(answer.querySelector(".message"), text("review_evidence"));
      return;
    }
    await call("POST", answer.dataset.send, { outcome: given.get("outcome"), text: given.get("text"), evidence });
    answer.hidden = true;
    const section = find("answer");
    section.querySelector(".outcome").hidden = false;
    section.focus();
    announce(text("saved"));
  });
}
