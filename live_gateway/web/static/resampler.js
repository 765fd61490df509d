// From the device's sample rate to the protocol's: a windowed-sinc low-pass, evaluated only where samples are needed.

const ZERO_CROSSINGS = 16; // on each side of the sinc, in periods of the lower rate
const KAISER_BETA = 8; // about 80 dB below the passband
const ROLL_OFF = 0.92; // passband edge as a share of the lower Nyquist frequency

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

function bessel(x) {
  // I0, by its series: converges within 30 terms for the arguments used here.
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 30; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** One channel's stream. `push` answers what is due so far; the delay is half the filter, about 1 ms. */
export class Resampler {
  constructor(from, to) {
    const common = gcd(from, to);
    this.up = to / common;
    this.down = from / common;
    const stretch = Math.max(1, from / to);
    this.half = Math.ceil(ZERO_CROSSINGS * stretch);
    this.phases = this.table(ROLL_OFF / stretch);
    this.held = new Float32Array(this.half); // silence before the first sample
    this.position = 0; // of the next output, in input samples from held[half], as whole + phase / up
    this.phase = 0;
  }

  table(cutoff) {
    const taps = 2 * this.half;
    const phases = [];
    for (let phase = 0; phase < this.up; phase += 1) {
      const row = new Float32Array(taps);
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) {
        const x = tap - this.half + 1 - phase / this.up;
        const edge = Math.min(1, Math.abs(x) / this.half);
        const window = bessel(KAISER_BETA * Math.sqrt(1 - edge * edge)) / bessel(KAISER_BETA);
        const angle = Math.PI * x * cutoff;
        row[tap] = (Math.abs(x) < 1e-9 ? 1 : Math.sin(angle) / angle) * window;
        sum += row[tap];
      }
      for (let tap = 0; tap < taps; tap += 1) row[tap] /= sum;
      phases.push(row);
    }
    return phases;
  }

  push(samples) {
    const joined = new Float32Array(this.held.length + samples.length);
    joined.set(this.held);
    joined.set(samples, this.held.length);
    const found = [];
    while (this.position + 2 * this.half <= joined.length) {
      const row = this.phases[this.phase];
      let sum = 0;
      for (let tap = 0; tap < row.length; tap += 1) sum += row[tap] * joined[this.position + tap];
      found.push(sum);
      this.phase += this.down;
      this.position += Math.floor(this.phase / this.up);
      this.phase %= this.up;
    }
    const done = Math.min(this.position, joined.length);
    this.held = joined.slice(done);
    this.position -= done;
    return Float32Array.from(found);
  }
}
