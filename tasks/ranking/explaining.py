"""Why one candidate stands above another in the ranking that is served."""

from __future__ import annotations

import hashlib

import msgspec

from include.interview.ranking.comparing import Difference, criterion_parts, differences, ranked, stage_parts
from include.interview.ranking.records import Snapshot, SnapshotInput, StageScore
from include.interview.records import Record, Scorecard, Stage
from include.storage import Stores


class Comparison(Record, frozen=True):
    """`first` against `second`, in points of the composite: positive where `first` is above.

    `stages` sum to `difference`, whose standard error is `sem`. `criteria` are told for the stages in which both cards
    still are those of the snapshot; `changed_since` names the others.
    """

    first: str
    second: str
    difference: float
    sem: float
    stages: tuple[Difference, ...]
    criteria: tuple[Difference, ...]
    changed_since: tuple[Stage, ...]


def compare(stores: Stores, snapshot: Snapshot, first: str, second: str) -> Comparison:
    """The table of differences between two candidates of the snapshot, per stage and criterion, with errors.

    Raises:
        NotFound: one of the two is not ranked in it.
    """
    places = [ranked(snapshot.ranking, identity) for identity in (first, second)]
    inputs = [{one.stage: one for one in snapshot.inputs if one.application_id == who} for who in (first, second)]
    cards = stores.scorecards.some([one.card_id for side in inputs for one in side.values()])
    parts = [
        stage_parts({stage: StageScore(one.total, one.sem) for stage, one in side.items()}, snapshot.weights)
        for side in inputs
    ]
    same = [stage for stage in snapshot.weights if all(_unchanged(cards, side[stage]) for side in inputs)]
    lines = [
        criterion_parts({stage: cards[side[stage].card_id].criteria for stage in same}, snapshot.weights)
        for side in inputs
    ]
    stores.record("ranking.compared", f"opening:{snapshot.opening_id}", {"applications": sorted((first, second))})
    return Comparison(
        first=first,
        second=second,
        difference=places[0].composite - places[1].composite,
        sem=(places[0].sem ** 2 + places[1].sem ** 2) ** 0.5,
        stages=differences(*parts),
        criteria=differences(*lines),
        changed_since=tuple(stage for stage in snapshot.weights if stage not in same),
    )


def _unchanged(cards: dict[str, Scorecard], one: SnapshotInput) -> bool:
    card = cards.get(one.card_id)
    return card is not None and hashlib.sha256(msgspec.json.encode(card)).hexdigest() == one.sha256
