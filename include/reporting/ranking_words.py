"""Sentences of the ranking report: what its figures mean, and what changed since the snapshot before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import get_args

from include.interview.privacy.audit_heads import AuditHead
from include.interview.ranking.records import Change, ChangeCause, Snapshot
from include.interview.records import Record, Stage
from include.reporting.formatting import fixed
from include.reporting.strings import Strings

CAUSES: tuple[ChangeCause, ...] = get_args(ChangeCause)


class Earlier(Record, frozen=True):
    """The snapshot before: its number, time (UTC, ISO 8601), and the weights and places it was made with."""

    number: int
    taken_at: str
    weights: dict[Stage, float]
    k: int


def stage_name(stage: str, t: Strings) -> str:
    """What a stage is called; one that is none of ours as it is."""
    return t.label("stage", stage) or stage


def _weights(weights: Mapping[Stage, float], t: Strings) -> str:
    return ", ".join(f"{stage_name(stage, t)} {fixed(weight, 0)} %" for stage, weight in weights.items())


def how_to_read(snapshot: Snapshot, t: Strings, signed: AuditHead | None = None) -> list[str]:
    """What the figures of the report mean, in sentences; the last names the `signed` end of the audit trail."""
    meant = [
        t("ranking.how.set"),
        t("ranking.how.top", k=snapshot.k),
        t("ranking.how.sensitivity", k=snapshot.k),
        t("ranking.how.weights", weights=_weights(snapshot.ranking.weights, t)),
        t("ranking.how.step"),
        t("ranking.how.people"),
    ]
    if signed is not None:
        meant.append(t("ranking.how.audit", head=f"{signed.seq}:{signed.hash}", date=signed.at[:10]))
    return meant


def since_earlier(earlier: Earlier | None, snapshot: Snapshot, changes: Sequence[Change], t: Strings) -> list[str]:
    """What changed since the snapshot before, in sentences; empty for the first."""
    if earlier is None:
        return []
    said = [t("ranking.since.before", number=earlier.number, date=earlier.taken_at[:16].replace("T", " "))]
    if earlier.weights != snapshot.weights:
        said.append(t("ranking.since.weights", before=_weights(earlier.weights, t), now=_weights(snapshot.weights, t)))
    if earlier.k != snapshot.k:
        said.append(t("ranking.since.places", before=earlier.k, now=snapshot.k))
    counted = Counter(one.cause for one in changes)
    if not counted:
        said.append(t("ranking.since.nothing"))
    return said + [
        t("ranking.since.cause", cause=t(f"ranking.cause.{cause}"), n=counted[cause])
        for cause in CAUSES
        if counted[cause]
    ]
