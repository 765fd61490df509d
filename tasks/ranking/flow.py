"""Ranks openings: gather, stage rows, gate on inputs, rank, gate on outputs, swap in.

A failed gate leaves the last snapshot served. Openings are ranked in batches, so that the libraries are loaded and the
database is asked once for many; when a gate stops a batch, each of its openings is looked at alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, TypeVar

import msgspec

from include.interview.errors import BadInput, NotFound
from include.interview.ranking.records import GateResult, Method, Ranking, Snapshot
from include.interview.ranking.snapshots import inputs_hash
from include.interview.records import Opening, Record
from include.storage import Stores
from include.storage.repositories.rankings import Offer, RankingState
from tasks.ranking.staging import Before, Staged, input_columns, output_columns, stage_rows

BATCH_CARDS = 60_000
"""Cards ranked together: about 150 MiB at the most."""
ATTEMPTS = 3
"""How often an opening is ranked anew when its inputs change meanwhile, before it is left to the next run."""
log = logging.getLogger(__name__)

T = TypeVar("T")
Result = Literal["swapped", "unchanged", "changed_meanwhile", "stopped", "deleted"]


class Outcome(Record, frozen=True):
    """What a run did with an opening. `failures`: expectation -> rows, when a gate stopped it."""

    opening_id: str
    result: Result
    failures: dict[str, int] = msgspec.field(default_factory=dict)


def changed_openings(stores: Stores) -> tuple[tuple[str, ...], ...]:
    """Openings whose cards, applicants, weights or method changed, or that a gate stopped last time, in batches."""
    stamps, states = stores.ranking_inputs.stamps(), stores.rankings.states()
    openings = {opening.id: opening for opening in stores.openings.list()}
    changed = [
        (opening, counted.cards)
        for opening, counted in sorted(stamps.items())
        if opening in openings and _due(states.get(opening), full_stamp(openings[opening], counted.text))
    ]
    return _batched(changed)


def night_batches(stores: Stores) -> tuple[tuple[str, ...], ...]:
    """`changed_openings`, or one empty batch when none changed.

    So that who follows on rankings is told every night: what stands beside one in its report may have changed.
    """
    return changed_openings(stores) or ((),)


def _due(state: RankingState | None, stamp: str) -> bool:
    """Never ranked, stopped by a gate last time, or changed since."""
    return state is None or bool(state.failures) or state.stamp != stamp


def _batched(openings: Iterable[tuple[str, int]]) -> tuple[tuple[str, ...], ...]:
    batches: list[list[str]] = []
    size = BATCH_CARDS
    for opening, cards in openings:
        if size + cards > BATCH_CARDS:
            batches.append([])
            size = 0
        batches[-1].append(opening)
        size += cards
    return tuple(tuple(batch) for batch in batches)


def full_stamp(opening: Opening, stamp: str) -> str:
    """The stamp of an opening's stored inputs with what else decides about its ranking."""
    from include.statistics.ranking import METHOD_VERSION

    weights = ",".join(f"{stage}:{weight:g}" for stage, weight in sorted(opening.stage_weights.items()))
    return f"{stamp}#{weights}#{opening.places}#{METHOD_VERSION}"


def rank_openings(stores: Stores, opening_ids: Sequence[str]) -> tuple[Outcome, ...]:
    """Rank the openings and serve the new snapshots; one outcome per opening.

    Raises:
        NotFound: none of the openings exists.
        ServiceFailure: database or gate cannot be used; what was served stays served.
    """
    waiting, outcomes = list(dict.fromkeys(opening_ids)), dict[str, Outcome]()
    for _ in range(ATTEMPTS):
        if not waiting:
            break
        for outcome in _rank_once(stores, waiting):
            outcomes[outcome.opening_id] = outcome
        waiting = [one for one in waiting if outcomes[one].result == "changed_meanwhile"]
    for outcome in outcomes.values():
        if outcome.failures:
            log.warning("RANKING STOPPED opening=%s expectations=%s", outcome.opening_id, outcome.failures)
    return tuple(outcomes.values())


def _rank_once(stores: Stores, opening_ids: Sequence[str]) -> list[Outcome]:
    staged, outcomes = gather(stores, opening_ids)
    passed, stopped = gate_inputs(staged)
    made = [(one, rank_staged(one, result.warning)) for one, result in passed]
    good, stopped_after = gate_outputs(made)
    for one, result in (*stopped, *stopped_after):
        stores.rankings.failed(one.opening.id, full_stamp(one.opening, one.stamp), result.critical)
        outcomes.append(Outcome(one.opening.id, "stopped", result.critical))
    offers = [Offer(snapshot, one.stamp, full_stamp(one.opening, one.stamp)) for one, snapshot in good]
    if offers:
        outcomes += [Outcome(opening, result) for opening, result in stores.rankings.swap(offers).items()]
    return outcomes


def gather(stores: Stores, opening_ids: Sequence[str]) -> tuple[list[Staged], list[Outcome]]:
    """The openings with their applicants; an opening whose weights cannot be used is stopped at once.

    One that was deleted since the night's openings were listed does not hold up the others of its batch.

    Raises:
        NotFound: none of the openings exists.
    """
    openings = stores.openings.some(opening_ids)
    if opening_ids and not openings:
        raise NotFound(f"There is no opening {opening_ids[0]!r}.", "See ./triview openings list.")
    gathered = stores.ranking_inputs.gather(opening_ids)
    before = stores.rankings.served_sizes(opening_ids)
    staged, outcomes = [], [Outcome(identity, "deleted") for identity in opening_ids if identity not in openings]
    for identity in openings:
        stamp, applicants = gathered.get(identity, ("", ()))
        try:
            staged.append(stage_rows(openings[identity], stamp, applicants, Before(*before.get(identity, (0, "")))))
        except BadInput as error:
            failures = {error.code: 1}
            stores.rankings.failed(identity, full_stamp(openings[identity], stamp), failures)
            outcomes.append(Outcome(identity, "stopped", failures))
    return staged, outcomes


def gate_inputs(
    staged: Sequence[Staged],
) -> tuple[list[tuple[Staged, GateResult]], list[tuple[Staged, GateResult]]]:
    """(passed, stopped) openings at the gate before ranking, each with what the gate found about it."""
    from include.validation.rankings import check_inputs

    moment = datetime.now(UTC).isoformat()
    found = _found_about(staged, lambda some: check_inputs(*input_columns(some, moment)))
    return [pair for pair in found if not pair[1].stops], [pair for pair in found if pair[1].stops]


def _found_about(items: Sequence[T], check: Callable[[Sequence[T]], GateResult]) -> list[tuple[T, GateResult]]:
    """What the gate finds about each item: halves are checked until nothing is found, or one item is left."""
    result = check(items)
    if len(items) <= 1 or not (result.critical or result.warning):
        return [(item, result) for item in items]
    middle = len(items) // 2
    return [*_found_about(items[:middle], check), *_found_about(items[middle:], check)]


def rank_staged(staged: Staged, warnings: Mapping[str, int] | None = None, method: Method | None = None) -> Snapshot:
    """The snapshot of a staged opening; the same inputs give the same snapshot but for its time."""
    from include.statistics.ranking import METHOD_VERSION, rank

    ranking: Ranking = rank(staged.entrants, staged.weights, staged.opening.places, method)
    inputs = staged.inputs
    return Snapshot(
        opening_id=staged.opening.id,
        taken_at=datetime.now(UTC).isoformat(),
        version=METHOD_VERSION,
        rules=staged.rules,
        weights=staged.weights,
        k=ranking.k,
        inputs=inputs,
        inputs_sha256=inputs_hash(METHOD_VERSION, staged.rules, staged.weights, ranking.k, inputs, staged.apart),
        ranking=ranking,
        apart=staged.apart,
        warnings=dict(warnings or {}),
    )


def gate_outputs(
    made: Sequence[tuple[Staged, Snapshot]],
) -> tuple[list[tuple[Staged, Snapshot]], list[tuple[Staged, GateResult]]]:
    """(good, stopped) at the gate after ranking."""
    from include.validation.rankings import check_outputs

    found = _found_about(made, lambda some: check_outputs(*output_columns(some)))
    good = [pair for pair, result in found if not result.stops]
    return good, [(one, result) for (one, _), result in found if result.stops]
