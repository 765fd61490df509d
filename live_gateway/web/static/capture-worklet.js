// On the audio thread: what the microphone gives, as frames of 100 ms at 16 kHz with their level.
import { FRAME_SAMPLES, RATE, sampleOf } from "./frames.js";
import { Resampler } from "./resampler.js";

class Capture extends AudioWorkletProcessor {
  constructor({ processorOptions: { channels } }) {
    super();
    this.channels = channels;
    this.resamplers = sampleRate === RATE ? null : Array.from({ length: channels }, () => new Resampler(sampleRate, RATE));
    this.begin();
  }

  begin() {
    this.pcm = new Int16Array(FRAME_SAMPLES * this.channels);
    this.filled = 0;
    this.energy = 0;
  }

  process([input]) {
    if (!input.length) return true;
    let tracks = Array.from({ length: this.channels }, (_, n) => input[Math.min(n, input.length - 1)]);
    if (this.resamplers) tracks = tracks.map((track, n) => this.resamplers[n].push(track));
    for (let at = 0; at < tracks[0].length; at += 1) {
      for (let n = 0; n < this.channels; n += 1) {
        const value = tracks[n][at];
        this.energy += value * value;
        this.pcm[this.filled * this.channels + n] = sampleOf(value);
      }
      this.filled += 1;
      if (this.filled === FRAME_SAMPLES) {
        const rms = Math.sqrt(this.energy / this.pcm.length);
        this.port.postMessage({ pcm: this.pcm, rms, at: Date.now() }, [this.pcm.buffer]);
        this.begin();
      }
    }
    return true;
  }
}

registerProcessor("triview-capture", Capture);
