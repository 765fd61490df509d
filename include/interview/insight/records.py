"""Claims about a candidate, the candidate's words they cite, and insights: claims that were verified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from include.interview.records import Bilingual, DocumentKind, Record, Stage

ClaimKind = Literal["strength", "risk", "contradiction", "open_question"]
KINDS: tuple[ClaimKind, ...] = ("strength", "risk", "contradiction", "open_question")
ClaimStatus = Literal["accepted", "rejected"]
InsightStatus = Literal["draft", "accepted", "rejected"]
"""`draft`: verified, and no person has decided yet. `accepted` and `rejected`: a person decided."""


class ClaimText(Record, frozen=True):
    """The sentence of a claim in Korean, in English, or in both; None where it was not written."""

    ko: str | None = None
    en: str | None = None

    def given(self) -> tuple[tuple[str, str], ...]:
        """(language, sentence) of the languages that hold words."""
        return tuple((code, text) for code, text in (("ko", self.ko), ("en", self.en)) if text and text.strip())


class Claim(Record, frozen=True):
    """One sentence about the candidate and the ids of the utterances it rests on. Nothing in it is believed yet.

    `kind` should be one of `KINDS`; anything else is rejected with a reason, not refused as a file.
    """

    id: str
    kind: str
    text: ClaimText
    cites: tuple[str, ...]


class Citation(Record, frozen=True):
    """The candidate's own words, exactly as they stand in the transcript or document that is cited.

    `utterance_id` is unambiguous among all sources given ("executive:u0004"). Times are seconds of that interview,
    None for typed words and documents; `stage` is None for a document.
    """

    utterance_id: str
    stage: Stage | None
    text: str
    start_s: float | None = None
    end_s: float | None = None
    document: DocumentKind | None = None


class ClaimRejection(Record, frozen=True):
    """Why a claim is not accepted: a stable code and a sentence in both languages."""

    code: str
    text: Bilingual


class CheckedClaim(Record, frozen=True):
    """A claim after verification. `reason` is set when it was rejected; `quotes` when it was accepted."""

    id: str
    status: ClaimStatus
    reason: ClaimRejection | None = None
    quotes: tuple[Citation, ...] = ()


class Insight(Record, frozen=True):
    """A verified claim with the words it rests on. `written_by`: "offline", or the model's name."""

    id: str
    kind: ClaimKind
    text: ClaimText
    quotes: tuple[Citation, ...]
    written_by: str
    status: InsightStatus = "draft"


class InsightTally(Record, frozen=True):
    """How many insights an interview has. `to_ask`: approved ones that ask something of the candidate."""

    approved: int
    undecided: int
    to_ask: int


TO_ASK: tuple[ClaimKind, ...] = ("contradiction", "open_question")
"""Kinds of insights that ask something of the candidate."""


def tally(counts: Mapping[tuple[str, str], int]) -> InsightTally:
    """`counts` by (kind, status) as the numbers that are told of an interview."""
    approved = {kind: counts.get((kind, "accepted"), 0) for kind in KINDS}
    return InsightTally(
        approved=sum(approved.values()),
        undecided=sum(counts.get((kind, "draft"), 0) for kind in KINDS),
        to_ask=sum(approved[kind] for kind in TO_ASK),
    )


class Edit(Record, frozen=True):
    """A person's change to an insight's sentence; `before` is kept beside what was verified anew."""

    before: ClaimText
    after: ClaimText


class InsightDecision(Record, frozen=True):
    """What a person decided about one insight: approve it, edit it (which approves the new words), or reject it."""

    insight_id: str
    decision: Literal["approve", "edit", "reject"]
    actor: str
    decided_at: str
    edit: Edit | None = None
