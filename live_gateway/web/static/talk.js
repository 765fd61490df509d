// The conversation in writing: one row per utterance, changed in place, following the latest unless the reader looks back.
import { clock, find, make, text } from "./page.js";

const NEAR_PX = 60;

/** The name of whoever is labelled so. */
export function nameOf({ speaker, role }) {
  if (role && role !== "unknown") return text(`role.${role}`);
  const number = /^S(\d+)$/.exec(speaker || "")?.[1];
  return number ? text("speaker", { n: number }) : text("role.unknown");
}

export class Talk {
  /** `onWho(line, button)` opens the correction of a speaker; without it names are plain. */
  constructor(journal, { onWho = null } = {}) {
    this.journal = journal;
    this.onWho = onWho;
    this.box = find("talk");
    this.list = find("lines");
    this.rows = new Map(); // utt -> {row, shown}
    this.following = true;
    this.gaps = 0;
    this.box.addEventListener("scroll", () => {
      this.following = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_PX;
      this.showLatest();
    }, { passive: true });
    this.latest = find("latest");
    this.latest?.addEventListener("click", () => this.toLatest());
  }

  showLatest() {
    if (this.latest) this.latest.hidden = this.following;
  }

  toLatest() {
    this.following = true;
    this.box.scrollTop = this.box.scrollHeight;
    this.showLatest();
  }

  /** Bring the rows in line with the journal. */
  render() {
    const lines = this.journal.ordered();
    find("talk-empty").hidden = lines.length > 0;
    const kept = new Set(lines.map((line) => line.utt));
    for (const [utt, { row }] of this.rows) {
      if (!kept.has(utt)) { row.remove(); this.rows.delete(utt); }
    }
    let before = null;
    for (const line of lines) {
      const row = this.rowOf(line);
      const right = before ? before.nextElementSibling : this.list.firstElementChild;
      if (row !== right && !this.inPlace(row, before)) this.list.insertBefore(row, right);
      before = row;
    }
    this.renderGaps();
    if (this.following) this.box.scrollTop = this.box.scrollHeight;
  }

  inPlace(row, before) {
    let previous = row.previousElementSibling;
    while (previous?.classList.contains("gap")) previous = previous.previousElementSibling;
    return row.parentElement === this.list && previous === before;
  }

  rowOf(line) {
    const known = this.rows.get(line.utt);
    const said = line.partial ? `${line.stable} ${line.unstable}` : line.text;
    const shown = [line.partial ? "p" : "f", line.speaker, line.role, said, line.corrected].join("\n");
    if (known?.shown === shown) return known.row;
    const row = known?.row || make("li", { id: `u-${line.utt}`, tabIndex: -1 });
    this.fill(row, line);
    this.rows.set(line.utt, { row, shown });
    return row;
  }

  fill(row, line) {
    const role = line.partial ? roleOfPartial(line) : line.role;
    row.className = `r-${role}${line.partial ? " partial" : ""}`;
    const name = nameOf({ speaker: line.speaker, role });
    const said = line.partial
      ? [make("span", {}, line.stable, line.stable && line.unstable ? " " : ""), make("span", { className: "unstable" }, line.unstable)]
      : [line.text];
    const focused = row.contains(document.activeElement) && document.activeElement.classList.contains("who");
    row.replaceChildren(
      make("time", { className: "when num" }, clock(line.start_ms)),
      this.who(line, name),
      make("span", { className: "said", dir: "auto", lang: line.language || "" }, ...said),
    );
    if (focused) row.querySelector("button.who")?.focus();
  }

  who(line, name) {
    if (!this.onWho || line.partial) return make("span", { className: "who" }, name);
    const button = make("button", { className: "who", type: "button", attrs: { "aria-label": text("change_speaker", { name }), "aria-haspopup": "dialog" } }, name);
    button.addEventListener("click", () => this.onWho(this.journal.lines.get(line.utt), button));
    return button;
  }

  renderGaps() {
    for (const gap of this.journal.gaps.slice(this.gaps)) {
      const seconds = ((gap.to - gap.from) / 16000).toFixed(1);
      this.list.append(make("li", { className: "gap" }, text("gap", { seconds })));
    }
    this.gaps = this.journal.gaps.length;
  }

  /** Go to an utterance and mark it until something else is chosen. */
  point(utt) {
    const row = this.rows.get(utt)?.row;
    if (!row) return;
    for (const one of this.list.querySelectorAll(".pointed")) one.classList.remove("pointed");
    row.classList.add("pointed");
    this.following = false;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
    this.showLatest();
  }

  clear() {
    this.rows.clear();
    this.gaps = 0;
    this.list.replaceChildren();
  }
}

const roleOfPartial = ({ speaker }) => (speaker === "interviewer" || speaker === "candidate" ? speaker : "unknown");
