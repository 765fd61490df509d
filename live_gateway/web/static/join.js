// The candidate's page of a live interview: consent, microphone, and then their own state only.
import { Device } from "./device.js";
import { Journal } from "./journal.js";
import { Meeting } from "./meeting.js";
import { announce, call, find, onSubmit, setup, showState, text } from "./page.js";
import { Talk } from "./talk.js";

const HEARD_LEVEL = 0.3; // about -42 dB
const FORGET_S = 12; // without sound for so long the page says that nothing is heard
const HINT_KINDS = 4;
const separate = setup.microphones === "separate";
const journal = new Journal();
const talk = new Talk(journal);
let meeting = null;
let spoke = 0;
let quiet = false;

const device = separate ? new Device({
  onReady: (ready) => { find("start").disabled = !ready; },
  onFrame: ({ pcm, at }, level) => {
    if (level > HEARD_LEVEL) spoke = at;
    meeting?.link.audio(pcm, at);
  },
}) : null;

// ---------------------------------------------------------------- consent

const form = find("consent");
onSubmit(form, async (data) => {
  const purposes = data.getAll("purposes");
  const boxes = [...form.querySelectorAll("[name=purposes][data-needed]")];
  const missing = boxes.find((box) => !box.checked);
  if (missing) {
    const message = form.querySelector(".message");
    message.textContent = text("consent_needed");
    message.hidden = false;
    missing.focus();
    return;
  }
  await call("POST", "/api/v1/consents", { purposes, text_version: form.dataset.text, interview_id: setup.session });
  form.hidden = true;
  find("consented").hidden = false;
  find("check").hidden = false;
  find("consented").focus();
});

// ---------------------------------------------------------------- the interview

find("start").addEventListener("click", () => {
  find("before").hidden = true;
  find("room").hidden = false;
  meeting = new Meeting({ journal, channels: separate ? 1 : null, onMessage: hear, onEnd: showEnd });
  meeting.start();
  find("room-h").focus();
  showHeard();
  setInterval(showHeard, 1000);
});

let drawing = false;

function hear(message) {
  if (message.type === "feedback") hint(message);
  if (message.type === "snapshot") talk.clear();
  if (drawing) return;
  drawing = true;
  setTimeout(() => { drawing = false; talk.render(); }, 40);
}

function hint({ kind, value, text: words }) {
  if (kind === "audibility") quiet = value === "quiet";
  const list = find("hints");
  const shown = list.querySelector(`[data-kind="${CSS.escape(kind)}"]`);
  if (!words) {
    shown?.remove(); // it is over
    find("hints-empty").hidden = list.children.length > 0;
    return;
  }
  if (shown) {
    if (shown.textContent !== words) shown.textContent = words;
    return;
  }
  const item = document.createElement("li");
  item.dataset.kind = kind;
  item.dir = "auto";
  item.textContent = words;
  list.append(item);
  while (list.children.length > HINT_KINDS) list.firstElementChild.remove();
  find("hints-empty").hidden = true;
}

function showHeard() {
  if (!meeting || meeting.link.over) return;
  const place = find("heard");
  if (!separate) showState(place, "ok", text("heard_room"));
  else if (meeting.link.muted) showState(place, "idle", text("muted"));
  else if (Date.now() - spoke > FORGET_S * 1000) showState(place, "quiet", text("heard_none"));
  else if (quiet) showState(place, "quiet", text("heard_quiet"));
  else showState(place, "ok", text("heard_ok"));
}

function showEnd() {
  device?.close();
  find("room").hidden = true;
  find("after").hidden = false;
  find("after").focus();
  announce(text("interview_over"));
}

document.addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyM" && meeting && separate) {
    event.preventDefault();
    meeting.toggleMute();
  }
});
