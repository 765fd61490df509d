// Candidates from a file: previewed with what is wrong by row, then added as it was previewed, all of them or none.
import { announce, call, find, known, language, make, onSubmit, sentence, tell, text } from "./page.js";

const form = find("import");
const binary = { raw: true, headers: { "Content-Type": "application/octet-stream", "Accept-Language": language } };
let previewed = null; // what was previewed: the bytes and their digest

function fill(table, rows) {
  table.hidden = !rows.length;
  table.tBodies[0].replaceChildren(...rows.map(([first, ...rest]) => make("tr", {},
    make("th", { attrs: { scope: "row" }, className: "num", textContent: String(first) }),
    ...rest.map((cell) => make("td", {}, make("bdi", { textContent: cell ?? "" }))))));
}

const column = (name) => (known(`import_column.${name}`) ? text(`import_column.${name}`) : "");

function counted(found) {
  if (found.wrong) return text("import_wrong", { wrong: found.wrong });
  if (found.count > found.people.length) return text("import_first", { n: found.count, shown: found.people.length });
  return text("import_good", { n: found.count });
}

async function preview() {
  previewed = null;
  find("import-result").hidden = true;
  const file = find("import-file").files[0];
  const bytes = await file.arrayBuffer();
  const found = await (await call("POST", `${form.dataset.send}/preview`, bytes, binary)).json();
  fill(find("import-faults"), found.faults.map((one) => [one.row, column(one.column), one.detail]));
  fill(find("import-people"), found.wrong ? [] : found.people.map((one) => [one.row, one.name, one.contact]));
  find("import-count").textContent = counted(found);
  find("import-confirm").hidden = Boolean(found.wrong) || !found.count;
  find("import-result").hidden = false;
  tell(find("import-message"), "");
  find("import-result").focus();
  previewed = { bytes, sha256: found.sha256 };
}

async function confirm(button) {
  button.disabled = true;
  try {
    const done = await (await call("POST", `${form.dataset.send}?sha256=${previewed.sha256}`, previewed.bytes, binary)).json();
    for (const id of ["import-faults", "import-people"]) find(id).hidden = true;
    button.hidden = true;
    form.reset();
    const words = text("import_done", { n: done.candidate_ids.length });
    find("import-count").textContent = words;
    announce(words);
    const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("found");
    if (fresh) find("found").replaceWith(fresh);
  } catch (error) {
    tell(find("import-message"), sentence(error));
  } finally {
    button.disabled = false;
  }
}

if (form) {
  onSubmit(form, preview);
  find("import-file").addEventListener("change", () => { find("import-result").hidden = true; previewed = null; });
  find("import-confirm").addEventListener("click", (event) => confirm(event.currentTarget));
}
