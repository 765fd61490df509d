// Recordings kept in this browser until they arrived whole: a closed tab, a flat battery or a lost line loses none.

const VERSION = 1;
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The recordings of one invitation. `answers`: {id, question, type, whole}; their pieces are Blobs in order. */
export class Kept {
  /** Opens the browser's store for `invitation`; throws where the browser has none (a private window, for one). */
  static async open(invitation) {
    const request = indexedDB.open(`triview-${invitation}`, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("answers", { keyPath: "id" });
      request.result.createObjectStore("pieces", { keyPath: ["answer", "n"] });
    };
    return new Kept(await done(request));
  }

  constructor(database) {
    this.database = database;
  }

  async put(store, value) {
    const work = this.database.transaction(store, "readwrite");
    await done(work.objectStore(store).put(value));
  }

  /** Note an answer; `whole` once nothing more is recorded of it. */
  note(answer) {
    return this.put("answers", answer);
  }

  add(answer, n, piece) {
    return this.put("pieces", { answer, n, piece });
  }

  all() {
    return done(this.database.transaction("answers").objectStore("answers").getAll());
  }

  range(answer) {
    return IDBKeyRange.bound([answer, 0], [answer, Infinity]);
  }

  /** What is kept of an answer as one Blob; its size may be 0. */
  async recording({ id, type }) {
    const found = await done(this.database.transaction("pieces").objectStore("pieces").getAll(this.range(id)));
    return new Blob(found.map((one) => one.piece), { type });
  }

  async forget(id) {
    const work = this.database.transaction(["answers", "pieces"], "readwrite");
    work.objectStore("answers").delete(id);
    await done(work.objectStore("pieces").delete(this.range(id)));
  }
}
