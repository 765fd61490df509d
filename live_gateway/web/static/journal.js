// What a role knows of a session: built from the server's messages, the same after a resume or a snapshot.

export class Journal {
  constructor() {
    this.epoch = null;
    this.lastSeq = 0;
    this.clear();
  }

  clear() {
    this.lines = new Map(); // utt -> {utt, text, speaker, role, start_ms, end_ms, corrected}
    this.partials = new Map(); // utt -> partial
    this.gaps = [];
    this.scores = new Map(); // criterion -> score.update
    this.suggestions = new Map(); // id -> question.suggested
    this.acts = new Map(); // id -> question.acted
    this.notes = [];
    this.feedback = []; // in order
    this.result = null;
    this.ended = null;
  }

  /** Where to go on after a break; null before the first `ready`. */
  resume() {
    return this.epoch ? { epoch: this.epoch, last_seq: this.lastSeq } : null;
  }

  /** Take a message in; answers whether it brought something new. */
  take(message) {
    if (message.type === "ready") {
      const fresh = this.epoch !== message.epoch;
      this.epoch = message.epoch;
      if (fresh && !message.recovered) this.lastSeq = 0;
      return true;
    }
    if (message.type === "snapshot") {
      this.clear();
      this.lastSeq = 0;
      for (const event of message.events) this.take(event);
      return true;
    }
    if (typeof message.seq === "number") {
      if (message.seq <= this.lastSeq) return false;
      this.lastSeq = message.seq;
    }
    return TAKE[message.type]?.(this, message) ?? true;
  }

  /** Utterances and gaps in the order of their time, partials last where they belong. */
  ordered() {
    const partials = [...this.partials.values()].filter((p) => !this.lines.has(p.utt)).map((p) => ({ ...p, partial: true }));
    return [...this.lines.values(), ...partials].sort((a, b) => a.start_ms - b.start_ms || (a.utt < b.utt ? -1 : 1));
  }

  /** At most two suggestions nobody has acted on, newest first. */
  open() {
    return [...this.suggestions.values()].filter((s) => !this.acts.has(s.id)).reverse().slice(0, 2);
  }

  /** Latest feedback of a kind; null before the first. */
  latest(kind) {
    return this.feedback.findLast((f) => f.kind === kind) || null;
  }

  /** Of a kind that speaks of several things: value -> its latest feedback, as long as it rests on something. */
  standing(kind) {
    const found = new Map();
    for (const one of this.feedback) if (one.kind === kind) found.set(String(one.value), one);
    return new Map([...found].filter(([, one]) => one.evidence.length));
  }
}

const TAKE = {
  "transcript.partial": (j, m) => {
    const before = j.partials.get(m.utt);
    if (j.lines.has(m.utt) || (before && before.rev >= m.rev)) return false;
    j.partials.set(m.utt, m);
  },
  "transcript.final": (j, m) => { j.partials.delete(m.utt); j.lines.set(m.utt, { ...m, corrected: false }); },
  "speaker.update": (j, m) => {
    for (const utt of m.utts) {
      const line = j.lines.get(utt);
      if (line) Object.assign(line, { speaker: m.speaker, role: m.role, corrected: m.cause === "correction" });
    }
  },
  "transcript.retracted": (j, m) => { for (const utt of m.utts) j.lines.delete(utt); },
  "speech.discarded": (j, m) => { j.partials.delete(m.utt); },
  "speech.end": (j, m) => { j.endedSpeech = m.utt; },
  "audio.gap": (j, m) => { j.gaps.push(m); },
  "feedback": (j, m) => { j.feedback.push(m); },
  "question.suggested": (j, m) => { j.suggestions.delete(m.id); j.suggestions.set(m.id, m); },
  "question.acted": (j, m) => { j.acts.set(m.id, m); },
  "note.taken": (j, m) => { j.notes.push(m); },
  "score.update": (j, m) => { j.scores.set(m.criterion, m); },
  "result": (j, m) => { j.result = m; },
  "session.ended": (j, m) => { j.ended = m; j.partials.clear(); },
};
for (const [type, take] of Object.entries(TAKE)) {
  TAKE[type] = (j, m) => take(j, m) ?? true;
}
