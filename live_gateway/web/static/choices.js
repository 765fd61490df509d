// What forms keep of what was chosen when the possible choices change; no page is touched here.

/** `chosen` while it is among `codes`, else `fallback`. */
export const keptChoice = (codes, chosen, fallback) => (codes.includes(chosen) ? chosen : fallback);

/** Those of `own` that no list of `others` names. */
export function unshared(own, others) {
  const named = new Set(others.flat());
  return own.filter((one) => !named.has(one));
}

/** Those of `ids` that one of `rows` (`{id}`) still has, in their order. */
export function remaining(ids, rows) {
  const known = new Set(rows.map((row) => row.id).filter(Boolean));
  return ids.filter((id) => known.has(id));
}

/** Whether the answers to question `q` are read for the criterion `id`. */
const feeds = (q, id) => (q.criteria || []).includes(id) || (id === "emotion" && Boolean(q.challenge));

/** The criteria (`{id, name, needed}`) that some question feeds, but fewer than `needed`; each with `found`. */
export function thin(questions, criteria) {
  return criteria
    .map((one) => ({ ...one, found: questions.filter((q) => feeds(q, one.id)).length }))
    .filter((one) => one.found > 0 && one.found < one.needed);
}
