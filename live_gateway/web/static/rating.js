// The form in which whoever conducted an interview rates it: a level per criterion, with a reason where one is needed.
import { call, find, onSubmit } from "./page.js";

const form = find("rating-form");
if (form) {
  const needing = new Set(form.dataset.needing.split(" "));
  const criteria = [...form.querySelectorAll("[data-criterion]")];

  // A reason is asked for by the browser itself as soon as a level that needs one is chosen.
  form.addEventListener("change", () => {
    for (const one of criteria) {
      const level = one.querySelector("input:checked")?.value;
      one.querySelector("textarea").required = needing.has(level);
    }
  });

  onSubmit(form, async () => {
    const ratings = criteria.map((one) => ({
      criterion: one.dataset.criterion,
      level: Number(one.querySelector("input:checked").value),
      reason: one.querySelector("textarea").value.trim(),
    }));
    await call("POST", form.dataset.send, { ratings });
    location.reload();
  });
}
