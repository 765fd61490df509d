// The interviewer's page of a live interview.
import { Device } from "./device.js";
import { Journal } from "./journal.js";
import { Meeting } from "./meeting.js";
import { announce, ask, call, find, setup, showState, tell, text } from "./page.js";
import { Panel } from "./panel.js";
import { Panels } from "./panels.js";
import { nameOf, Talk } from "./talk.js";

const CONSENT_LOOK_S = 4;
const journal = new Journal();
let meeting = null;
let consented = Boolean(setup.consent_id);
let usable = false;

// Of a panel one page is heard; the others listen and need no microphone.
const device = setup.hears ? new Device({
  onReady: (ready) => { usable = ready; showStart(); },
  onFrame: ({ pcm, at }) => meeting?.link.audio(pcm, at),
}) : null;
if (device) device.onLost = () => { if (meeting && !meeting.link.over) tell(find("live-message"), text("mic_lost")); };

const talk = new Talk(journal, { onWho: correct });
const panel = setup.panel ? new Panel({ onLead: (leads) => { find("end").hidden = !leads; } }) : null;
const panels = new Panels(journal, { talk, say: (message, done) => meeting?.link.say(message, done), now: () => meeting?.ms ?? 0, leads: () => panel?.leads ?? true });

// ---------------------------------------------------------------- before the interview

function showStart() {
  find("start").disabled = !((usable || !device) && consented);
}

async function lookForConsent() {
  if (consented) return;
  try {
    consented = Boolean((await call("GET", `${setup.consents}&limit=200`)).items.some(holds));
  } catch {
    // Away: the next look will tell.
  }
  if (!consented) { setTimeout(lookForConsent, CONSENT_LOOK_S * 1000); return; }
  const state = find("consent-state");
  showState(state, "ok", state.dataset.given);
  announce(state.dataset.given);
  showStart();
}

const holds = (consent) => !consent.withdrawn_at && [null, setup.session].includes(consent.interview_id)
  && setup.purposes.every((purpose) => consent.purposes.includes(purpose));

find("start").addEventListener("click", () => {
  device?.settle();
  find("check").hidden = true;
  find("room").hidden = false;
  find("live-tools").hidden = false;
  meeting = new Meeting({ journal, channels: device ? device.channels : null, onMessage: hear, onEnd: showEnd });
  meeting.start();
  panels.render();
  find("talk").focus();
});

// ---------------------------------------------------------------- during the interview

let drawing = false;

function hear(message) {
  if (message.type === "status") showLag(message);
  else if (message.type === "panel") panel?.take(message);
  else if (message.type === "snapshot") talk.clear();
  if (drawing) return;
  drawing = true;
  // Timers run in hidden windows, animation frames do not.
  setTimeout(() => { drawing = false; talk.render(); panels.render(); }, 40);
}

function showLag({ state, reasons, asr_lag_ms: lag }) {
  find("lag-row").hidden = false;
  const seconds = (lag / 1000).toFixed(1);
  const words = state === "degraded" && lag < 1000 && reasons.length ? text("lag.reason") : text(`lag.${state}`, { seconds });
  showState(find("lag"), state, words);
}

async function correct(line, button) {
  const dialog = find("who-dialog");
  dialog.querySelector(".who-words").textContent = line.text;
  dialog.querySelector(".who-name").textContent = nameOf(line);
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => { dialog.addEventListener("close", resolve, { once: true }); });
  (document.querySelector(`[id="u-${CSS.escape(line.utt)}"] button.who`) ?? button).focus();
  const [scope, to] = dialog.returnValue.split(" ");
  if (!to) return;
  const source = scope === "utterance" ? line.utt : line.speaker;
  const done = (m) => m.type === "speaker.update" && m.cause === "correction" && m.utts.includes(line.utt);
  meeting.link.say({ type: "speaker.assign", from: source, to, scope }, line.role === to ? null : done);
  announce(text("speaker_changed"));
}

find("end").addEventListener("click", async () => {
  if (!(await ask(find("end-dialog")))) return;
  find("end").disabled = true;
  if (find("mute")) find("mute").disabled = true;
  tell(find("live-message"), text("end_waiting"));
  meeting.link.end();
});

// ---------------------------------------------------------------- afterwards

function showEnd() {
  device?.close();
  tell(find("live-message"), "");
  find("live-tools").hidden = true;
  find("lag-row").hidden = true;
  panels.freeze();
  panel?.freeze();
  // Nothing can be asked, noted or pressed any more.
  for (const place of ["ask-sheet", "keys"]) find(place).hidden = true;
  find("notes-sheet").hidden = journal.notes.length === 0;
  talk.render();
  const after = find("after");
  const { card, held } = journal.result ?? {};
  find("after-card").replaceChildren(...panels.card(card));
  if (held) {
    // What was provisional while people talked is no card either.
    tell(find("after-lead"), text(`held.${held}`));
    if (held === "rate_first") after.querySelector("a").textContent = text("to_rating");
    if (find("gauges-sheet")) find("gauges-sheet").hidden = true;
  }
  after.hidden = false;
  after.focus();
}

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || !meeting || document.querySelector("dialog[open]")) return;
  const todo = {
    KeyU: () => panels.act(0, "used"), KeyI: () => panels.act(1, "used"),
    KeyJ: () => panels.act(0, "dismissed"), KeyK: () => panels.act(1, "dismissed"),
    KeyN: () => find("note").focus(), KeyM: () => device && meeting.toggleMute(), KeyL: () => talk.toLatest(),
  }[event.code];
  if (!todo) return;
  event.preventDefault();
  todo();
});

lookForConsent();
showStart();
