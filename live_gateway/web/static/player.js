// Plays an interview's recordings from the second of a quote. Recordings lie on the interview's clock: end to end, or, of
// a live interview, beside each other; then the one that was chosen plays.
import { count } from "./opened.js";
import { announce, call, clock, sentence, tell, text } from "./page.js";
import { holding } from "./recordings.js";

const MOST_BETWEEN_S = 5; // between two updates; more is a jump

class Player {
  constructor(place) {
    this.place = place;
    this.recordings = JSON.parse(place.dataset.recordings);
    this.media = place.querySelector("video, audio");
    this.which = place.querySelector("select");
    this.state = place.querySelector(".said-where");
    this.message = place.querySelector(".message");
    this.dock = place.querySelector(".dock");
    this.close = place.querySelector("[data-undock]");
    this.current = 0;
    this.which?.addEventListener("change", () => this.change(Number(this.which.value)));
    this.close.addEventListener("click", () => this.undock());
    this.played = 0;
    this.media.addEventListener("timeupdate", () => this.listened());
    this.media.addEventListener("error", () => this.explain());
    this.media.addEventListener("playing", () => tell(this.message, ""));
  }

  /** Where the player stands on the interview's clock, in seconds. */
  now() {
    return (this.recordings[this.current].start_s ?? 0) + this.media.currentTime;
  }

  /** What was played counts as opened, second by second, whatever its speed. */
  listened() {
    const at = this.media.currentTime;
    const since = at - this.played;
    if (since >= 0 && since < 1) return;
    if (since > 0 && since < MOST_BETWEEN_S && !this.media.seeking) count("recording", this.place.dataset.subject, since);
    this.played = at;
  }

  take(index) {
    if (index === this.current) return;
    this.current = index;
    this.media.src = this.recordings[index].src;
    if (this.which) this.which.value = String(index);
  }

  /** Another recording, at the same moment of the interview. */
  async change(index) {
    const at = this.now();
    const went = !this.media.paused;
    this.take(index);
    if (this.state.textContent) this.say(at);
    await this.seek(at);
    if (went) await this.media.play().catch(() => {});
  }

  say(seconds) {
    const words = text("player_from", { time: clock(seconds * 1000), recording: this.recordings[this.current].label });
    this.state.textContent = words;
    announce(words);
  }

  async seek(seconds) {
    if (this.media.readyState < HTMLMediaElement.HAVE_METADATA) {
      const known = new Promise((resolve) => {
        for (const name of ["loadedmetadata", "error"]) this.media.addEventListener(name, resolve, { once: true });
      });
      this.media.preload = "metadata";
      this.media.load();
      await known;
    }
    this.media.currentTime = Math.max(0, seconds - (this.recordings[this.current].start_s ?? 0));
  }

  async play(seconds) {
    tell(this.message, "");
    this.take(holding(this.recordings, this.current, seconds));
    this.dock.dataset.on = "yes";
    this.close.hidden = false;
    this.say(seconds);
    await this.seek(seconds);
    await this.media.play().catch(() => {}); // refused by the browser: the controls are there, errors explain themselves
  }

  undock() {
    this.media.pause();
    delete this.dock.dataset.on;
    this.close.hidden = true;
    this.state.textContent = "";
    this.media.focus();
  }

  /** Why it does not play: what the interface refused, or a format that this browser does not know. */
  async explain() {
    try {
      const answer = await call("HEAD", this.media.currentSrc);
      tell(this.message, text("player_format", { kind: answer.headers.get("Content-Type") }));
    } catch (error) {
      tell(this.message, sentence(error));
    }
  }
}

const players = new Map([...document.querySelectorAll("[data-recordings]")].map((place) => [place.id, new Player(place)]));
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-play]");
  if (!button) return;
  const chosen = players.get(button.dataset.player);
  for (const one of players.values()) if (one !== chosen) one.media.pause();
  chosen?.play(Number(button.dataset.play));
});
