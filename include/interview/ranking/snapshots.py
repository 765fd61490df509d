"""Snapshots: the hash of what one rests on, and what changed from one to the next, with the cause."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from include.interview.ranking.records import (
    Apart,
    Applicant,
    Change,
    ChangeCause,
    Entrant,
    Rules,
    Snapshot,
    SnapshotInput,
)
from include.interview.records import Stage

Place = tuple[str, Stage]


def inputs_of(
    applicants: Iterable[Applicant], entrants: Sequence[Entrant], weights: Mapping[Stage, float]
) -> tuple[SnapshotInput, ...]:
    """The cards that the entrants' scores are from, by application and stage."""
    entered = {entrant.id for entrant in entrants}
    cards = sorted(
        (card for a in applicants if a.application_id in entered for card in a.cards if card.stage in weights),
        key=lambda card: (card.application_id, card.stage),
    )
    return tuple(
        SnapshotInput(c.application_id, c.stage, c.card_id, c.sha256, c.total or 0.0, c.sem or 0.0, c.pipeline_version)
        for c in cards
    )


def inputs_hash(
    version: str,
    rules: Rules | None,
    weights: Mapping[Stage, float],
    k: int,
    inputs: Sequence[SnapshotInput],
    apart: Sequence[Apart],
) -> str:
    """SHA-256 of all that a snapshot rests on, and of who is apart: equal hashes, equal snapshots but for the time.

    The rules' pipeline versions are those of the inputs, which name them card by card.
    """
    named = None if rules is None else (rules.profile, sorted(rules.rubric_versions.items()))
    whole = (version, named, list(weights.items()), k, inputs, apart)
    return hashlib.sha256(msgspec.msgpack.encode(whole)).hexdigest()


def changes(before: Snapshot, after: Snapshot, among: Collection[str] | None = None) -> tuple[Change, ...]:
    """Everybody whose numbers differ between two snapshots of one opening, in the order of `after`, then who left.

    Args:
        among: only these of the ranked are compared, and who left is not told; None: everybody.
    """
    was = {one.id: one for one in before.ranking.candidates}
    now = {one.id: one for one in after.ranking.candidates}
    old_cards, new_cards = _cards(before, among), _cards(after, among)
    reweighted = before.weights != after.weights or before.k != after.k
    found = [
        Change(identity, _cause(identity, identity in was, old_cards, new_cards, reweighted), was.get(identity), one)
        for identity, one in now.items()
        if (among is None or identity in among) and was.get(identity) != one
    ]
    if among is not None:
        return tuple(found)
    left = [Change(identity, "left", one, None) for identity, one in was.items() if identity not in now]
    return (*found, *left)


def _cards(snapshot: Snapshot, among: Collection[str] | None) -> dict[str, dict[Stage, SnapshotInput]]:
    found: dict[str, dict[Stage, SnapshotInput]] = {}
    for one in snapshot.inputs:
        if among is None or one.application_id in among:
            found.setdefault(one.application_id, {})[one.stage] = one
    return found


def _cause(
    identity: str,
    was_ranked: bool,
    old: Mapping[str, Mapping[Stage, SnapshotInput]],
    new: Mapping[str, Mapping[Stage, SnapshotInput]],
    reweighted: bool,
) -> ChangeCause:
    """The nearest cause: the candidate's own cards, then the weights, then what happened to others."""
    if not was_ranked:
        return "entered"
    before, after = old.get(identity, {}), new.get(identity, {})
    differing = [stage for stage in after if before.get(stage) != after[stage]]
    if any(stage not in before or before[stage].card_id != after[stage].card_id for stage in differing):
        same_pipeline = all(
            stage in before and before[stage].pipeline_version == after[stage].pipeline_version for stage in differing
        )
        return "new_card" if same_pipeline else "rescored"
    if differing:
        return "rescored"
    return "weights" if reweighted else "others"
