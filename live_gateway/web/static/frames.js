// Audio as the protocol carries it: frames of signed 16-bit samples, and the last seconds of them (docs/protocol.md).

export const RATE = 16000;
export const FRAME_SAMPLES = RATE / 10;
export const RING_S = 30;
const HEAD_BYTES = 8;

/** A binary frame: 8 bytes little-endian start sample, then interleaved samples. */
export function frameOf(start, pcm) {
  const frame = new ArrayBuffer(HEAD_BYTES + pcm.byteLength);
  new DataView(frame).setBigUint64(0, BigInt(start), true);
  new Uint8Array(frame, HEAD_BYTES).set(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  return frame;
}

/** {start, pcm} of a binary frame. */
export function parseFrame(frame) {
  return { start: Number(new DataView(frame).getBigUint64(0, true)), pcm: new Int16Array(frame.slice(HEAD_BYTES)) };
}

/** The last seconds of a sender's sound by their sample numbers; a sample is all channels of a moment. */
export class Ring {
  constructor(channels, capacity = RING_S * RATE) {
    this.channels = channels;
    this.capacity = capacity;
    this.next = 0;
    this.chunks = [];
  }

  /** Number of the first sample still here. */
  get start() {
    return this.chunks.length ? this.chunks[0].start : this.next;
  }

  /** Append whole samples; what is older than the capacity goes. */
  add(pcm) {
    const count = pcm.length / this.channels;
    const chunk = { start: this.next, end: this.next + count, pcm };
    this.chunks.push(chunk);
    this.next = chunk.end;
    while (this.chunks.length && this.next - this.chunks[0].end >= this.capacity) this.chunks.shift();
    return chunk;
  }

  /** Let the clock run on without sound. */
  skip(count) {
    this.next += count;
  }

  /** Everything from sample `cursor` on that is still here, in order. */
  from(cursor) {
    const found = [];
    for (const chunk of this.chunks) {
      if (chunk.end <= cursor) continue;
      const behind = Math.max(0, cursor - chunk.start);
      const pcm = behind ? chunk.pcm.subarray(behind * this.channels) : chunk.pcm;
      found.push({ start: chunk.start + behind, end: chunk.end, pcm });
    }
    return found;
  }
}

/** Float samples in [-1, 1] as signed 16-bit. */
export const sampleOf = (value) => Math.max(-32768, Math.min(32767, Math.round(value * 32767)));
