// The page of who came by a link: consent, the questions with their answers, handing in.
import { Kept } from "./kept.js";
import { Outbox, PLACE } from "./outbox.js";
import { announce, ask, call, find, language, localTimes, make, onSubmit, Refusal, sentence, setup, tell, text } from "./page.js";
import { canRecord, Studio } from "./studio.js";
import { bytes } from "./upload.js";

const RENEW_MS = 10 * 60e3; // a sixth of the cookie's hour
const TRIES = 4;
const PRACTICE_S = 20;
const ENDED = new Set(["invitation_revoked", "invitation_unknown"]);
const moving = new Map(); // attempt id -> {state, offset, size, error} of what is on its way
const broken = new Map(); // question id -> an attempt that was cut off or is silent; `end`: closed, lost or silent
let view = null;
let kept = null;
let studio = null;

/** Tell what went wrong; what ends the invitation ends the page's work. */
function say(error) {
  if (error && ENDED.has(error.code)) {
    view = null;
    tell(find("closed"), sentence(error));
    for (const id of ["before", "answering"]) find(id).hidden = true;
    find("closed").scrollIntoView();
    return;
  }
  tell(find("answer-message"), error ? sentence(error) : "");
  if (error?.code === "invitation_expired") {
    view.standing = "expired";
    draw();
  }
}

const outbox = new Outbox({
  call, chunk: setup.chunk, onChange: (id, state, offset, size, error) => { moving.set(id, { state, offset, size, error }); draw(); },
});

// ---------------------------------------------------------------- what is shown

async function look() {
  view = await call("GET", PLACE);
  draw();
}

function stateOf(question) {
  const last = question.answers.at(-1);
  const way = last && moving.get(last.id);
  if (broken.has(question.id)) return text(`answer.${broken.get(question.id).end}`);
  if (way?.state === "refused") return sentence(way.error);
  if (way && way.state !== "sent") return text(`answer.${way.state}`, { sent: bytes(way.offset, language), size: bytes(way.size, language) });
  if (question.answers.some((one) => one.counts)) return text("answer.sent");
  return text(last ? "answer.missing" : "answer.none");
}

function draw() {
  if (!view) return;
  const closed = !view.sendable || (view.standing === "expired" && !view.consented);
  find("before").hidden = closed;
  if (view.consented && find("consented").hidden) find("before").open = false; // read and agreed to: it can be opened again
  if (!view.consented) find("before").open = true;
  find("consent").hidden = view.consented;
  find("consented").hidden = !view.consented;
  find("answering").hidden = !view.consented || closed;
  find("done").hidden = view.standing !== "submitted";
  find("consent-given").hidden = !view.consented;
  find("withdrawn").hidden = view.consented || view.standing !== "submitted";
  if (view.standing === "expired") tell(find("closed"), text(view.sendable ? "answer.late" : "answer.expired"));
  const complete = view.questions.filter((one) => one.answers.some((answer) => answer.counts)).length;
  find("answered").value = complete;
  find("answered-words").textContent = `${complete} / ${view.questions.length}`;
  find("submit").disabled = complete < view.questions.length || outbox.waiting > 0;
  view.questions.forEach((question, n) => drawQuestion(question, n + 1));
}

function drawQuestion(question, number) {
  const row = find(`question-${number}`) || makeQuestion(question, number);
  const words = stateOf(question);
  const place = row.querySelector(".answer-state");
  if (place.textContent !== words) place.textContent = words;
  const left = view.standing === "expired" ? 0 : view.attempts - question.answers.length;
  row.querySelector(".left").textContent = text("answer.left", { n: left });
  for (const one of row.querySelectorAll("[data-begins]")) one.disabled = left < 1 || Boolean(studio?.busy);
  const record = row.querySelector(".record");
  record.hidden = !studio;
  record.disabled = left < 1 || !studio?.ready;
  record.textContent = text(question.answers.length ? "answer.record_again" : "answer.record");
  if (question.answers.length) row.querySelector(".asked").hidden = false;
  row.querySelector(".rest").hidden = !broken.has(question.id);
}

function button(key, work) {
  const made = make("button", { type: "button" }, text(key));
  made.addEventListener("click", () => work().catch(say));
  return made;
}

function makeQuestion(question, number) {
  const file = make("input", { type: "file", id: `file-${number}`, accept: "video/*,audio/*,.mkv", data: { begins: "" } });
  file.addEventListener("change", () => { if (file.files[0]) answerByFile(question.id, file); });
  const record = button("answer.record", () => answerByRecording(question, number));
  record.className = "record";
  const asked = make("p", { className: "asked", hidden: true }, question.text);
  const byFile = make("details", {}, make("summary", {}, text("answer.by_file")),
    make("label", { htmlFor: file.id }, text("answer.file")), file);
  // The question is read when one is ready to think about it.
  byFile.addEventListener("toggle", () => { if (byFile.open) asked.hidden = false; });
  const row = make("li", { id: `question-${number}`, data: { question: question.id } },
    make("h3", {}, text("answer.question", { n: number })),
    asked,
    make("p", { className: "answer-state", attrs: { role: "status" } }),
    make("p", { className: "actions rest", hidden: true },
      button("answer.send_rest", () => sendRest(question.id)), button("answer.drop_rest", () => dropRest(question.id))),
    make("p", { className: "actions" }, record, make("span", { className: "small muted left" })),
    byFile);
  find("asked-list").append(row);
  return row;
}

// ---------------------------------------------------------------- answers

/** Use an attempt at the question. An answer that is lost on the way is asked for again under the same key. */
async function begin(question) {
  say(null);
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  for (let tries = 1; ; tries += 1) {
    try {
      const begun = await call("POST", `${PLACE}/answers`, { question_id: question }, { headers });
      await look();
      return begun;
    } catch (error) {
      if (error instanceof Refusal || tries === TRIES) throw error;
      await new Promise((resolve) => { setTimeout(resolve, tries * 1000); });
    }
  }
}

async function keep(work) {
  // A browser without a store (a private window, a full disk) still sends: only a closed tab then loses what is unsent.
  try {
    return await work();
  } catch {
    tell(find("answer-message"), text("answer.unkept"));
    return null;
  }
}

async function send(id, recording) {
  const arrived = await outbox.send(id, recording);
  if (arrived && kept) await keep(() => kept.forget(id));
  await look().catch(say);
  if (arrived) announce(text("answer.sent"));
}

async function answerByFile(question, field) {
  const [chosen] = field.files;
  if (!chosen.size) { tell(find("answer-message"), text("upload.empty")); return; }
  try {
    const begun = await begin(question);
    const answer = { id: begun.id, question, type: chosen.type, whole: true };
    if (kept) await keep(async () => { await kept.add(begun.id, 0, chosen); await kept.note(answer); });
    field.value = "";
    await send(begun.id, chosen);
  } catch (error) {
    field.value = "";
    say(error);
  }
}

async function answerByRecording(question, number) {
  let answer = null;
  let unkept = [];
  const done = await studio.take({
    heading: text("answer.question", { n: number }),
    question: question.text,
    thinkingS: view.thinking_s,
    answerS: view.answer_s,
    begin: async (type) => {
      const begun = await begin(question.id);
      answer = { id: begun.id, question: question.id, type, whole: false };
      if (kept) await keep(() => kept.note(answer));
    },
    onPiece: (n, piece) => { if (kept) unkept.push(keep(() => kept.add(answer.id, n, piece))); },
  });
  await Promise.all(unkept);
  unkept = [];
  if (!done) return;
  if (done.end !== "done" && done.blob.size) {
    broken.set(question.id, { ...answer, end: done.end, blob: done.blob });
    draw();
    return;
  }
  if (kept) await keep(() => kept.note({ ...answer, whole: true }));
  await send(answer.id, done.blob);
}

async function practise() {
  const done = await studio.take({
    heading: text("practice.heading"), question: text("practice.question"), thinkingS: Math.min(10, view.thinking_s),
    answerS: PRACTICE_S, begin: async () => {},
  });
  if (!done?.blob.size) return;
  throwAway();
  find("playback").src = URL.createObjectURL(done.blob);
  find("practised").hidden = false;
  find("practised-h").focus();
}

/** The practice answer was never anywhere but in this page. */
function throwAway() {
  const video = find("playback");
  if (video.src) URL.revokeObjectURL(video.src);
  video.removeAttribute("src");
  video.load();
  find("practised").hidden = true;
}

async function sendRest(question) {
  const answer = broken.get(question);
  broken.delete(question);
  draw();
  const { id, question: of, type } = answer;
  if (kept) await keep(() => kept.note({ id, question: of, type, whole: true }));
  await send(answer.id, answer.blob || (await kept.recording(answer)));
}

async function dropRest(question) {
  const { id } = broken.get(question);
  if (kept) await keep(() => kept.forget(id));
  broken.delete(question);
  draw();
}

/** What an earlier page left unsent goes on its way; what it left half recorded is asked about. */
async function goOn() {
  kept = await keep(() => Kept.open(setup.invitation));
  for (const answer of (kept && (await kept.all())) || []) {
    const recording = await kept.recording(answer);
    const arrived = view.questions.some((one) => one.answers.some((a) => a.id === answer.id && a.size && a.received === a.size));
    if (arrived || !recording.size) await kept.forget(answer.id);
    else if (answer.whole) send(answer.id, recording);
    else broken.set(answer.question, { ...answer, end: "closed" });
  }
  draw();
}

// ---------------------------------------------------------------- consent, handing in, one tab

onSubmit(find("consent"), async (data) => {
  const form = find("consent");
  if ([...form.querySelectorAll("[name=purposes][data-needed]")].some((box) => !box.checked)) {
    tell(form.querySelector(".message"), text("consent_needed"));
    return;
  }
  await call("POST", `${PLACE}/consents`, { purposes: data.getAll("purposes"), text_version: form.dataset.text });
  await look();
  find("answers-h").focus();
});

find("submit").addEventListener("click", async () => {
  if (!(await ask(find("submit-dialog")))) return;
  find("submit").disabled = true;
  try {
    await call("POST", `${PLACE}/submission`);
    await look();
    find("done").focus();
  } catch (error) {
    draw();
    say(error);
  }
});

find("withdraw").addEventListener("click", async () => {
  if (!(await ask(find("withdraw-dialog")))) return;
  try {
    await call("POST", `${PLACE}/withdrawal`);
    // What was recorded here and not sent yet is nobody's to send any more.
    if (kept) await keep(async () => { for (const answer of await kept.all()) await kept.forget(answer.id); });
    location.reload();
  } catch (error) {
    tell(find("withdraw-message"), sentence(error));
  }
});

addEventListener("beforeunload", (event) => { if (outbox.waiting || studio?.busy) event.preventDefault(); });

async function start() {
  localTimes();
  await look();
  if (!view.sendable) return;
  await goOn();
  if (canRecord()) {
    studio = new Studio({ onReady: (ready) => { find("practise").disabled = !ready; draw(); } });
    find("practise").addEventListener("click", () => practise().catch(say));
    find("throw-away").addEventListener("click", throwAway);
    draw();
  } else {
    find("camera-message").textContent = text("camera.insecure");
    find("check-camera").hidden = true;
    find("practise").hidden = true;
  }
  setInterval(() => look().catch(() => {}), RENEW_MS); // what could not be reached is told by what the person does next
}

/** Only one tab records and sends: the others say so, and take over when it is closed. */
function alone(work) {
  if (!navigator.locks) { work(); return; }
  const name = `triview-invitation-${setup.invitation}`;
  navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) { work(); return new Promise(() => {}); }
    find("elsewhere").hidden = false;
    find("before").hidden = true;
    navigator.locks.request(name, () => location.reload());
    return null;
  });
}

if (setup.standing !== "revoked") alone(() => start().catch(say));
