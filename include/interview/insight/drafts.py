"""What a writer of insights hands over: claims that were verified, and what was rejected, without its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from include.interview.insight.records import KINDS, CheckedClaim, Claim, ClaimKind, Insight
from include.interview.records import Record, Usage


class RejectedClaim(Record, frozen=True):
    """A claim of a writer that did not stand up: its id and the code of the reason. Its words are kept nowhere."""

    id: str
    code: str


class InsightDraft(Record, frozen=True):
    """The insights of one run over one application's interviews. No insight at all is a result."""

    insights: tuple[Insight, ...]
    rejected: tuple[RejectedClaim, ...]
    written_by: str
    usage: Usage = Usage()


def insights_of(claims: Sequence[Claim], checked: Sequence[CheckedClaim], written_by: str) -> InsightDraft:
    """Claims and their verification, in the same order, as a draft: accepted ones with their quotes become insights."""
    known: Mapping[str, ClaimKind] = {kind: kind for kind in KINDS}
    kept: list[Insight] = []
    dropped: list[RejectedClaim] = []
    for claim, result in zip(claims, checked, strict=True):
        if result.status == "accepted" and result.quotes:
            kept.append(Insight(claim.id, known[claim.kind], claim.text, result.quotes, written_by))
        else:
            dropped.append(RejectedClaim(claim.id, result.reason.code if result.reason else "not_supported"))
    return InsightDraft(tuple(kept), tuple(dropped), written_by)
