// A new session: created by the interface, its link shown to be sent to the candidate.
import { call, find, onSubmit } from "./page.js";

const form = find("new-session");
if (form) {
  const opening = find("opening");
  const follow = () => {
    const wanted = opening.selectedOptions[0]?.dataset.language;
    if (wanted === "ko" || wanted === "en") find("session-language").value = wanted;
  };
  opening.addEventListener("change", follow);
  follow();
  onSubmit(form, async (data) => {
    const made = await call("POST", "/api/v1/sessions", {
      candidate_id: data.get("candidate_id"),
      opening_id: data.get("opening_id"),
      language: data.get("language"),
      profile: data.get("profile") || opening.selectedOptions[0].dataset.profile,
      microphones: data.get("microphones"),
      stage: data.get("stage"),
    });
    find("join-link").value = `${location.origin}/join/${made.session_id}`;
    find("enter").href = `/sessions/${made.session_id}`;
    find("created").hidden = false;
    find("join-link").focus();
  });
}
