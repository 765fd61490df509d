// Settling a divergence: with a reason, once and for good; no level changes.
import { call, onSubmit } from "./page.js";

for (const form of document.querySelectorAll("[data-settle]")) {
  onSubmit(form, async (data) => {
    await call("POST", form.dataset.settle, { reason: data.get("reason").trim() });
    location.reload();
  });
}
