// The scripts' parts without a page, run by node: frames, ring, resampler, resume and reconnect, journal, choices.
import assert from "node:assert/strict";
import { test } from "node:test";

const from = (name) => import(new URL(`../../../live_gateway/web/static/${name}.js`, import.meta.url));
const { frameOf, parseFrame, Ring, sampleOf } = await from("frames");
const { Resampler } = await from("resampler");
const { delayAfter, firstSample, Link, RECONNECT } = await from("link");
const { Journal } = await from("journal");
const { keptChoice, remaining, thin, unshared } = await from("choices");

// ---------------------------------------------------------------- frames and ring

test("a frame is 8 bytes little-endian and then the samples", () => {
  const frame = new Uint8Array(frameOf(2 ** 33 + 5, Int16Array.of(1, -2)));
  assert.deepEqual([...frame], [5, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0xfe, 0xff]);
  const parsed = parseFrame(frame.buffer);
  assert.equal(parsed.start, 2 ** 33 + 5);
  assert.deepEqual([...parsed.pcm], [1, -2]);
});

test("a frame of a part of a buffer holds that part only", () => {
  const part = Int16Array.of(1, 2, 3, 4).subarray(2);
  assert.deepEqual([...parseFrame(frameOf(0, part)).pcm], [3, 4]);
});

test("samples are clipped, not wrapped", () => {
  assert.deepEqual([2, -2, 0.5].map(sampleOf), [32767, -32768, 16384]);
});

test("the ring answers from any sample on and lets go of what is older than its capacity", () => {
  const ring = new Ring(1, 10);
  for (let n = 0; n < 6; n += 1) ring.add(Int16Array.of(4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3));
  assert.equal(ring.next, 24);
  assert.ok(ring.start <= 14 && ring.start >= 8);
  const found = ring.from(17);
  assert.equal(found[0].start, 17);
  assert.deepEqual(found.flatMap((c) => [...c.pcm]), [17, 18, 19, 20, 21, 22, 23]);
  assert.deepEqual(ring.from(24), []);
  assert.equal(ring.from(0)[0].start, ring.start);
});

test("two channels of a moment are one sample, and a pause is a hole in the numbers", () => {
  const ring = new Ring(2, 100);
  ring.add(Int16Array.of(1, -1, 2, -2));
  ring.skip(5);
  ring.add(Int16Array.of(3, -3));
  assert.deepEqual(ring.from(1).map((c) => [c.start, [...c.pcm]]), [[1, [2, -2]], [7, [3, -3]]]);
});

// ---------------------------------------------------------------- resampler

function tone(hz, rate, seconds, step = 128) {
  const blocks = [];
  const count = rate * seconds;
  for (let at = 0; at < count; at += step) {
    blocks.push(Float32Array.from({ length: Math.min(step, count - at) }, (_, n) => Math.sin((2 * Math.PI * hz * (at + n)) / rate)));
  }
  return blocks;
}

function through(resampler, blocks) {
  const found = [];
  for (const block of blocks) found.push(...resampler.push(block));
  return found;
}

const rms = (samples) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

for (const rate of [44100, 48000, 96000]) {
  test(`from ${rate} Hz: speech passes, what would fold back does not, and no sample is lost`, () => {
    const kept = through(new Resampler(rate, 16000), tone(1000, rate, 1));
    assert.ok(Math.abs(kept.length - 16000) < 40, String(kept.length));
    assert.ok(Math.abs(rms(kept.slice(1000)) / Math.SQRT1_2 - 1) < 0.01);
    const high = through(new Resampler(rate, 16000), tone(6000, rate, 1)).slice(1000);
    assert.ok(Math.abs(rms(high) / Math.SQRT1_2 - 1) < 0.05);
    const folded = through(new Resampler(rate, 16000), tone(10000, rate, 1)).slice(1000);
    assert.ok(20 * Math.log10(rms(folded)) < -60, String(rms(folded)));
  });
}

test("blocks of any length give the same sound", () => {
  const whole = through(new Resampler(48000, 16000), tone(440, 48000, 0.2, 9600));
  const cut = through(new Resampler(48000, 16000), tone(440, 48000, 0.2, 37));
  assert.deepEqual(cut.slice(0, whole.length), whole.slice(0, cut.length));
});

test("8 kHz devices are raised too", () => {
  assert.ok(Math.abs(through(new Resampler(8000, 16000), tone(500, 8000, 1)).length - 16000) < 80);
});

// ---------------------------------------------------------------- the connection

class Socket {
  static made = [];
  constructor(url, protocols) {
    Object.assign(this, { url, protocols, sent: [] });
    Socket.made.push(this);
  }
  send(data) { this.sent.push(typeof data === "string" ? JSON.parse(data) : parseFrame(data)); }
  close() {}
  hear(message) { this.onmessage({ data: JSON.stringify(message) }); }
}

const READY = { type: "ready", epoch: "e1", recovered: true, next_sample: 0, last_seq: 0, limits: {}, session_ms: 0, start_ms: 0 };
const settled = () => new Promise((resolve) => { setTimeout(resolve, 0); });

async function connected(more = {}, ready = {}) {
  Socket.made = [];
  const states = [];
  const journal = new Journal();
  const link = new Link({
    url: "ws://x", channels: 1, ticket: async () => "secret", resume: () => journal.resume(), WebSocketClass: Socket,
    onMessage: (m) => journal.take(m), onState: (s, d) => states.push([s, d]), random: () => 0, ...more,
  });
  link.consentId = "c1";
  await link.connect();
  Socket.made[0].onopen();
  Socket.made[0].hear({ ...READY, ...ready });
  return { link, socket: Socket.made[0], states, journal };
}

const frame = (value = 7) => new Int16Array(1600).fill(value);

test("hello carries the ticket as subprotocol, never in the address", async () => {
  const { link, socket } = await connected();
  assert.deepEqual(socket.protocols, ["interview.v1", "ticket.secret"]);
  assert.ok(!socket.url.includes("secret"));
  assert.deepEqual(socket.sent[0], { type: "hello", v: 1, consent_id: "c1", audio: { encoding: "pcm_s16le", sample_rate: 16000, channels: 1 } });
  link.stop();
});

test("who only listens announces no audio", async () => {
  const { link, socket } = await connected({ channels: null });
  assert.equal(socket.sent[0].audio, undefined);
  link.stop();
});

test("after a break: resume from the journal, replay from what the server has, nothing twice, nothing lost", async () => {
  const { link, socket, journal } = await connected();
  for (let n = 0; n < 5; n += 1) link.audio(frame(n), 1000 + 100 * n);
  socket.hear({ type: "note.taken", seq: 3, text: "x", at_ms: 1 });
  socket.onclose({ code: 1012 });
  assert.equal(link.state, "waiting");
  for (let n = 5; n < 8; n += 1) link.audio(frame(n), 1000 + 100 * n);
  await link.connect();
  const second = Socket.made[1];
  second.onopen();
  assert.deepEqual(second.sent[0].resume, { epoch: "e1", last_seq: 3 });
  second.hear({ ...READY, next_sample: 4000, last_seq: 3 });
  const audio = second.sent.filter((m) => m.pcm);
  assert.equal(audio[0].start, 4000);
  assert.equal(audio.reduce((sum, m) => sum + m.pcm.length, 0), 8 * 1600 - 4000);
  assert.equal(journal.notes.length, 1);
  link.stop();
});

test("a page that was loaded anew goes on where the clock is, not where the sound stopped", () => {
  assert.equal(firstSample({ ...READY, next_sample: 0, session_ms: 5000, start_ms: 5000 }), 0);
  assert.equal(firstSample({ ...READY, next_sample: 16000, session_ms: 12000, start_ms: 2000 }), 160000);
  assert.equal(firstSample({ ...READY, next_sample: 200000, session_ms: 12000, start_ms: 2000 }), 200000);
});

test("muted, the numbers run on, and what comes after says so by its number", async () => {
  const { link, socket } = await connected();
  link.audio(frame(), 1000);
  link.mute(true);
  for (let n = 1; n < 4; n += 1) link.audio(frame(), 1000 + 100 * n);
  link.mute(false);
  link.audio(frame(), 1400);
  assert.deepEqual(socket.sent.slice(1).map((m) => m.type || m.start), [0, "pause", "resume", 6400]);
  link.stop();
});

test("a device that slept leaves a hole as long as its sleep", async () => {
  const { link, socket } = await connected();
  link.audio(frame(), 1000);
  link.audio(frame(), 11100);
  assert.equal(socket.sent.at(-1).start, 1600 + 160000);
  link.stop();
});

const acted = (id) => (m) => m.type === "question.acted" && m.id === id;

test("what was not seen to be done is said again, once", async () => {
  const { link, socket } = await connected();
  link.say({ type: "question.action", id: "a", action: "used" }, acted("a"));
  link.say({ type: "question.action", id: "b", action: "used" }, acted("b"));
  socket.hear({ type: "question.acted", seq: 1, id: "a", action: "used", at_ms: 0 });
  socket.onclose({ code: 1006 });
  link.say({ type: "question.action", id: "c", action: "used" }, acted("c"));
  await link.connect();
  Socket.made[1].onopen();
  Socket.made[1].hear({ ...READY });
  assert.deepEqual(Socket.made[1].sent.slice(1).map((m) => m.id), ["b", "c"]);
  link.stop();
});

test("terminal codes end it with their reason; a full server is waited for longer", async () => {
  for (const code of [4400, 4401, 4403, 4404, 4409, 4410, 4429, 1009]) {
    const { link, socket, states } = await connected();
    socket.hear({ type: "error", code: "why", message: "because", close_code: code });
    socket.onclose({ code });
    assert.equal(link.state, "closed");
    assert.equal(states.at(-1)[1].code, code);
    link.stop();
  }
  for (const code of RECONNECT) assert.ok(delayAfter(code, 0, 0.5) < delayAfter(code, 6, 0.5));
  assert.ok(delayAfter(1013, 0, 0) >= 2);
  assert.ok(delayAfter(1006, 50, 0.99) <= 8);
  const spread = new Set([0, 0.3, 0.9].map((r) => delayAfter(1006, 2, r)));
  assert.equal(spread.size, 3);
});

test("a ticket that is refused closes; a server that is away is tried again", async () => {
  for (const [error, last] of [[Object.assign(new Error("no"), { status: 401 }), "closed"], [new TypeError("away"), "waiting"]]) {
    const states = [];
    const link = new Link({ url: "ws://x", channels: 1, ticket: async () => { throw error; }, resume: () => null,
      WebSocketClass: Socket, onMessage: () => {}, onState: (s) => states.push(s), random: () => 0 });
    await link.connect();
    assert.deepEqual(states, ["connecting", last]);
    link.stop();
  }
});

test("the end is repeated until the session has ended, and no sound follows it", async () => {
  const { link, socket } = await connected();
  link.audio(frame(), 1000);
  link.end();
  link.audio(frame(), 1100);
  assert.deepEqual(socket.sent.at(-1), { type: "end", last_sample: 1600 });
  socket.onclose({ code: 1012 });
  await link.connect();
  Socket.made[1].onopen();
  Socket.made[1].hear({ ...READY, next_sample: 1600 });
  assert.equal(Socket.made[1].sent.at(-1).type, "end");
  Socket.made[1].hear({ type: "session.ended", seq: 9, dag_run_id: null });
  assert.equal(link.state, "ended");
  await settled();
});

// ---------------------------------------------------------------- journal

const final = (utt, seq, start, more = {}) => ({ type: "transcript.final", seq, utt, text: utt, words: [], speaker: "S1", role: "unknown", start_ms: start, end_ms: start + 1, language: "en", confidence: 1, ...more });

test("events count once, finals replace partials, relabelling moves speakers", () => {
  const j = new Journal();
  j.take({ ...READY });
  j.take({ type: "transcript.partial", utt: "r1", rev: 2, stable: "a", unstable: "b", start_ms: 5, end_ms: 6 });
  assert.equal(j.take({ type: "transcript.partial", utt: "r1", rev: 1, stable: "", unstable: "a", start_ms: 5, end_ms: 6 }), false);
  assert.equal(j.ordered()[0].partial, true);
  j.take(final("r1", 4, 5));
  assert.equal(j.take(final("r1", 4, 5)), false);
  assert.equal(j.take({ type: "transcript.partial", utt: "r1", rev: 9, stable: "late", unstable: "", start_ms: 5, end_ms: 6 }), false);
  j.take(final("r0", 5, 1));
  j.take({ type: "speaker.update", seq: 6, utts: ["r0", "r1"], speaker: "candidate", role: "candidate", cause: "correction" });
  assert.deepEqual(j.ordered().map((l) => [l.utt, l.role, l.corrected]), [["r0", "candidate", true], ["r1", "candidate", true]]);
  assert.deepEqual(j.resume(), { epoch: "e1", last_seq: 6 });
});

test("what turns out to be somebody else's is gone, and what was nothing as well", () => {
  const j = new Journal();
  j.take({ ...READY });
  j.take(final("r1", 1, 5));
  j.take({ type: "transcript.retracted", seq: 2, utts: ["r1"] });
  j.take({ type: "transcript.partial", utt: "r2", rev: 1, stable: "", unstable: "a", start_ms: 5, end_ms: 6 });
  j.take({ type: "speech.discarded", seq: 3, utt: "r2", track: "room", reason: "noise" });
  assert.deepEqual(j.ordered(), []);
});

test("a snapshot replaces everything", () => {
  const j = new Journal();
  j.take({ ...READY });
  j.take(final("r1", 7, 5));
  j.take({ ...READY, epoch: "e2", recovered: false, last_seq: 2 });
  j.take({ type: "snapshot", events: [final("r8", 1, 0), { type: "note.taken", seq: 2, text: "n", at_ms: 1 }] });
  assert.deepEqual([...j.lines.keys()], ["r8"]);
  assert.deepEqual(j.resume(), { epoch: "e2", last_seq: 2 });
});

test("at most two suggestions, the newest, and none that was acted on", () => {
  const j = new Journal();
  for (const [n, id] of ["a", "b", "c"].entries()) j.take({ type: "question.suggested", seq: n + 1, id, text: id, why: "", evidence: [] });
  assert.deepEqual(j.open().map((s) => s.id), ["c", "b"]);
  j.take({ type: "question.acted", seq: 4, id: "c", action: "dismissed", at_ms: 0 });
  assert.deepEqual(j.open().map((s) => s.id), ["b", "a"]);
});

test("feedback that no longer rests on anything is gone", () => {
  const j = new Journal();
  const keyword = (seq, value, evidence) => j.take({ type: "feedback", seq, kind: "keyword", value, evidence, text: "", audience: "interviewer" });
  keyword(1, "DB", ["r1"]);
  keyword(2, "API", ["r2"]);
  keyword(3, "DB", []);
  assert.deepEqual([...j.standing("keyword").keys()], ["API"]);
});

// ---------------------------------------------------------------- choices of forms

test("a choice stays while it is possible, and none is made in the reader's place", () => {
  assert.equal(keptChoice(["advanced", "rejected"], "rejected", ""), "rejected");
  assert.equal(keptChoice(["advanced", "offered"], "rejected", ""), "");
  assert.equal(keptChoice([], "rejected", ""), "");
});

test("what another form still names is not forgotten with the first decision", () => {
  assert.deepEqual(unshared(["card-1", "ranking"], [["card-2", "ranking"]]), ["card-1"]);
  assert.deepEqual(unshared(["card-2", "ranking"], []), ["card-2", "ranking"]);
});

test("criteria that some question feeds, but too few, are named; those without any read all answers", () => {
  const criteria = [
    { id: "cognitive", needed: 2 },
    { id: "job_fit", needed: 2 },
    { id: "emotion", needed: 2 },
    { id: "leadership", needed: 2 },
  ];
  const questions = [{ criteria: ["cognitive", "job_fit"] }, { criteria: ["job_fit"] }, { challenge: true }, {}];
  assert.deepEqual(thin(questions, criteria).map((one) => [one.id, one.found]), [["cognitive", 1], ["emotion", 1]]);
  assert.deepEqual(thin([], criteria), []);
});

test("a question lets go of a competency that was removed", () => {
  assert.deepEqual(remaining(["b", "gone", "a"], [{ id: "a" }, { id: undefined }, { id: "b" }]), ["b", "a"]);
});

test("a moment plays in the recording that holds it, the chosen one before others", async () => {
  const { holding } = await from("recordings");
  const parts = [{ start_s: 0, duration_s: 10 }, { start_s: 10, duration_s: 5 }];
  assert.deepEqual([0, 9.9, 10, 14.9, 15, 99, -1].map((s) => holding(parts, 0, s)), [0, 0, 1, 1, 1, 1, 0]);
  const beside = [{ start_s: 0, duration_s: 60 }, { start_s: 1.5, duration_s: 60 }];
  assert.deepEqual([[0, 5], [1, 5], [1, 0.5], [1, 60.5]].map(([chosen, s]) => holding(beside, chosen, s)), [0, 1, 0, 1]);
  assert.equal(holding([{ start_s: null, duration_s: null }], 0, 1234), 0);
});
