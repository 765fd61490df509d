"""Records of a ranking: what enters, what comes out, and the immutable snapshot that is served.

Candidates are named by the id of their application; scores and errors are in points of 0 to 100.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from include.interview.records import CardStatus, Record, Stage

Method = Literal["exact", "interval"]
ApartReason = Literal[
    "stage_missing",
    "insufficient",
    "error_unknown",
    "words_only",
    "review_open",
    "other_profile",
    "other_rubric",
    "other_pipeline",
    "consent_withdrawn",
    "withdrawn",
    "erased",
]
"""Why an applicant is listed apart. `error_unknown`: a card states no standard error, which is not an error of zero.
`other_pipeline`: a card was made by another version of the pipeline, whose judges and levels differ.
`consent_withdrawn`: the candidate took back the consent to be evaluated by a program; `withdrawn`: the application."""
APART_REASONS: tuple[ApartReason, ...] = get_args(ApartReason)
ChangeCause = Literal["entered", "left", "new_card", "rescored", "weights", "others"]


class StageCard(Record, frozen=True):
    """What a ranking needs to know of the newest published card of one application and stage.

    `recomputed`: the total made anew from the criteria's lines, None while the card is incomplete. `sha256`: of the
    stored card. `review_open`: a person is being asked about it, or withheld it. `consent_withdrawn`: the consent to
    its interview's evaluation by a program was taken back and none given anew.
    """

    card_id: str
    application_id: str
    stage: Stage
    status: CardStatus
    total: float | None
    sem: float | None
    recomputed: float | None
    profile: str
    rubric_version: str
    pipeline_version: str
    words_only: bool
    sha256: str
    review_open: bool = False
    consent_withdrawn: bool = False


class Applicant(Record, frozen=True):
    """One application to the opening, with its newest card per stage."""

    application_id: str
    state: str
    erased: bool
    cards: tuple[StageCard, ...] = ()


class Rules(Record, frozen=True):
    """The rules under which the cards of one ranking were made: cards of other rules never share it.

    `rubric_versions`, `pipeline_versions`: stage -> version. A snapshot of before pipelines were told apart has none.
    """

    profile: str
    rubric_versions: dict[str, str]
    pipeline_versions: dict[str, str] = msgspec.field(default_factory=dict)


class Apart(Record, frozen=True):
    """An applicant who is not ranked, and why; `stage` where the reason is about one."""

    id: str
    reason: ApartReason
    stage: Stage | None = None


class StageScore(Record, frozen=True):
    """A stage's total and its standard error, in points."""

    total: float
    sem: float


class Entrant(Record, frozen=True):
    """One candidate of a ranking, with the stages that count."""

    id: str
    stages: dict[Stage, StageScore]


class RankedCandidate(Record, frozen=True):
    """What may be said of one candidate's place.

    `rank`: in the displayed order, equal where neighbours have the same rank set. `best`, `worst`: the rank set, which
    holds for all candidates together with 95 % confidence. `p_top_k`: chance of a true place among the best k.
    `sensitivity`: share of weightings around the opening's under which the candidate is among the best k.
    `stages`: contributions to the composite in points.
    """

    id: str
    rank: int
    composite: float
    sem: float
    best: int
    worst: int
    p_top_k: float
    sensitivity: float
    stages: dict[Stage, float]


class Ranking(Record, frozen=True):
    """An opening's ranking, best composite first.

    `critical`: two candidates are apart when their composites differ by more than it times their joint error: the root
    of the summed squares of both standard errors for "exact", their sum for "interval".
    """

    candidates: tuple[RankedCandidate, ...]
    k: int
    method: Method
    critical: float
    weights: dict[Stage, float]


class SnapshotInput(Record, frozen=True):
    """One card that a snapshot rests on."""

    application_id: str
    stage: Stage
    card_id: str
    sha256: str
    total: float
    sem: float
    pipeline_version: str


class Snapshot(Record, frozen=True):
    """A ranking with everything it was made from; `taken_at` is UTC, ISO 8601, and no part of `inputs_sha256`.

    `inputs_sha256` names inputs, rules, weights, k and the version of the method: equal hashes, equal numbers.
    `warnings`: expectation -> how many rows did not meet it; the snapshot is shown with them as a banner.
    """

    opening_id: str
    taken_at: str
    version: str
    rules: Rules | None
    weights: dict[Stage, float]
    k: int
    inputs: tuple[SnapshotInput, ...]
    inputs_sha256: str
    ranking: Ranking
    apart: tuple[Apart, ...] = ()
    warnings: dict[str, int] = msgspec.field(default_factory=dict)


class Change(Record, frozen=True):
    """How one candidate's place differs between two snapshots, and why; None where there was or is no place."""

    id: str
    cause: ChangeCause
    before: RankedCandidate | None
    after: RankedCandidate | None


class GateResult(Record, frozen=True):
    """What a gate found: expectation -> how many rows do not meet it. Anything critical stops the run."""

    critical: dict[str, int] = msgspec.field(default_factory=dict)
    warning: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def stops(self) -> bool:
        """True when a critical expectation is not met."""
        return bool(self.critical)
