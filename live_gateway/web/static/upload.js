// A recording in chunks, each with its hash; goes on after a break or a pause (docs: /api/v1/openapi.json).

const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 15;

/** Seconds before try number `attempt` (from 0). */
export const waitS = (attempt) => Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** attempt);

export const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
export const sha256 = async (data) => hex(await crypto.subtle.digest("SHA-256", data));

/** `1.5 MB` in the page's language. */
export function bytes(count, language) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return new Intl.NumberFormat(language, { style: "unit", unit: units[power], unitDisplay: "narrow", maximumFractionDigits: 1 })
    .format(count / 1000 ** power);
}

/** Resolves after `seconds`, or as soon as the browser is on a network again. */
export function rest(seconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    const hurry = () => { clearTimeout(timer); resolve(); };
    globalThis.addEventListener?.("online", hurry, { once: true });
  });
}

/** Sends one file. `call` is page.js' call; `onProgress(state, offset)` with sending, paused, waiting, done. */
export class Uploader {
  constructor({ call, file, upload, chunk, onProgress, place = "/api/v1/uploads" }) {
    Object.assign(this, { call, file, upload, onProgress });
    this.address = `${place}/${upload.id}`;
    this.chunk = Math.min(chunk, upload.max_hashed_chunk || chunk);
    this.offset = upload.offset;
    this.paused = false;
  }

  pause() {
    this.paused = true;
    this.abort?.abort();
  }

  /** Send until all is there, or until paused. Answers what the interface says at the end, or null when paused. */
  async run() {
    this.paused = false;
    for (let attempt = 0; !this.paused;) {
      try {
        if (attempt) await this.look();
        while (!this.paused) {
          this.onProgress("sending", this.offset);
          const done = await this.sendOne();
          attempt = 0;
          if (done) { this.onProgress("done", this.file.size); return done; }
        }
      } catch (error) {
        if (this.paused) break;
        if (error.status >= 400 && error.status < 500 && !RETRIED.has(error.code) && error.status !== 429) throw error;
        this.onProgress("waiting", this.offset);
        await this.sleep(Math.max(error.retryAfter || 0, waitS(attempt)));
        attempt += 1;
      }
    }
    this.onProgress("paused", this.offset);
    return null;
  }

  async look() {
    const answer = await this.call("HEAD", this.address);
    this.offset = Number(answer.headers.get("Upload-Offset"));
  }

  async sendOne() {
    const piece = await this.file.slice(this.offset, this.offset + this.chunk).arrayBuffer();
    this.abort = new AbortController();
    const answer = await this.call("PATCH", this.address, piece, {
      raw: true,
      signal: this.abort.signal,
      headers: {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(this.offset),
        ...(piece.byteLength ? { "X-Chunk-SHA256": await sha256(piece) } : {}),
      },
    });
    if (answer.status === 202) return answer.json();
    this.offset = Number(answer.headers.get("Upload-Offset"));
    return null;
  }

  sleep(seconds) {
    return rest(seconds);
  }
}

const RETRIED = new Set(["wrong_hash", "offset_conflict", "upload_broken"]);
