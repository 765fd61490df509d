// What both pages of a live interview share: the connection and its state in words, the clock, the microphone's switch.
import { Link } from "./link.js";
import { announce, call, clock, find, Refusal, setup, showState, stayLoggedIn, tell, text } from "./page.js";

const NOTICE_S = 4;

export class Meeting {
  /** `onMessage(message, fresh)` for what the journal took in; `onEnd()` once the interview is over. */
  constructor({ journal, channels, onMessage, onEnd }) {
    this.journal = journal;
    this.onMessage = onMessage;
    this.onEnd = onEnd;
    this.clock = null; // {session ms, performance ms} of the last `ready`
    this.broke = false;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.link = new Link({
      url: `${scheme}://${location.host}${setup.socket}`,
      channels,
      keepaliveS: setup.keepalive_s,
      ticket: () => this.ticket(),
      resume: () => journal.resume(),
      onMessage: (message) => this.hear(message),
      onState: (state, detail) => this.state(state, detail),
    });
    stayLoggedIn(setup.renew_s);
    window.addEventListener("online", () => this.link.hurry());
    find("mute")?.addEventListener("click", () => this.toggleMute());
    setInterval(() => this.tick(), 1000);
  }

  async ticket() {
    const { ticket, consent_id } = await call("POST", setup.tickets);
    this.link.consentId = consent_id || "";
    return ticket;
  }

  start() {
    this.link.start();
    window.addEventListener("beforeunload", this.leaving = (event) => { if (!this.link.over) event.preventDefault(); });
  }

  get ms() {
    return this.clock ? this.clock.session + performance.now() - this.clock.here : 0;
  }

  tick() {
    if (this.clock && !this.link.over) find("timer").textContent = clock(this.ms);
  }

  hear(message) {
    if (message.type === "ready") this.clock = { session: message.session_ms, here: performance.now() };
    const fresh = this.journal.take(message);
    this.onMessage(message, fresh);
    if (message.type === "error" && message.close_code == null) tell(find("live-message"), message.message);
    if (message.type === "session.ended" && fresh) this.over();
  }

  state(state, detail) {
    showState(find("connection"), state, text(`conn.${state}`));
    const message = find("live-message");
    if (state === "waiting" || state === "full") this.breaks(state);
    if (state === "open") this.mended(detail);
    if (state === "closed" || state === "ended") clearTimeout(this.notice);
    if (state === "closed") tell(message, closing(detail));
    if (state === "closed" && detail.code === 4410) this.over();
    if (this.link?.over) window.removeEventListener("beforeunload", this.leaving);
  }

  /** A short break needs no words beyond the sign; a longer one says what happens to the sound. */
  breaks(state) {
    if (this.broke) return;
    this.broke = true;
    const key = state === "full" ? "full" : this.link.ring ? "broken" : "broken_listening";
    this.notice = setTimeout(() => tell(find("live-message"), text(key, { seconds: this.link.keptS })), NOTICE_S * 1000);
  }

  mended({ recovered }) {
    clearTimeout(this.notice);
    if (!this.broke) return;
    this.broke = false;
    tell(find("live-message"), "");
    announce(text(recovered ? "recovered" : "lost_events"));
  }

  toggleMute() {
    const on = !this.link.muted;
    this.link.mute(on);
    const button = find("mute");
    button.textContent = text(on ? "unmute" : "mute");
    button.setAttribute("aria-pressed", String(on));
    announce(on ? text("muted") : text("mic_ready"));
  }

  over() {
    this.onEnd();
  }
}

function closing({ code, error }) {
  if (error instanceof Refusal) return error.message;
  const why = { 4400: 1, 4401: 1, 4403: 1, 4404: 1, 4409: 1, 4410: 1, 4429: 1 }[code] ? text(`close.${code}`) : text("close.other", { code });
  return why;
}
