// Logging in; somebody who is logged in already goes on at once.
import { call, find, onSubmit } from "./page.js";

const form = find("login");
const onward = () => location.assign(form.dataset.next);

onSubmit(form, async (data) => {
  await call("POST", "/api/v1/auth/login", { login: data.get("login").trim(), password: data.get("password") });
  onward();
});

// A link from elsewhere arrives without the cookie (SameSite=Strict); a call of our own page has it.
if (form.dataset.next !== "/") {
  call("GET", "/api/v1/auth/me").then(onward, () => find("login-name").focus());
} else {
  find("login-name").focus();
}
