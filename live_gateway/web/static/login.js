// Logging in; somebody who is logged in already goes on at once.
import { call, find, onSubmit, renewLogin } from "./page.js";

const form = find("login");
const onward = () => location.assign(form.dataset.next);

onSubmit(form, async (data) => {
  await call("POST", "/api/v1/auth/login", { login: data.get("login").trim(), password: data.get("password") });
  onward();
});

// A link from elsewhere arrives without the cookie (SameSite=Strict); a call of our own page has it. A login that
// rested for longer than its token lives is renewed.
if (form.dataset.next !== "/") {
  call("GET", "/api/v1/auth/me").catch(renewLogin).then(onward, () => find("login-name").focus());
} else {
  find("login-name").focus();
}
