// The page of who came by a link: consent, the questions with their answers, handing in.
import { Kept } from "./kept.js";
import { Outbox, PLACE } from "./outbox.js";
import { announce, ask, call, find, language, localTimes, make, onSubmit, sentence, setup, tell, text } from "./page.js";
import { bytes } from "./upload.js";

const RENEW_MS = 10 * 60e3; // a sixth of the cookie's hour
const CLOSED = new Set(["submitted", "revoked", "expired"]);
const moving = new Map(); // attempt id -> {state, offset, size, error} of what is on its way
const broken = new Map(); // question id -> an attempt whose recording was cut off by a closed tab
let view = null;
let kept = null;

const say = (error) => tell(find("answer-message"), error ? sentence(error) : "");
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
  if (broken.has(question.id)) return text("answer.broken");
  if (way?.state === "refused") return sentence(way.error);
  if (way && way.state !== "sent") return text(`answer.${way.state}`, { sent: bytes(way.offset, language), size: bytes(way.size, language) });
  if (question.answers.some((one) => one.counts)) return text("answer.sent");
  return text(last ? "answer.missing" : "answer.none");
}

function draw() {
  if (!view) return;
  const closed = CLOSED.has(view.standing);
  find("before").hidden = closed;
  find("consent").hidden = view.consented;
  find("consented").hidden = !view.consented;
  find("answering").hidden = !view.consented || closed;
  find("done").hidden = view.standing !== "submitted";
  if (view.standing === "expired") tell(find("closed"), text("answer.expired"));
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
  const left = view.attempts - question.answers.length;
  row.querySelector(".left").textContent = text("answer.left", { n: left });
  for (const one of row.querySelectorAll("[data-begins]")) one.disabled = left < 1;
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
  const row = make("li", { id: `question-${number}`, className: "entry question", data: { question: question.id } },
    make("h3", {}, text("answer.question", { n: number })),
    make("p", { className: "asked" }, question.text),
    make("p", { className: "answer-state", attrs: { role: "status" } }),
    make("p", { className: "small muted left" }),
    make("p", { className: "actions rest", hidden: true },
      button("answer.send_rest", () => sendRest(question.id)), button("answer.drop_rest", () => dropRest(question.id))),
    make("label", { htmlFor: file.id }, text("answer.by_file"), file));
  find("questions").append(row);
  return row;
}

// ---------------------------------------------------------------- answers

/** Use an attempt at the question; answers it, once the page knows of it. */
async function begin(question) {
  say(null);
  const begun = await call("POST", `${PLACE}/answers`, { question_id: question });
  await look();
  return begun;
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

async function sendRest(question) {
  const answer = broken.get(question);
  broken.delete(question);
  draw();
  await send(answer.id, await kept.recording(answer));
}

async function dropRest(question) {
  await kept.forget(broken.get(question).id);
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
    else broken.set(answer.question, answer);
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

addEventListener("beforeunload", (event) => { if (outbox.waiting) event.preventDefault(); });

async function start() {
  localTimes();
  await look();
  if (view.standing === "submitted" || view.standing === "expired") return;
  await goOn();
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

if (find("closed").hidden) alone(() => start().catch(say));
