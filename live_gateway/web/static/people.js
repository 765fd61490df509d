// New candidates and accounts, closing and opening: an activation link is shown once, here and nowhere else.
import { ask, call, find, onSubmit, sentence, tell, text } from "./page.js";

function showOnce(login, activation, second = false) {
  find("once-login").value = login;
  find("once-link").value = location.origin + activation.path;
  find("once-second").hidden = !second;
  find("once").hidden = false;
  find("once-link").focus();
}

const form = document.querySelector("[data-people]");
if (form) {
  onSubmit(form, async (data) => {
    const body = Object.fromEntries([...data].map(([key, value]) => [key, value.trim()]).filter(([, value]) => value));
    const made = await call("POST", form.dataset.people, body);
    const account = made.account || (made.activation ? made : null);
    if (!account) { location.reload(); return; }
    showOnce(account.login, account.activation, account.awaits_second_person);
    form.reset();
  });
}

for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", async () => {
    const { act, account, login } = button.dataset;
    const dialog = find("act-dialog");
    if (act !== "activation" || button.dataset.ask) {
      find("act-question").textContent = text(`act.${act}`, { login });
      if (!(await ask(dialog))) return;
    }
    button.disabled = true;
    tell(find("act-message"), "");
    try {
      const answer = await call("POST", `/api/v1/accounts/${account}/${act}`);
      if (act === "activation") showOnce(login, answer, button.dataset.second === "yes");
      else location.reload();
    } catch (error) {
      tell(find("act-message"), sentence(error));
    } finally {
      button.disabled = false;
    }
  });
}
