// Choosing a microphone, hearing it move, and keeping it through the interview.
import { levelOf, Microphone, MicrophoneProblem, microphones } from "./capture.js";
import { find, setBar, text } from "./page.js";

const HEARD_LEVEL = 0.25; // about -45 dB: somebody speaks

export class Device {
  /** `onReady(ready)` when the microphone can or can no longer be used; `onFrame(frame)` every 100 ms. */
  constructor({ onReady, onFrame }) {
    this.onReady = onReady;
    this.onFrame = onFrame;
    this.microphone = null;
    this.meters = [find("check-level"), find("level")].filter(Boolean);
    this.stereo = find("stereo");
    find("check-device").addEventListener("click", () => this.open());
    find("microphone").addEventListener("change", () => this.open(find("microphone").value));
    this.stereo?.addEventListener("change", () => this.microphone && this.open(this.microphone.deviceId));
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.microphone && this.list());
  }

  get channels() {
    return this.stereo?.checked ? 2 : 1;
  }

  async open(deviceId = "") {
    const message = find("device-message");
    try {
      await this.microphone?.close();
      this.microphone = null;
      this.heard = false;
      this.microphone = await Microphone.open({
        deviceId, channels: this.channels, onFrame: (frame) => this.frame(frame), onLost: () => this.lost(),
      });
      await this.list();
      message.textContent = text("mic_quiet");
      this.onReady(true);
    } catch (error) {
      if (!(error instanceof MicrophoneProblem)) throw error;
      if (error.reason === "mono") this.stereo.checked = false;
      message.textContent = text(`mic_${error.reason}`);
      this.onReady(false);
    }
  }

  async list() {
    const select = find("microphone");
    const found = await microphones();
    select.replaceChildren(...found.map((device, n) =>
      new Option(device.label || text("mic_other", { n: n + 1 }), device.deviceId, false, device.deviceId === this.microphone?.deviceId)));
    select.disabled = found.length === 0;
  }

  frame(frame) {
    const level = levelOf(frame.rms);
    for (const meter of this.meters) if (meter.offsetParent) setBar(meter, level);
    if (!this.heard && level > HEARD_LEVEL) {
      this.heard = true;
      find("device-message").textContent = text("mic_ready");
    }
    this.onFrame(frame, level);
  }

  lost() {
    find("device-message").textContent = text("mic_lost");
    this.onLost?.();
    this.onReady(false);
  }

  /** The two-channel choice is made before the interview begins. */
  settle() {
    if (this.stereo) this.stereo.disabled = true;
  }

  close() {
    this.microphone?.close();
    this.microphone = null;
    for (const meter of this.meters) setBar(meter, 0);
  }
}
