// The candidate's own page: entering an invitation, and consents that can be withdrawn.
import { ask, call, find, localTimes, sentence, tell } from "./page.js";

localTimes();

for (const button of document.querySelectorAll("[data-enter]")) {
  button.addEventListener("click", async () => {
    try {
      await call("POST", `/api/v1/invitations/${button.dataset.enter}/entry`);
      location.assign("/invitation");
    } catch (error) {
      tell(find("enter-message"), sentence(error));
    }
  });
}

for (const button of document.querySelectorAll("[data-withdraw]")) {
  button.addEventListener("click", async () => {
    if (!(await ask(find("withdraw-dialog")))) return;
    try {
      await call("POST", `/api/v1/consents/${button.dataset.withdraw}/withdraw`);
      location.reload();
    } catch (error) {
      tell(find("withdraw-message"), sentence(error));
    }
  });
}
