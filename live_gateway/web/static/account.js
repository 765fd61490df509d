// One's own password, by the present one or by an activation link, and logging out everywhere.
import { forgetAll } from "./opened.js";
import { announce, call, find, onSubmit, tell, text } from "./page.js";

/** The new password, typed twice alike; null when it was not, which is said. */
function chosen(form, data) {
  if (data.get("new_password") === data.get("repeated")) return data.get("new_password");
  tell(form.querySelector(".message"), text("passwords_differ"));
  form.elements.namedItem("repeated").setAttribute("aria-invalid", "true");
  return null;
}

const activation = find("activate");
if (activation) {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname); // the link is not left where others look
  addEventListener("hashchange", () => location.reload()); // another link, opened in the same tab
  if (!token) {
    activation.hidden = true;
    find("no-link").hidden = false;
  }
  onSubmit(activation, async (data) => {
    const password = chosen(activation, data);
    if (password === null) return;
    const made = await call("POST", "/api/v1/auth/activate", { token, password });
    activation.hidden = true;
    find("activated-login").textContent = made.login;
    find("second-person").hidden = !made.awaits_second_person;
    find("activated").hidden = false;
    find("activated").querySelector("a").focus();
  });
}

const password = find("password");
if (password?.tagName === "FORM") {
  onSubmit(password, async (data) => {
    find("password-changed").hidden = true;
    const fresh = chosen(password, data);
    if (fresh === null) return;
    await call("PUT", "/api/v1/auth/password", { old_password: data.get("old_password"), new_password: fresh });
    password.reset();
    find("password-changed").hidden = false;
    announce(find("password-changed").textContent);
  });
}

const everywhere = find("everywhere");
if (everywhere) {
  onSubmit(everywhere, async () => {
    await call("POST", "/api/v1/auth/logout-everywhere");
    forgetAll();
    location.assign("/login");
  });
}
