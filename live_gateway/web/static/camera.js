// Camera and microphone together: permission, choice of devices, how light and how loud it is.
import { levelOf } from "./capture.js";

/** Containers by preference: what Chromium and Firefox write, then what Safari does. */
export const TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];
const DARK = 0.18; // mean luma of a picture in which a face can hardly be seen
const GLARING = 0.9;
const PICTURE = { width: 64, height: 48 };
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing" };

/** The container this browser records in, by `supported(type)`; "" where it records none of ours. */
export const typeFor = (supported) => TYPES.find((type) => supported(type)) || "";

/** Mean luma (Rec. 709) of RGBA bytes, from 0 to 1. */
export function lumaOf(pixels) {
  let sum = 0;
  for (let n = 0; n < pixels.length; n += 4) sum += 0.2126 * pixels[n] + 0.7152 * pixels[n + 1] + 0.0722 * pixels[n + 2];
  return pixels.length ? sum / (pixels.length / 4) / 255 : 0;
}

/** `dark`, `ok` or `glaring`. */
export function lightOf(luma) {
  if (luma < DARK) return "dark";
  return luma > GLARING ? "glaring" : "ok";
}

/** Root mean square of samples from -1 to 1. */
export const rmsOf = (samples) => Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / Math.max(1, samples.length));

/** Devices that cannot be used; `reason` is "insecure", "denied", "missing" or "busy". */
export class CameraProblem extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export async function devices(kind) {
  const found = await navigator.mediaDevices.enumerateDevices();
  return found.filter((device) => device.kind === kind);
}

const chosen = (id) => (id ? { deviceId: { exact: id } } : {});

async function streamOf(camera, microphone) {
  if (!navigator.mediaDevices || !globalThis.MediaRecorder) throw new CameraProblem("insecure");
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { ...chosen(camera), width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
      audio: { ...chosen(microphone), echoCancellation: true, noiseSuppression: false, autoGainControl: true },
    });
  } catch (error) {
    throw new CameraProblem(REASONS[error.name] || "busy");
  }
}

/** An open camera with its microphone, shown in `video`. `onLost()` when a device goes. */
export class Camera {
  static async open({ camera = "", microphone = "", video, onLost }) {
    const stream = await streamOf(camera, microphone);
    const made = new Camera(stream, video);
    for (const track of stream.getTracks()) track.addEventListener("ended", () => { if (!made.closed) onLost(); });
    video.srcObject = stream;
    await made.context.resume();
    return made;
  }

  constructor(stream, video) {
    Object.assign(this, { stream, video, closed: false });
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 2048;
    this.context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(this.analyser);
    this.samples = new Float32Array(this.analyser.fftSize);
    this.canvas = Object.assign(document.createElement("canvas"), PICTURE);
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  id(kind) {
    return this.stream.getTracks().find((track) => track.kind === kind)?.getSettings().deviceId;
  }

  /** How loud it is now, from 0 to 1 on a scale of hearing. */
  level() {
    this.analyser.getFloatTimeDomainData(this.samples);
    return levelOf(rmsOf(this.samples));
  }

  light() {
    this.pen.drawImage(this.video, 0, 0, PICTURE.width, PICTURE.height);
    return lightOf(lumaOf(this.pen.getImageData(0, 0, PICTURE.width, PICTURE.height).data));
  }

  async close() {
    this.closed = true;
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
    await this.context.close();
  }
}
