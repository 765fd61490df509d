// The microphone: permission, choice of device, and its sound as frames.
import { RATE } from "./frames.js";

const FLOOR_DB = -60;

/** A microphone that cannot be used; `reason` is "insecure", "denied", "missing", "busy" or "mono". */
export class MicrophoneProblem extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Where a level of `rms` stands between silence and full, on a scale of hearing (dB). */
export function levelOf(rms) {
  const db = 20 * Math.log10(Math.max(rms, 1e-6));
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

export async function microphones() {
  const found = await navigator.mediaDevices.enumerateDevices();
  return found.filter((device) => device.kind === "audioinput");
}

async function streamOf(deviceId, channels) {
  if (!navigator.mediaDevices) throw new MicrophoneProblem("insecure"); // not https, not this machine
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
        channelCount: { ideal: channels },
        // Whoever sits apart hears the other by loudspeaker; with two channels the filters would mix them.
        echoCancellation: channels === 1,
        noiseSuppression: false,
        autoGainControl: channels === 1,
      },
    });
  } catch (error) {
    const reasons = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing" };
    throw new MicrophoneProblem(reasons[error.name] || "busy");
  }
}

/** A context at the protocol's rate where the browser can; else at its own, and the worklet resamples. */
async function contextFor(stream) {
  let context = new AudioContext({ sampleRate: RATE });
  let source;
  try {
    source = context.createMediaStreamSource(stream);
  } catch {
    await context.close();
    context = new AudioContext();
    source = context.createMediaStreamSource(stream);
  }
  return { context, source };
}

/** One open microphone. `onFrame({pcm, rms, at})` every 100 ms, `onLost()` when the device goes. */
export class Microphone {
  static async open({ deviceId = "", channels = 1, onFrame, onLost }) {
    const stream = await streamOf(deviceId, channels);
    const track = stream.getAudioTracks()[0];
    if (channels === 2 && track.getSettings().channelCount === 1) {
      track.stop();
      throw new MicrophoneProblem("mono");
    }
    const { context, source } = await contextFor(stream);
    await context.audioWorklet.addModule(new URL("capture-worklet.js", import.meta.url));
    const node = new AudioWorkletNode(context, "triview-capture", {
      channelCount: channels,
      channelCountMode: "explicit",
      channelInterpretation: channels === 2 ? "discrete" : "speakers",
      processorOptions: { channels },
    });
    source.connect(node);
    node.connect(context.destination); // pulls it; the worklet writes nothing, so nothing is heard
    await context.resume();
    const microphone = new Microphone(stream, context, node, channels);
    node.port.onmessage = ({ data }) => microphone.onFrame(data);
    track.addEventListener("ended", () => onLost?.());
    microphone.onFrame = onFrame;
    return microphone;
  }

  constructor(stream, context, node, channels) {
    this.stream = stream;
    this.context = context;
    this.node = node;
    this.channels = channels;
    this.onFrame = () => {};
  }

  get deviceId() {
    return this.stream.getAudioTracks()[0].getSettings().deviceId;
  }

  close() {
    this.node.port.onmessage = null;
    for (const track of this.stream.getTracks()) track.stop();
    return this.context.close();
  }
}
