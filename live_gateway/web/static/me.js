// The candidate's own page: the recording of the first stage, and consents that can be withdrawn.
import { ask, call, find, language, onSubmit, Refusal, sentence, stayLoggedIn, tell, text } from "./page.js";
import { bytes, fingerprint, Uploader } from "./upload.js";

const form = find("upload");
const KEY = form ? `triview-upload-${form.dataset.owner}` : "";

// ---------------------------------------------------------------- what an interrupted page left

const remembered = () => JSON.parse(localStorage.getItem(KEY) || "null");
const remember = (value) => (value ? localStorage.setItem(KEY, JSON.stringify(value)) : localStorage.removeItem(KEY));

let uploader = null;

function show(state, offset, size) {
  const values = { sent: bytes(offset, language), size: bytes(size, language), percent: Math.floor((100 * offset) / size) };
  find("progress").value = (100 * offset) / size;
  const words = text(`upload.${state}`, values);
  // Read out only when the state changes: a voice that counts percents competes with everything.
  const place = find("upload-state");
  place.setAttribute("aria-live", place.dataset.state === state ? "off" : "polite");
  place.dataset.state = state;
  place.textContent = words;
  find("pause").hidden = state === "done" || state === "unfinished";
  find("pause").textContent = find("pause").dataset[state === "paused" ? "resume" : "pause"];
  find("discard").hidden = !["paused", "unfinished"].includes(state);
}

function showProfile() {
  const profile = find("opening").selectedOptions[0]?.dataset.profile;
  for (const set of form.querySelectorAll("fieldset[data-profile]")) {
    const other = set.dataset.profile !== profile;
    set.hidden = other;
    set.disabled = other;
  }
}

async function begin(data, file, print) {
  const set = form.querySelector("fieldset[data-profile]:not([hidden])");
  if ([...set.querySelectorAll("[name=purposes][data-needed]")].some((box) => !box.checked)) throw new Error("consent");
  await call("POST", "/api/v1/consents", { purposes: data.getAll("purposes"), text_version: form.dataset.text });
  const upload = await call("POST", "/api/v1/uploads", {
    candidate_id: form.dataset.owner, opening_id: data.get("opening_id"), size: file.size,
  });
  remember({ id: upload.id, print, size: file.size });
  return upload;
}

async function goOn(known, print) {
  if (known.print !== print) throw new Error("other");
  try {
    return await call("GET", `/api/v1/uploads/${known.id}`);
  } catch (error) {
    if (error instanceof Refusal && [404, 410].includes(error.status)) { remember(null); return null; }
    throw error;
  }
}

async function send(data) {
  const file = data.get("file");
  if (!file?.size) { tell(form.querySelector(".message"), text("upload.empty")); return; }
  tell(form.querySelector(".message"), "");
  find("upload-state").textContent = text("upload.hashing");
  const print = await fingerprint(file);
  const known = remembered();
  const upload = (known && (await goOn(known, print))) || (await begin(data, file, print));
  uploader = new Uploader({ call, file, upload, chunk: Number(form.dataset.chunk), onProgress: (state, offset) => show(state, offset, file.size) });
  await run();
}

async function run() {
  lock(true);
  const rest = stayLoggedIn(Number(form.dataset.renew));
  try {
    const done = await uploader.run();
    if (done) { remember(null); uploader = null; lock(false); form.reset(); showProfile(); }
  } catch (error) {
    lock(false);
    if (error instanceof Refusal && [404, 410, 413, 415].includes(error.status)) remember(null);
    if (error.code === "unsupported_container") remember(null);
    find("pause").hidden = true;
    uploader = null;
    throw error;
  } finally {
    rest();
  }
}

function lock(on) {
  for (const field of [find("file"), find("opening")]) field.disabled = on;
  form.querySelector("[type=submit]").hidden = on;
}

if (form) {
  showProfile();
  find("opening").addEventListener("change", showProfile);
  onSubmit(form, async (data) => {
    try {
      await send(data);
    } catch (error) {
      const own = { consent: "consent_needed", other: "upload.other_file" }[error.message];
      find("upload-state").textContent = "";
      if (own === "upload.other_file") find("discard").hidden = false;
      tell(form.querySelector(".message"), own ? text(own) : sentence(error));
    }
  });
  find("pause").addEventListener("click", () => {
    if (!uploader) return;
    if (uploader.paused) run().catch((error) => tell(form.querySelector(".message"), sentence(error)));
    else uploader.pause();
  });
  find("discard").addEventListener("click", async () => {
    const known = remembered();
    remember(null);
    uploader = null;
    lock(false);
    form.reset();
    showProfile();
    find("progress").value = 0;
    find("upload-state").textContent = "";
    tell(form.querySelector(".message"), "");
    find("pause").hidden = true;
    find("discard").hidden = true;
    if (known) await call("DELETE", `/api/v1/uploads/${known.id}`).catch(() => {});
    find("file").focus();
  });
  const known = remembered();
  if (known) {
    call("GET", `/api/v1/uploads/${known.id}`).then(
      (upload) => show("unfinished", upload.offset, upload.size),
      (error) => { if (error instanceof Refusal && [404, 410].includes(error.status)) remember(null); },
    );
  }
}

// ---------------------------------------------------------------- consents

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
