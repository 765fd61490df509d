// What a candidate sends, without a page, run by node: uploads, the outbox of answers, what the camera shows.
import assert from "node:assert/strict";
import { test } from "node:test";

const from = (name) => import(new URL(`../../../live_gateway/web/static/${name}.js`, import.meta.url));
const { Uploader, waitS } = await from("upload");
const { Outbox } = await from("outbox");
const { lightOf, lumaOf, rmsOf, typeFor } = await from("camera");

// ---------------------------------------------------------------- upload

function server({ fail = [] } = {}) {
  const kept = [];
  let calls = 0;
  const size = () => kept.reduce((sum, piece) => sum + piece.byteLength, 0);
  return {
    kept, size,
    call: async (method, address, body, { headers } = {}) => {
      calls += 1;
      if (fail.includes(calls)) throw new TypeError("broken");
      if (method === "HEAD") return { headers: new Headers({ "Upload-Offset": String(size()) }) };
      assert.equal(Number(headers["Upload-Offset"]), size());
      assert.match(headers["X-Chunk-SHA256"], /^[0-9a-f]{64}$/);
      kept.push(body);
      return size() === 1000
        ? { status: 202, json: async () => ({ interview_id: "i" }), headers: new Headers() }
        : { status: 204, headers: new Headers({ "Upload-Offset": String(size()) }) };
    },
  };
}

const uploader = (call, more = {}) => {
  const told = [];
  const file = new Blob([new Uint8Array(1000).map((_, n) => n)]);
  const made = new Uploader({ call, file, chunk: 300, upload: { id: "u", offset: 0, max_hashed_chunk: 400 }, onProgress: (s, o) => told.push([s, o]), ...more });
  made.sleep = async () => {};
  return { made, told };
};

test("a recording goes in hashed chunks and arrives whole", async () => {
  const { call, kept } = server();
  const { made, told } = uploader(call);
  assert.deepEqual(await made.run(), { interview_id: "i" });
  assert.deepEqual(kept.map((piece) => piece.byteLength), [300, 300, 300, 100]);
  assert.deepEqual(told.at(-1), ["done", 1000]);
});

test("a broken line is looked after and gone on from where the server is", async () => {
  const { call, size } = server({ fail: [2, 3] });
  const { made, told } = uploader(call);
  await made.run();
  assert.equal(size(), 1000);
  assert.equal(told.filter(([state]) => state === "waiting").length, 2);
});

test("paused it rests, resumed it goes on", async () => {
  const { call, size } = server();
  const { made } = uploader(async (...args) => { const answer = await call(...args); if (size() === 600) made.pause(); return answer; });
  assert.equal(await made.run(), null);
  assert.equal(size(), 600);
  await made.run();
  assert.equal(size(), 1000);
});

test("a refusal is not repeated", async () => {
  let calls = 0;
  const { made } = uploader(async () => { calls += 1; throw Object.assign(new Error("no"), { status: 415, code: "unsupported_container" }); });
  await assert.rejects(made.run(), { code: "unsupported_container" });
  assert.equal(calls, 1);
});

test("waiting grows and has an end", () => {
  assert.ok(waitS(0) < waitS(3) && waitS(40) <= 15);
});

test("answers go one after the other, over a line that breaks, and a refused one holds up no other", async () => {
  const { call, size } = server({ fail: [2] });
  const told = [];
  let tries = 0;
  const asked = async (method, address, ...more) => {
    if (method !== "POST") return call(method, address, ...more);
    tries += 1;
    if (tries === 1) throw new TypeError("no line");
    if (address.includes("late")) throw Object.assign(new Error("no"), { status: 410, code: "invitation_expired" });
    return { id: "u", offset: 0, size: 1000, max_hashed_chunk: 400 };
  };
  const outbox = new Outbox({ call: asked, chunk: 1000, onChange: (id, state) => told.push(`${id} ${state}`), sleep: async () => {} });
  const sent = await Promise.all([outbox.send("late", new Blob(["x"])), outbox.send("whole", new Blob([new Uint8Array(1000)]))]);
  assert.deepEqual(sent, [false, true]);
  assert.equal(size(), 1000);
  assert.equal(outbox.waiting, 0);
  assert.ok(told.indexOf("late refused") < told.indexOf("whole sending"));
  assert.equal(told.at(-1), "whole sent");
});

test("a container is chosen that the browser writes, or none", () => {
  assert.equal(typeFor((type) => type.startsWith("video/webm")), "video/webm;codecs=vp8,opus");
  assert.equal(typeFor((type) => type === "video/mp4"), "video/mp4");
  assert.equal(typeFor(() => false), "");
});

const grey = (value) => Uint8ClampedArray.from({ length: 400 }, (_, n) => (n % 4 === 3 ? 255 : value));

test("light is told by how bright the picture is", () => {
  assert.deepEqual([10, 128, 250].map((value) => lightOf(lumaOf(grey(value)))), ["dark", "ok", "glaring"]);
  assert.equal(lumaOf([]), 0);
  assert.ok(Math.abs(rmsOf(Float32Array.of(0.5, -0.5)) - 0.5) < 1e-6);
});
