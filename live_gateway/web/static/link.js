// One role's connection to a session, kept up over breaks: tickets, hello, audio with a ring, resume (docs/protocol.md).
import { frameOf, RATE, Ring, RING_S } from "./frames.js";

export const RECONNECT = new Set([1001, 1006, 1011, 1012, 1013, 4408, 4430]);
const FULL = 1013;
const FIRST_DELAY_S = 0.5;
const LONGEST_DELAY_S = 8;
const FULL_DELAY_S = 4;
const LAG_S = 2; // the microphone's clock may fall so far behind before the hole is declared
const SILENT_S = 30; // without a word from the server the connection is taken for dead

/** Seconds before try number `attempt` (from 0) after `code`; `random` in [0, 1) spreads the clients. */
export function delayAfter(code, attempt, random) {
  const base = Math.max(code === FULL ? FULL_DELAY_S : 0, Math.min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** attempt));
  return base * (0.5 + random / 2);
}

/** Where the sender's clock stands when it begins: what the server has, or the hole since then, declared by a jump. */
export function firstSample(ready) {
  const since = ready.start_ms == null ? 0 : Math.round(((ready.session_ms - ready.start_ms) * RATE) / 1000);
  return ready.next_sample === 0 ? 0 : Math.max(ready.next_sample, since);
}

export class Link {
  /**
   * url, ticket() -> promise of a ticket, consentId, channels (null: listen only), resume() -> {epoch, last_seq} or null,
   * onMessage(message), onState(state, detail), keepaliveS. States: idle connecting open waiting full closed ended.
   */
  constructor(options) {
    Object.assign(this, { WebSocketClass: globalThis.WebSocket, random: Math.random, keepaliveS: 15, ...options });
    this.ring = this.channels ? new Ring(this.channels) : null;
    this.state = "idle";
    this.socket = null;
    this.attempt = 0;
    this.begun = false; // the sender's clock has been set
    this.origin = 0;
    this.acked = 0;
    this.muted = false;
    this.waiting = []; // said while there was no connection
    this.unanswered = []; // said, not yet seen to be done
    this.ending = false;
  }

  start() {
    this.connect();
    this.beat = setInterval(() => this.look(), this.keepaliveS * 1000);
  }

  stop() {
    clearInterval(this.beat);
    clearTimeout(this.timer);
    this.show("ended");
    this.socket?.close(1000);
  }

  show(state, detail = {}) {
    this.state = state;
    this.onState(state, detail);
  }

  get over() {
    return this.state === "ended" || this.state === "closed";
  }

  // ---------------------------------------------------------------- connection

  async connect() {
    if (this.over) return;
    this.show("connecting");
    let ticket;
    try {
      ticket = await this.ticket();
    } catch (error) {
      if (error.status >= 400 && error.status < 500 && error.status !== 429) this.show("closed", { error });
      else this.again(1006, error.retryAfter || 0);
      return;
    }
    if (this.over) return;
    const socket = new this.WebSocketClass(this.url, ["interview.v1", `ticket.${ticket}`]);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.ready = false;
    this.error = null;
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => { if (socket === this.socket) this.hear(JSON.parse(data)); };
    socket.onclose = ({ code }) => { if (socket === this.socket) this.closed(code); };
  }

  greet() {
    const resume = this.resume();
    this.send({
      type: "hello", v: 1, consent_id: this.consentId,
      ...(this.channels ? { audio: { encoding: "pcm_s16le", sample_rate: RATE, channels: this.channels } } : {}),
      ...(resume ? { resume } : {}),
    });
  }

  closed(code) {
    this.socket = null;
    this.ready = false;
    if (this.over) return;
    if (code === 1000) this.show("ended");
    else if (RECONNECT.has(code)) this.again(code);
    else this.show("closed", { code, error: this.error });
  }

  again(code, atLeastS = 0) {
    const wait = Math.max(atLeastS, delayAfter(code, this.attempt, this.random()));
    this.attempt += 1;
    this.show(code === FULL ? "full" : "waiting", { code });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), wait * 1000);
  }

  /** The network came back: do not wait any longer. */
  hurry() {
    if (this.state !== "waiting") return;
    clearTimeout(this.timer);
    this.attempt = 0;
    this.connect();
  }

  look() {
    if (!this.socket) return;
    if (Date.now() - this.heardAt > SILENT_S * 1000) {
      const dead = this.socket;
      dead.onclose = null;
      dead.close();
      this.closed(1006);
    } else if (this.ready) {
      this.send({ type: "keepalive" });
    }
  }

  // ---------------------------------------------------------------- hearing

  hear(message) {
    this.heardAt = Date.now();
    if (message.type === "ready") this.welcome(message);
    else if (message.type === "audio.ack") this.acked = message.through_sample;
    else if (message.type === "error") this.error = message;
    else if (message.type === "go_away") this.attempt = 0;
    this.unanswered = this.unanswered.filter((one) => !one.done(message));
    this.onMessage(message);
    if (message.type === "session.ended") this.stop();
  }

  welcome(ready) {
    this.ready = true;
    this.attempt = 0;
    this.acked = ready.next_sample;
    if (this.ring) {
      if (!this.begun) this.ring.next = firstSample(ready);
      if (this.muted) this.send({ type: "pause" });
      for (const chunk of this.ring.from(ready.next_sample)) this.socket.send(frameOf(chunk.start, chunk.pcm));
    }
    this.show("open", { recovered: ready.recovered, sessionMs: ready.session_ms });
    const again = this.unanswered.map((one) => one.message);
    for (const message of [...this.waiting.splice(0), ...again]) this.send(message);
  }

  // ---------------------------------------------------------------- speaking

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  /** Say it now, or once connected again. With `done(message)` it is said again after a break until that is seen. */
  say(message, done = null) {
    if (done) this.unanswered.push({ message, done });
    if (this.ready) this.send(message);
    else if (!done) this.waiting.push(message);
  }

  /** 100 ms of sound, spoken at `at` (ms, wall clock). Before the first `ready` there is no session to hear it. */
  audio(pcm, at) {
    const count = pcm.length / this.channels;
    if (!this.begun) {
      if (!this.ready) return;
      this.begun = true;
      this.origin = at - ((this.ring.next + count) * 1000) / RATE;
    }
    if (this.ending) return;
    const late = Math.round(((at - this.origin) * RATE) / 1000) - (this.ring.next + count);
    if (late > LAG_S * RATE) this.ring.skip(late); // the device slept or was away
    if (this.muted) {
      this.ring.skip(count);
      return;
    }
    const chunk = this.ring.add(pcm);
    if (this.ready) this.socket.send(frameOf(chunk.start, chunk.pcm));
  }

  mute(on) {
    if (on === this.muted) return;
    this.muted = on;
    if (this.ready) this.send({ type: on ? "pause" : "resume" });
  }

  end() {
    this.ending = true;
    this.say({ type: "end", last_sample: this.ring ? this.ring.next : 0 }, (m) => m.type === "session.ended");
  }

  /** Seconds of sound that a break may last. */
  get keptS() {
    return this.ring ? RING_S : 0;
  }
}
