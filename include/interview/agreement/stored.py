"""Stored ratings of an opening as rating rows, and its queue of divergences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Literal

from include.interview.agreement.records import MACHINE, Divergence, RatedLevel
from include.interview.agreement.rules import divergences
from include.interview.records import Record, Scorecard, Stage


class StoredLevel(Record, frozen=True):
    """The level, 1 to 5, that the account `rater_id` gave on one criterion of one interview."""

    interview_id: str
    application_id: str
    stage: Stage
    rater_id: str
    criterion: str
    level: int


class Settlement(Record, frozen=True):
    """That a person looked at a divergence and settled it: who (as in the audit trail), why, and when (UTC, ISO 8601).

    It changes no level and no score.
    """

    actor: str
    reason: str
    settled_at: str


class QueueEntry(Record, frozen=True):
    """One criterion of an interview at which a person must look, because two raters are far apart.

    `id` is a hash of the two levels and whose they are: when a card is scored anew and its level changes, the entry is
    another one, which nobody has settled yet.

    `kind`: "raters" are two people 2 or more levels apart, "machine" a person and the program 1.5 or more; the program
    is called "machine". `levels` are theirs, in the order of `raters`.
    """

    id: str
    interview_id: str
    application_id: str
    stage: Stage
    criterion: str
    kind: Literal["raters", "machine"]
    raters: tuple[str, str]
    levels: tuple[float, float]
    difference: float
    settled: Settlement | None = None


def rated_levels(stored: Iterable[StoredLevel], cards: Mapping[str, Scorecard]) -> tuple[RatedLevel, ...]:
    """People's levels, and beside them the program's of the same criteria.

    What is rated is an interview: its id stands as the row's candidate, and criteria are named "stage/criterion".

    Args:
        stored: what people gave.
        cards: interview -> its card, of interviews whose card may be shown. Criteria nobody rated are left out.
    """
    people = tuple(stored)
    rated = {(one.interview_id, one.criterion) for one in people}
    rows = [
        RatedLevel(one.interview_id, one.rater_id, _criterion(one.stage, one.criterion), one.level) for one in people
    ]
    for interview, card in cards.items():
        rows += [
            RatedLevel(interview, MACHINE, _criterion(card.stage, line.criterion), line.level)
            for line in card.criteria
            if line.status == "scored" and line.level is not None and (interview, line.criterion) in rated
        ]
    return tuple(sorted(rows, key=lambda row: (row.candidate, row.criterion, row.rater)))


def queue(
    stored: Iterable[StoredLevel], cards: Mapping[str, Scorecard], settled: Mapping[str, Settlement] | None = None
) -> tuple[QueueEntry, ...]:
    """The divergences among `rated_levels`, widest first, with the interview and application they are about.

    Args:
        stored: what people gave.
        cards: as for `rated_levels`.
        settled: entry id -> its settlement.
    """
    people = tuple(stored)
    places = {one.interview_id: one for one in people}
    found = []
    for apart in divergences(rated_levels(people, cards)):
        place = places[apart.candidate]
        identity = _entry_id(apart)
        found.append(
            QueueEntry(
                id=identity,
                interview_id=place.interview_id,
                application_id=place.application_id,
                stage=place.stage,
                criterion=apart.criterion.removeprefix(f"{place.stage}/"),
                kind=apart.kind,
                raters=apart.raters,
                levels=apart.levels,
                difference=apart.difference,
                settled=(settled or {}).get(identity),
            )
        )
    return tuple(found)


def _entry_id(apart: Divergence) -> str:
    """SHA-256 (64 hex digits) of who gave which levels of what."""
    parts = [apart.candidate, apart.criterion, *apart.raters, *(f"{level:.6g}" for level in apart.levels)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _criterion(stage: str, criterion: str) -> str:
    return f"{stage}/{criterion}"
