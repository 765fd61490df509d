// Recordings on an interview's clock: each with `start_s` and `duration_s`, in seconds or null.
/** The recording in which `seconds` lies: the chosen one if it does, else the first, else the last that began before. */
export function holding(recordings, chosen, seconds) {
  const holds = (one) => seconds >= (one.start_s ?? 0) && seconds < (one.start_s ?? 0) + (one.duration_s ?? Infinity);
  if (recordings[chosen] && holds(recordings[chosen])) return chosen;
  const inside = recordings.findIndex(holds);
  if (inside >= 0) return inside;
  return Math.max(0, recordings.findLastIndex((one) => (one.start_s ?? 0) <= seconds));
}
