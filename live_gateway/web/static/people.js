// New candidates and accounts: a login that was made is shown once, here and nowhere else.
import { call, find, onSubmit } from "./page.js";

const form = document.querySelector("[data-people]");
if (form) {
  onSubmit(form, async (data) => {
    const body = Object.fromEntries([...data].map(([key, value]) => [key, value.trim()]).filter(([, value]) => value));
    const made = await call("POST", form.dataset.people, body);
    const account = made.account || (made.password ? made : null);
    if (!account) { location.reload(); return; }
    find("once-login").value = account.login;
    find("once-password").value = account.password;
    find("once").hidden = false;
    form.reset();
    find("once-password").focus();
  });
}
