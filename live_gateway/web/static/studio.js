// Where an answer is recorded: the device check, thinking time, the recording with its clock.
import { Camera, CameraProblem, devices, typeFor } from "./camera.js";
import { announce, clock, find, setBar, text } from "./page.js";

const LOOK_MS = 200;
const PIECE_MS = 2000; // what a killed browser loses at most
const HEARD_LEVEL = 0.25; // about -45 dB: somebody speaks
const SILENT_S = 5;
const BITS_PER_S = 2_500_000;

export const canRecord = () => Boolean(navigator.mediaDevices && globalThis.MediaRecorder && typeFor((type) => MediaRecorder.isTypeSupported(type)));

const tellDevice = (state) => { find("camera-message").textContent = text(`camera.${state}`); };

export class Studio {
  /** `onReady(ready)` when camera and microphone can or can no longer be used, and when a take begins or ends. */
  constructor({ onReady }) {
    this.onReady = onReady;
    this.camera = null;
    this.busy = false;
    find("check-camera").addEventListener("click", () => this.open());
    for (const id of ["camera", "microphone"]) find(id).addEventListener("change", () => this.open());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.camera && this.list());
    setInterval(() => this.look(), LOOK_MS);
  }

  get ready() {
    return this.camera !== null && !this.busy;
  }

  async open() {
    try {
      const chosen = { camera: find("camera").value, microphone: find("microphone").value };
      await this.camera?.close();
      this.camera = null;
      this.heard = false;
      this.camera = await Camera.open({ ...chosen, video: find("preview"), onLost: () => this.lost() });
      find("studio").hidden = false;
      await this.list();
      tellDevice("quiet");
    } catch (error) {
      if (!(error instanceof CameraProblem)) throw error;
      tellDevice(error.reason);
    }
    this.onReady(this.ready);
  }

  async list() {
    for (const [id, kind, of] of [["camera", "videoinput", "video"], ["microphone", "audioinput", "audio"]]) {
      const found = await devices(kind);
      const now = this.camera.id(of);
      find(id).replaceChildren(...found.map((one, n) => new Option(one.label || text(`camera.${id}_other`, { n: n + 1 }), one.deviceId, false, one.deviceId === now)));
      find(id).disabled = this.busy || found.length === 0;
    }
  }

  look() {
    if (!this.camera) return;
    const level = this.camera.level();
    setBar(find("check-level"), level);
    if (level > HEARD_LEVEL) this.heard = true;
    if (this.busy) return;
    const light = this.camera.light();
    const words = text(`camera.light_${light}`);
    if (find("light").textContent !== words) find("light").textContent = words;
    find("light").dataset.state = light;
    const ready = text(this.heard ? "camera.ready" : "camera.quiet");
    if (find("camera-message").textContent !== ready) find("camera-message").textContent = ready;
  }

  lost() {
    this.camera.close();
    this.camera = null;
    tellDevice("lost");
    find("studio").hidden = true;
    this.finish?.("lost");
    this.onReady(false);
  }

  /**
   * One recording. `begin()` is awaited before anything is recorded and may refuse by throwing; `onPiece(n, blob)` gets
   * each piece at once. Answers {blob, type, end}: `end` is done, silent or lost; null when the person went back.
   */
  async take({ heading, question, thinkingS, answerS, begin, onPiece = () => {} }) {
    this.busy = true;
    this.onReady(false);
    for (const id of ["camera", "microphone", "check-camera"]) find(id).disabled = true;
    find("stage-h").textContent = heading;
    find("stage-question").textContent = question;
    find("stage").hidden = false;
    find("stage-h").focus();
    find("stage").scrollIntoView({ block: "nearest" });
    try {
      if (!(await this.think(thinkingS))) return null;
      await begin(typeFor((type) => MediaRecorder.isTypeSupported(type)));
      if (!this.camera) return null;
      return await this.record(answerS, onPiece);
    } finally {
      this.busy = false;
      find("stage").hidden = true;
      for (const id of ["camera", "microphone", "check-camera"]) find(id).disabled = false;
      this.onReady(this.ready);
    }
  }

  /** Count `seconds` down; `choices`: button id -> what it answers. Answers "time" at the end. */
  count(phase, seconds, choices, onTick = () => {}) {
    find("stage-phase").textContent = text(`stage.${phase}`);
    find("stage").dataset.phase = phase;
    const end = performance.now() + seconds * 1000;
    return new Promise((resolve) => {
      const stop = (found) => {
        clearInterval(timer);
        this.finish = null;
        for (const id of Object.keys(choices)) { find(id).hidden = true; find(id).onclick = null; }
        resolve(found);
      };
      const tick = () => {
        const left = end - performance.now();
        find("stage-clock").textContent = clock(Math.ceil(Math.max(0, left) / 1000) * 1000);
        onTick(seconds - left / 1000);
        if (left <= 0) stop("time");
      };
      const timer = setInterval(tick, LOOK_MS);
      this.finish = stop;
      for (const [id, found] of Object.entries(choices)) { find(id).hidden = false; find(id).onclick = () => stop(found); }
      tick();
    });
  }

  async think(seconds) {
    const found = await this.count("thinking", seconds, { "stage-now": "now", "stage-back": "back" });
    return found === "now" || found === "time";
  }

  async record(seconds, onPiece) {
    const type = typeFor((one) => MediaRecorder.isTypeSupported(one));
    const recorder = new MediaRecorder(this.camera.stream, { mimeType: type, bitsPerSecond: BITS_PER_S });
    const pieces = [];
    recorder.ondataavailable = ({ data }) => { if (data.size) { pieces.push(data); onPiece(pieces.length - 1, data); } };
    const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
    recorder.onerror = () => this.finish?.("lost");
    recorder.start(PIECE_MS);
    announce(text("stage.recording"));
    this.heard = false;
    find("stage-message").textContent = "";
    const warn = (passed) => {
      const words = !this.heard && passed > SILENT_S ? text("stage.silent") : "";
      if (find("stage-message").textContent !== words) find("stage-message").textContent = words;
    };
    const found = await this.count("recording", seconds, { "stage-stop": "done" }, warn);
    if (recorder.state !== "inactive") recorder.stop();
    await stopped;
    find("stage-message").textContent = "";
    const silent = this.heard ? "done" : "silent";
    return { blob: new Blob(pieces, { type }), type, end: found === "lost" ? "lost" : silent };
  }
}
