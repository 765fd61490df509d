// A new session: created by the interface with its panel, its link shown to be sent to the candidate.
import { searchesPeople } from "./find_people.js";
import { call, find, onSubmit, Refusal, sentence, tell } from "./page.js";

const form = find("new-session");

/** Whether `place` is about the chosen stage. */
const applies = (place, stage) => place.dataset.stages.split(" ").includes(stage);

/** Everybody but who leads may be chosen, in stages that a panel conducts. */
function showPanel() {
  const panelists = find("panelists");
  if (!panelists) return;
  panelists.hidden = !applies(panelists, form.elements.stage.value);
  panelists.disabled = panelists.hidden;
  for (const box of panelists.querySelectorAll("input")) {
    const leads = box.value === find("leader").value;
    box.closest("label").hidden = leads;
    if (leads) box.checked = false;
  }
}

/** Nobody enters in another's place: whoever conducts the interview gets the way in, everybody else a sentence. */
function showWays(id, stage, conductors) {
  const questions = find("to-questions");
  if (questions) {
    questions.hidden = !applies(questions, stage);
    questions.href = `/sessions/${id}/questions`;
  }
  const own = find("leader")?.dataset.self;
  const conducts = !own || conductors.includes(own);
  find("enter").href = `/sessions/${id}`;
  find("enter").hidden = !conducts;
  find("led-by-other").hidden = conducts;
}

async function callPanel(id, panel) {
  tell(find("panel-message"), "");
  try {
    for (const account of panel) await call("POST", `/api/v1/sessions/${id}/panel`, { account_id: account });
  } catch (error) {
    // The interview is there: its leader adds who is missing.
    if (!(error instanceof Refusal || error instanceof TypeError)) throw error;
    tell(find("panel-message"), sentence(error));
  }
}

/** The new interview stands in the list as well. */
async function renewList() {
  const page = await (await fetch("/interviews", { cache: "no-store" })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("list");
  if (fresh) find("list")?.replaceWith(fresh);
}

if (form) {
  const opening = find("opening");
  const follow = () => {
    const wanted = opening.selectedOptions[0]?.dataset.language;
    if (wanted === "ko" || wanted === "en") find("session-language").value = wanted;
  };
  opening.addEventListener("change", follow);
  follow();
  searchesPeople(form, find("candidate"));
  form.addEventListener("change", showPanel);
  showPanel();
  onSubmit(form, async (data) => {
    const leader = data.get("leader");
    const made = await call("POST", "/api/v1/sessions", {
      candidate_id: data.get("candidate_id"),
      opening_id: data.get("opening_id"),
      language: data.get("language"),
      profile: data.get("profile") || opening.selectedOptions[0].dataset.profile,
      microphones: data.get("microphones"),
      stage: data.get("stage"),
      ...(leader ? { interviewer_id: leader } : {}),
    });
    const panel = data.getAll("panel");
    await callPanel(made.session_id, panel);
    find("join-link").value = `${location.origin}/join/${made.session_id}`;
    showWays(made.session_id, data.get("stage"), [leader, ...panel]);
    find("created").hidden = false;
    find("join-link").focus();
    await renewList();
  });
}
