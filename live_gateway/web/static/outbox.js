// Answers of an invitation on their way: one after the other, in the background, going on after every break.
import { rest, Uploader, waitS } from "./upload.js";

export const PLACE = "/api/v1/invitation";

/** `onChange(id, state, offset, size)` with waiting, sending, sent, refused (then with the error). */
export class Outbox {
  constructor({ call, chunk, onChange, sleep = rest }) {
    Object.assign(this, { call, chunk, onChange, sleep });
    this.line = Promise.resolve();
    this.waiting = 0;
  }

  /** Send `file` as the recording of attempt `id`; resolves to true once it arrived whole, false when it was refused. */
  send(id, file) {
    this.waiting += 1;
    this.onChange(id, "waiting", 0, file.size);
    const sent = this.line.then(() => this.one(id, file)).finally(() => { this.waiting -= 1; });
    this.line = sent;
    return sent;
  }

  async one(id, file) {
    try {
      const upload = await this.begin(id, file);
      if (upload.offset < upload.size) {
        const onProgress = (state, offset) => this.onChange(id, state === "waiting" ? "waiting" : "sending", offset, file.size);
        await new Uploader({ call: this.call, file, upload, chunk: this.chunk, onProgress, place: `${PLACE}/uploads` }).run();
      }
      this.onChange(id, "sent", file.size, file.size);
      return true;
    } catch (error) {
      this.onChange(id, "refused", 0, file.size, error);
      return false;
    }
  }

  async begin(id, file) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.call("POST", `${PLACE}/answers/${id}/upload`, { size: file.size });
      } catch (error) {
        if (error.status >= 400 && error.status < 500 && error.status !== 429) throw error;
        this.onChange(id, "waiting", 0, file.size);
        await this.sleep(Math.max(error.retryAfter || 0, waitS(attempt)));
      }
    }
  }
}
