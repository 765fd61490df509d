"""The rows between the steps of a ranking: who enters, and the columns that the gates look at."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from include.interview.ranking.entry import enter
from include.interview.ranking.records import (
    Apart,
    Applicant,
    Entrant,
    Rules,
    Snapshot,
    SnapshotInput,
    StageCard,
)
from include.interview.ranking.snapshots import inputs_hash, inputs_of
from include.interview.ranking.weights import counted_weights
from include.interview.records import Opening, Stage

OTHER_RULES = ("other_profile", "other_rubric", "other_pipeline")
LEFT_BY_RIGHT = ("erased", "withdrawn", "consent_withdrawn", "review_open")
"""Reasons for which somebody who was ranked must not be any more, even if nobody is left."""
FULL = 100.0


@dataclass(frozen=True, slots=True)
class Before:
    """The snapshot served so far: how many it ranks, and when it was taken (UTC, ISO 8601); 0 and "" without one."""

    ranked: int = 0
    taken_at: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """One opening, ready to be ranked."""

    opening: Opening
    stamp: str
    weights: dict[Stage, float]
    applicants: tuple[Applicant, ...]
    entrants: tuple[Entrant, ...]
    apart: tuple[Apart, ...]
    rules: Rules | None
    before: Before

    @property
    def cards(self) -> list[tuple[Applicant, StageCard]]:
        """The cards that enter, with their applicants."""
        entered = {entrant.id for entrant in self.entrants}
        pairs = ((a, card) for a in self.applicants if a.application_id in entered for card in a.cards)
        return [(applicant, card) for applicant, card in pairs if card.stage in self.weights]

    @property
    def inputs(self) -> tuple[SnapshotInput, ...]:
        """What a snapshot of this opening rests on."""
        return inputs_of(self.applicants, self.entrants, self.weights)


def stage_rows(opening: Opening, stamp: str, applicants: Sequence[Applicant], before: Before) -> Staged:
    """The opening with who enters and who is apart.

    Raises:
        BadInput: the opening's stage weights cannot be used (code "weights").
    """
    weights = counted_weights(opening.stage_weights)
    entrants, apart, rules = enter(applicants, weights)
    return Staged(opening, stamp, weights, tuple(applicants), entrants, apart, rules, before)


def input_columns(staged: Iterable[Staged], now: str) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """The columns of the gate before ranking: cards, and openings."""
    found = list(staged)
    by_opening = [(one, one.cards) for one in found]
    pairs = [(one, applicant, card) for one, cards in by_opening for applicant, card in cards]
    cards: dict[str, list[Any]] = {
        "place": [f"{o.opening.id}\n{a.application_id}\n{c.stage}" for o, a, c in pairs],
        "total": [c.total for _, _, c in pairs],
        "sem": [c.sem for _, _, c in pairs],
        "recomputed": [c.recomputed for _, _, c in pairs],
        "recomputing_error": [abs((c.total or 0.0) - (c.recomputed or 0.0)) for _, _, c in pairs],
        "incomplete": [int(c.status != "complete") for _, _, c in pairs],
        "erased": [int(a.erased) for _, a, _ in pairs],
        "review_open": [int(c.review_open) for _, _, c in pairs],
        "consent_withdrawn": [int(c.consent_withdrawn) for _, _, c in pairs],
    }
    openings: dict[str, list[Any]] = {
        "profiles": [len({c.profile for _, c in cards}) for _, cards in by_opening],
        "rubric_versions": [_most({(c.stage, c.rubric_version) for _, c in cards}) for _, cards in by_opening],
        "pipeline_versions": [_most({(c.stage, c.pipeline_version) for _, c in cards}) for _, cards in by_opening],
        "emptied": [int(_emptied(one)) for one in found],
        "share_of_before": [len(one.entrants) / one.before.ranked if one.before.ranked else 1.0 for one in found],
        "other_rules": [sum(a.reason in OTHER_RULES for a in one.apart) for one in found],
        "clock_behind": [int(one.before.taken_at > now) for one in found],
    }
    return cards, openings


def _emptied(one: Staged) -> bool:
    """Whether nobody enters though somebody was ranked, and fewer left by right than were ranked."""
    gone = sum(apart.reason in LEFT_BY_RIGHT for apart in one.apart)
    return one.before.ranked > gone and not one.entrants


def _most(named: Set[tuple[str, str]]) -> int:
    """The most versions that one stage has, of (stage, version) pairs."""
    return max(Counter(stage for stage, _ in named).values(), default=0)


def output_columns(
    made: Iterable[tuple[Staged, Snapshot]],
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """The columns of the gate after ranking: candidates, and openings."""
    found = list(made)
    ranked = [(s, n, one) for _, s in found for n, one in enumerate(s.ranking.candidates)]
    candidates: dict[str, list[Any]] = {
        "place": [f"{s.opening_id}\n{one.id}" for s, _, one in ranked],
        "rank": [one.rank for _, _, one in ranked],
        "best": [one.best for _, _, one in ranked],
        "worst": [one.worst for _, _, one in ranked],
        "composite": [one.composite for _, _, one in ranked],
        "rise": [one.composite - s.ranking.candidates[n - 1].composite if n else 0.0 for s, n, one in ranked],
        "contribution_error": [abs(math.fsum(one.stages.values()) - one.composite) for _, _, one in ranked],
        "p_top_k": [one.p_top_k for _, _, one in ranked],
    }
    openings: dict[str, list[Any]] = {
        "not_ranked": [
            len({e.id for e in staged.entrants} ^ {one.id for one in snapshot.ranking.candidates})
            for staged, snapshot in found
        ],
        "weights_error": [abs(math.fsum(snapshot.weights.values()) - FULL) for _, snapshot in found],
        "hash_differs": [int(rehashed(snapshot) != snapshot.inputs_sha256) for _, snapshot in found],
    }
    return candidates, openings


def rehashed(snapshot: Snapshot) -> str:
    """The hash of what the snapshot says it rests on."""
    return inputs_hash(snapshot.version, snapshot.rules, snapshot.weights, snapshot.k, snapshot.inputs, snapshot.apart)
