// HR invites candidates to an opening, gets the links this once, and takes invitations back.
import { searchesPeople } from "./find_people.js";
import { ask, call, find, language, localTimes, make, onSubmit, sentence, tell, text } from "./page.js";

/** Those who were just invited stand in the list as well. */
async function renewList() {
  const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("list");
  if (fresh) { find("list").replaceWith(fresh); workList(); }
}

async function show({ items }) {
  const form = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const rows = items.map((one) => ({ ...one, address: location.origin + one.link, until: form.format(new Date(one.invitation.deadline)) }));
  find("link-list").replaceChildren(...rows.map((one, n) => {
    const field = make("input", { id: `link-${n}`, readOnly: true, value: one.address, attrs: { "aria-label": text("link_of", { name: one.candidate }) } });
    const copy = make("button", { type: "button", data: { copy: field.id }, attrs: { "aria-label": text("copy_link_of", { name: one.candidate }) } }, text("copy"));
    const who = make("span", {}, make("bdi", {}, one.candidate), ...(one.contact ? [" ", make("small", { className: "muted" }, one.contact)] : []));
    return make("li", {}, who, make("span", { className: "copyable" }, field, copy));
  }));
  find("all-links").value = rows.map((one) => [one.candidate, one.contact || "", one.until, one.address].join("\t")).join("\n");
  find("links").hidden = false;
  find("links").focus();
  await renewList();
}

const inviting = find("invite");
if (inviting) {
  const week = new Date(Date.now() + 7 * 86400e3 - new Date().getTimezoneOffset() * 60e3);
  find("deadline").value = `${week.toISOString().slice(0, 11)}18:00`;
  searchesPeople(inviting, find("people"));
  onSubmit(inviting, async (data) => {
    const number = (name) => Number(data.get(name));
    await show(await call("POST", "/api/v1/invitations", {
      opening_id: inviting.dataset.opening,
      candidate_ids: data.getAll("candidate_ids"),
      deadline: new Date(data.get("deadline")).toISOString(),
      language: data.get("language"),
      profile: data.get("profile"),
      attempts: number("attempts"),
      thinking_s: number("thinking_s"),
      answer_s: number("answer_s"),
      accommodations: { extra_thinking_s: number("extra_thinking_s"), extra_answer_s: number("extra_answer_s") },
    }));
  });
}

/** The list's own buttons; called again when the list was renewed. */
function workList() {
  const chosen = find("chosen");
  localTimes();
  if (!chosen) return;
  onSubmit(chosen, async (data) => {
    const ids = data.getAll("invitation_ids");
    if (!ids.length) { tell(chosen.querySelector(".message"), text("choose_one")); return; }
    await show(await call("POST", "/api/v1/invitations/reminders", { invitation_ids: ids }));
  });
  for (const button of chosen.querySelectorAll("[data-revoke]")) {
    button.addEventListener("click", async () => {
      if (!(await ask(find("revoke-dialog")))) return;
      try {
        await call("POST", `/api/v1/invitations/${button.dataset.revoke}/revocation`);
        location.reload();
      } catch (error) {
        tell(chosen.querySelector(".message"), sentence(error));
      }
    });
  }
}

workList();
