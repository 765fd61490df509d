// Beside the conversation: suggestions, planned questions, what was heard, criteria, keywords, notes, a discreet remark.
import { announce, bringInto, clock, find, make, setBar, setup, text } from "./page.js";

export class Panels {
  /** `say(message, done)` sends; `now()` is the session's time in ms; `leads()`: whether this account leads. */
  constructor(journal, { talk, say, now, leads = () => true }) {
    Object.assign(this, { journal, talk, say, now, leads });
    this.shown = new Map(); // what each panel shows, so that nothing is drawn in vain
    this.told = 0;
    this.asked = new Set(); // acted on here, not yet confirmed
    this.over = false;
    find("note-form")?.addEventListener("submit", (event) => { event.preventDefault(); this.addNote(); });
    find("note")?.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.addNote(); }
    });
  }

  render() {
    this.draw("suggestions", this.open().map((s) => s.id).join(), () => this.suggestions());
    const heard = this.journal.standing("question_asked");
    const marks = JSON.stringify([[...this.journal.acts.values()], [...heard], [...this.asked], this.over]);
    this.draw("questions", marks, () => this.questions(setup.questions, heard));
    this.draw("prepared", marks, () => this.questions(setup.prepared, heard));
    const covered = this.journal.standing("criterion_coverage");
    this.draw("covered", JSON.stringify([...covered]), () => this.covered(covered));
    this.draw("gauges", JSON.stringify([...this.journal.scores.values()]), () => this.gauges());
    const found = this.journal.standing("keyword");
    this.draw("keywords", JSON.stringify([...found]), () => this.keywords(found));
    const remarks = [...this.journal.standing("protected_ground").values()];
    this.draw("remarks", JSON.stringify(remarks), () => this.remarks(remarks));
    for (const kind of ["question_coverage", "talk_share", "judge"]) this.line(kind);
    this.draw("notes", String(this.journal.notes.length), () => this.notes());
  }

  draw(id, state, build) {
    const place = find(id);
    if (!place || this.shown.get(id) === state) return;
    this.shown.set(id, state);
    bringInto(place, build());
  }

  /** One calm line that says the latest of a kind, or nothing. */
  line(kind) {
    const place = find(`line-${kind}`);
    const words = this.journal.latest(kind)?.text || "";
    if (!place || place.textContent === words) return;
    place.textContent = words;
    place.hidden = !words;
  }

  // ---------------------------------------------------------------- suggestions and questions

  open() {
    return this.over ? [] : this.journal.open().filter((s) => !this.asked.has(s.id));
  }

  suggestions() {
    const open = this.open();
    find("ask-empty").hidden = open.length > 0;
    if (open.length && !this.known?.has(open[0].id)) announce(text("new_suggestion"));
    this.known = new Set(open.map((s) => s.id));
    return open.map((s, n) => make("li", { data: { key: s.id } },
      ...(s.probe ? [make("p", { className: "about", data: { probe: s.probe } }, this.about(s))] : []),
      make("p", { dir: "auto" }, make("b", {}, s.text)),
      make("p", { className: "why", dir: "auto" }, s.why, " ", ...this.evidence(s.evidence)),
      make("div", { className: "actions" },
        this.button(text("ask_used"), n === 0 ? "Alt+U" : "Alt+I", s.text, () => this.actOn(s, "used")),
        this.button(text("ask_dismiss"), n === 0 ? "Alt+J" : "Alt+K", s.text, () => this.actOn(s, "dismissed")))));
  }

  button(label, keys, about, work) {
    const button = make("button", { type: "button", attrs: { "aria-label": `${label}: ${about}`, ...(keys ? { "aria-keyshortcuts": keys } : {}) } }, label);
    button.addEventListener("click", work);
    return button;
  }

  /** Act on the open suggestion number `n`. */
  act(n, action) {
    const one = this.open()[n];
    if (one) this.actOn(one, action);
  }

  actOn(suggestion, action) {
    this.mark(suggestion.id, action);
    const next = find("suggestions").querySelector("button");
    (next || find("talk")).focus();
  }

  mark(id, action) {
    this.asked.add(id);
    this.say({ type: "question.action", id, action }, (m) => m.type === "question.acted" && m.id === id);
    this.render();
  }

  /** What a probe asks for, and the criterion its answer speaks to. */
  about(suggestion) {
    const criterion = setup.criteria.find((c) => c.id === suggestion.criterion)?.name;
    return [text(`probe.${suggestion.probe}`), criterion].filter(Boolean).join(" · ");
  }

  /** `list`: planned questions. `heard`: those recognised in what the interviewer said. */
  questions(list, heard) {
    return list.map((q) => {
      const act = this.journal.acts.get(q.id);
      const said = heard.get(q.id);
      const away = act?.action === "dismissed" && !said;
      const done = act || said || this.asked.has(q.id);
      const when = said ? clock(this.journal.lines.get(said.evidence[0])?.start_ms ?? 0) : act ? clock(act.at_ms) : "";
      const words = away ? text("put_away_at", { time: when }) : `✓ ${text("asked_at", { time: when })}`;
      const right = when ? [make("p", { className: "why num" }, words)] : this.over || done ? [] : [this.marks(q)];
      const about = q.about ? [make("p", { className: "about" }, q.about)] : [];
      return make("li", { className: done ? "done" : "", data: { key: q.id } }, make("div", {}, ...about, make("p", { dir: "auto" }, q.text)), ...right);
    });
  }

  /** A prepared question may be put away as well, by who leads. */
  marks(q) {
    const away = q.about && this.leads()
      ? [this.button(text("ask_dismiss"), "", q.text, () => this.mark(q.id, "dismissed"))] : [];
    return make("div", { className: "actions" }, this.button(text("mark_asked"), "", q.text, () => this.mark(q.id, "used")), ...away);
  }

  /** `covered`: criterion -> the feedback that says what was heard of it, and what not yet. */
  covered(covered) {
    return setup.covered.map((c) => {
      const told = covered.get(c.id);
      return make("li", { data: { key: c.id } },
        make("div", { className: "line" }, make("span", {}, c.name)),
        make("p", { className: "why", dir: "auto" }, told?.text || text("not_covered"), " ", ...this.evidence((told?.evidence || []).slice(-3))));
    });
  }

  evidence(utts) {
    return utts.slice(0, 3).filter((utt) => this.journal.lines.has(utt)).map((utt) => {
      const time = clock(this.journal.lines.get(utt).start_ms);
      const button = make("button", { type: "button", className: "quiet num", data: { utt }, attrs: { "aria-label": text("evidence_at", { time }) } }, time);
      button.addEventListener("click", () => this.talk.point(utt));
      return button;
    });
  }

  // ---------------------------------------------------------------- criteria

  gauges() {
    return setup.criteria.map((criterion) => {
      const score = this.journal.scores.get(criterion.id);
      const weight = (score?.weight || criterion.points).toFixed(0);
      const id = `g-${criterion.id}`;
      if (!score || score.value == null) {
        return make("li", { data: { key: id } },
          make("div", { className: "line" }, make("span", { id }, criterion.name), make("span", { className: "muted" }, score ? text("insufficient") : text("no_value"))),
          make("div", { className: "none", attrs: { "aria-hidden": "true" } }),
          ...(score?.insufficient ? [make("p", { className: "why", dir: "auto" }, score.insufficient)] : []));
      }
      const points = (score.points ?? score.value * score.weight).toFixed(1);
      const words = text("points", { points, weight });
      const meter = make("span", { className: "bar", attrs: { role: "meter", "aria-labelledby": id, "aria-valuemin": 0, "aria-valuemax": 100 } }, make("i"));
      setBar(meter, score.value, words);
      return make("li", { data: { key: id } },
        make("div", { className: "line" }, make("span", { id }, criterion.name), make("span", { className: "num" }, words)),
        meter, make("p", { className: "why" }, ...this.evidence(score.evidence.slice(-3))));
    });
  }

  // ---------------------------------------------------------------- keywords

  /** `found`: term -> the feedback that names the utterances using it. */
  keywords(found) {
    return setup.keywords.map((term) => {
      const utts = found.get(term)?.evidence || [];
      if (!utts.length) return make("li", { data: { key: term } }, make("span", { attrs: { "aria-label": text("keyword_missing", { term }), role: "img" } }, term));
      const chip = make("button", { type: "button", attrs: { "aria-label": text("keyword_found", { term, count: utts.length }) } }, utts.length > 1 ? `${term} ${utts.length}` : term);
      let next = 0;
      chip.addEventListener("click", () => {
        const now = this.journal.standing("keyword").get(term)?.evidence || utts;
        this.talk.point(now[next % now.length]);
        next += 1;
      });
      return make("li", { data: { key: term } }, chip);
    });
  }

  // ---------------------------------------------------------------- notes and remarks

  addNote() {
    const field = find("note");
    const words = field.value.trim();
    if (!words) return;
    const at = Math.round(this.now());
    this.say({ type: "note", text: words, at_ms: at }, (m) => m.type === "note.taken" && m.at_ms === at);
    field.value = "";
    field.focus();
  }

  notes() {
    return this.journal.notes.map((note, n) => make("li", { data: { key: n } },
      make("span", { className: "num muted", attrs: { "aria-label": text("note_at", { time: clock(note.at_ms) }) } }, clock(note.at_ms)), " ",
      make("span", { dir: "auto" }, note.text)));
  }

  remarks(remarks) {
    find("remark").hidden = remarks.length === 0;
    return remarks.map((one, n) => make("li", { dir: "auto", data: { key: n } }, one.text, " ", ...this.evidence(one.evidence)));
  }

  // ---------------------------------------------------------------- the end

  /** Nothing more can be said or marked. */
  freeze() {
    this.over = true;
    const form = find("note-form");
    form.hidden = true;
    this.render();
  }

  /** The live card as a table. */
  card(card) {
    if (!card) return [];
    const names = Object.fromEntries(setup.criteria.map((c) => [c.id, c.name]));
    const rows = card.criteria.filter((c) => c.status !== "disabled").map((c) => make("tr", {},
      make("th", { scope: "row" }, names[c.criterion] || c.criterion),
      make("td", { className: "num" }, c.status === "scored"
        ? `${text("level", { level: `${c.level.toFixed(1)}${c.sem ? ` ± ${(c.sem * 4).toFixed(1)}` : ""}` })}`
        : c.reason?.text[document.documentElement.lang] || text("insufficient"))));
    const total = card.total == null ? text("no_total") : `${card.total.toFixed(1)}${card.total_sem == null ? "" : ` ± ${card.total_sem.toFixed(1)}`}`;
    rows.push(make("tr", { className: "sum" }, make("th", { scope: "row" }, text("total")), make("td", { className: "num" }, total)));
    return [make("table", { className: "list" }, make("tbody", {}, ...rows))];
  }
}
