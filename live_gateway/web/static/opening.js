// The form of an opening: rows of keywords, questions, competencies and values, sent as one record.
import { remaining, thin } from "./choices.js";
import { call, find, onSubmit, stored, text } from "./page.js";

const form = find("opening");
const before = stored();

document.addEventListener("click", (event) => {
  const add = event.target.closest?.("[data-add]");
  if (add) {
    const row = find(`row-${add.dataset.add}`).content.firstElementChild.cloneNode(true);
    find(add.dataset.add).append(row);
    row.querySelector("input,textarea").focus();
  }
  const remove = event.target.closest?.("[data-remove]");
  if (remove) {
    const row = remove.closest(".entry");
    const next = row.nextElementSibling || row.previousElementSibling;
    const list = row.parentElement;
    row.remove();
    showThin();
    (next?.querySelector("input,textarea") || list.parentElement.querySelector("[data-add]")).focus();
  }
});

// What the questions are read for.
const chosen = (row) => [...row.querySelectorAll("[data-criterion]:checked")].map((box) => box.dataset.criterion);
function mapOf(row) {
  const reading = row.querySelector("[data-f=reading]").value;
  const challenge = row.querySelector("[data-challenge]").checked;
  const criteria = reading === "some" ? chosen(row) : [];
  return { ...(reading === "all" ? {} : { criteria }), ...(challenge ? { challenge } : {}) };
}
function showThin() {
  const boxes = [...find("row-questions").content.querySelectorAll("[data-criterion]")];
  const needed = boxes.map((box) => ({ id: box.dataset.criterion, name: box.dataset.name, needed: Number(box.dataset.needed) }));
  const few = thin([...find("questions").children].map(mapOf), needed);
  const list = few.map((one) => text("openings.thin_one", one)).join(", ");
  find("thin").hidden = !few.length;
  find("thin").textContent = few.length ? text("openings.thin", { list }) : "";
}
find("questions").addEventListener("change", (event) => {
  const row = event.target.closest(".entry");
  row.querySelector("[data-criteria]").hidden = row.querySelector("[data-f=reading]").value !== "some";
  showThin();
});
showThin();

const rows = (id) => [...find(id).children].map((row) => {
  const fields = Object.fromEntries([...row.querySelectorAll("[data-f]")].map((f) => [f.dataset.f, f.value.trim()]));
  return { id: row.dataset.id, row, ...fields };
});
const both = (ko, en) => (en && en !== ko ? { ko, en } : ko);
const old = (list, id) => (id && before ? before[list].find((one) => one.id === id) : null) || {};

function changed(kept, spoken, shown) {
  // A text shown in one language only keeps its other language while it is not changed.
  return kept && kept[document.documentElement.lang] === shown ? kept : spoken;
}

onSubmit(form, async (data) => {
  const value = (name) => data.get(name).trim();
  const competencies = rows("competencies").filter((c) => c.name);
  const body = {
    ...(before ? { rubric_versions: before.rubric_versions, judge_scales: before.judge_scales } : {}),
    stage_weights: Object.fromEntries(
      [...form.querySelectorAll("[data-weight]")].map((field) => [field.dataset.weight, Number(field.value)]),
    ),
    title: both(value("title_ko"), value("title_en")),
    description: both(value("description_ko"), value("description_en")),
    language: value("language"),
    profile: value("profile"),
    places: Number(value("places")),
    keywords: rows("keywords").filter((k) => k.term).map((k) => ({
      term: k.term,
      synonyms: k.synonyms.split(",").map((s) => s.trim()).filter(Boolean),
      weight: Number(k.weight) || 1,
    })),
    questions: rows("questions").filter((q) => q.ko || q.en).map((q) => {
      const named = remaining(old("questions", q.id).competencies || [], competencies);
      const one = { text: both(q.ko || q.en, q.en), competencies: named, ...mapOf(q.row) };
      return q.id ? { ...one, id: q.id } : one;
    }),
    competencies: competencies.map((c) => {
      const kept = old("competencies", c.id);
      const one = { name: changed(kept.name, c.name, c.name), weight: kept.weight ?? 1 };
      if (c.description) one.description = changed(kept.description, c.description, c.description);
      return c.id ? { ...one, id: c.id } : one;
    }),
    values: rows("values").filter((v) => v.ko || v.en).map((v) => both(v.ko || v.en, v.en)),
  };
  const id = form.dataset.id;
  if (id) await call("PUT", `/api/v1/openings/${encodeURIComponent(id)}`, body);
  else await call("POST", "/api/v1/openings", body);
  location.assign("/openings");
});
