"""Insights of an interview: their words and quotes sealed, their states and kinds plain; decisions are kept beside."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from include.interview.errors import BadInput, NotFound
from include.interview.insight.records import Edit, Insight, InsightDecision, InsightStatus, InsightTally, tally
from include.security.keys import DataKey
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, candidate_of, new_id, now, seal, unseal

_OUTCOME: dict[str, InsightStatus] = {"approve": "accepted", "edit": "accepted", "reject": "rejected"}
ID_PURPOSE = b"insight ids"
ID_DIGITS = 16
"""Hexadecimal digits of an insight's id: 64 bits, far more than the insights of one interview need."""


class Insights:
    """Stored insights, in the order they were written.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def put(self, interview_id: str, insights: Sequence[Insight]) -> None:
        """Store verified insights as drafts, in place of earlier drafts of the interview. None at all is a result.

        An insight that a person has decided about stays as it is, also when the same one is written again.

        Raises:
            NotFound: no such interview, or erased.
            BadInput: two insights carry one id.
            WrongKey: another master key.
        """
        ids = [one.id for one in insights]
        if len(set(ids)) != len(ids):
            raise BadInput("Two insights carry the same id.", "Run the writer again.")
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, interview_id)
            own = t.insights.c.interview_id == interview_id
            act.connection.execute(delete(t.insights).where(own, t.insights.c.status == "draft"))
            decided = set(act.connection.execute(select(t.insights.c.insight_id).where(own)).scalars())
            for position, one in enumerate(insights):
                if one.id not in decided:
                    row = _row(key, interview_id, position, msgspec.structs.replace(one, status="draft"))
                    act.connection.execute(insert(t.insights).values(row))
            act.record("insights.drafted", f"interview:{interview_id}", {"count": len(insights)})

    def named(self, interview_id: str, insights: Sequence[Insight]) -> tuple[Insight, ...]:
        """The insights with ids that say nothing of them, and each of them once.

        An id is made of kind, sentence and citations under the candidate's key: the same insight has the same id
        whenever it is written again, another one never has it, and nobody without the key can guess what it stands for.

        Raises:
            NotFound: no such interview, or erased.
            WrongKey: another master key.
        """
        with self._core.look() as connection:
            secret = self._core.interview_key(connection, interview_id).derive(ID_PURPOSE)
        found: dict[str, Insight] = {}
        for one in insights:
            cites = [quote.utterance_id for quote in one.quotes]
            said = msgspec.json.encode((one.kind, one.text, cites), order="deterministic")
            identity = f"i{hmac.digest(secret, said, 'sha256').hex()[:ID_DIGITS]}"
            found.setdefault(identity, msgspec.structs.replace(one, id=identity))
        return tuple(found.values())

    def list(self, interview_id: str) -> tuple[Insight, ...]:
        """The interview's insights with their words, in order. The read is an audit entry.

        Raises:
            NotFound: no such interview, or erased (code "erased").
            WrongKey: another master key.
        """
        query = (
            select(t.insights)
            .where(t.insights.c.interview_id == interview_id)
            .order_by(t.insights.c.position, t.insights.c.insight_id)
        )
        with self._core.act() as act:
            key = self._core.data_key(act.connection, candidate_of(act.connection, interview_id))
            found = tuple(_insight(key, row) for row in act.connection.execute(query))
            act.record("insights.read", f"interview:{interview_id}", {"count": len(found)})
        return found

    def undecided(self, interview_id: str) -> int:
        """How many of the interview's insights nobody has decided about. No words are read."""
        query = select(func.count()).where(t.insights.c.interview_id == interview_id, t.insights.c.status == "draft")
        with self._core.look() as connection:
            return int(connection.execute(query).scalar_one())

    def tallies(self, opening_id: str, application_id: str | None = None) -> dict[str, InsightTally]:
        """Interview -> how many insights it has, where it has any, of the opening or of one application to it.

        No words are read.
        """
        query = (
            select(t.insights.c.interview_id, t.insights.c.kind, t.insights.c.status, func.count())
            .join_from(t.insights, t.interviews, t.interviews.c.id == t.insights.c.interview_id)
            .join(t.applications, t.applications.c.id == t.interviews.c.application_id)
            .where(t.applications.c.opening_id == opening_id)
            .group_by(t.insights.c.interview_id, t.insights.c.kind, t.insights.c.status)
        )
        if application_id is not None:
            query = query.where(t.applications.c.id == application_id)
        counted: dict[str, dict[tuple[str, str], int]] = {}
        with self._core.look() as connection:
            for interview_id, kind, status, n in connection.execute(query):
                counted.setdefault(interview_id, {})[kind, status] = n
        return {interview_id: tally(counts) for interview_id, counts in counted.items()}

    def approve(self, interview_id: str, insight_id: str) -> Insight:
        """Accept the insight as it is, for the actor, and return it.

        Raises: as `edit`.
        """
        return self._decide(interview_id, insight_id, "approve", None)

    def reject(self, interview_id: str, insight_id: str) -> Insight:
        """Reject the insight, for the actor, and return it.

        Raises: as `edit`.
        """
        return self._decide(interview_id, insight_id, "reject", None)

    def edit(self, interview_id: str, edited: Insight) -> Insight:
        """Accept the insight `edited.id` with the words and quotes of `edited`; what stood before is kept.

        The caller has verified the new words (`tasks.executive.insights.verified_edit`).

        Raises:
            NotFound: no such insight, or erased (code "erased").
            BadInput: somebody decided already (code "already_decided").
            WrongKey: another master key.
        """
        return self._decide(interview_id, edited.id, "edit", edited)

    def decisions(self, interview_id: str) -> tuple[InsightDecision, ...]:
        """What was decided about the interview's insights, oldest first, with kept edits. The read is an audit entry.

        Raises:
            NotFound: no such interview, or erased (code "erased").
            WrongKey: another master key.
        """
        table = t.insight_decisions
        query = select(table).where(table.c.interview_id == interview_id).order_by(table.c.decided_at, table.c.id)
        with self._core.act() as act:
            key = self._core.data_key(act.connection, candidate_of(act.connection, interview_id))
            found = tuple(_decision(key, row) for row in act.connection.execute(query))
            act.record("insights.read", f"interview:{interview_id}", {"decisions": len(found)})
        return found

    def _decide(self, interview_id: str, insight_id: str, decision: str, edited: Insight | None) -> Insight:
        with self._core.act() as act:
            key = self._core.data_key(act.connection, candidate_of(act.connection, interview_id))
            before = _one(act.connection, key, interview_id, insight_id)
            if before.status != "draft":
                raise BadInput(
                    f"The insight {insight_id} was decided about already.",
                    "Reload the page to see the decision.",
                    code="already_decided",
                )
            after = msgspec.structs.replace(edited or before, kind=before.kind, status=_OUTCOME[decision])
            identity = new_id()
            act.connection.execute(
                update(t.insights)
                .where(t.insights.c.interview_id == interview_id, t.insights.c.insight_id == insight_id)
                .values(status=after.status, sealed_document=_sealed(key, interview_id, after), updated_at=now())
            )
            kept = None
            if edited is not None:
                diff = msgspec.json.encode(Edit(before.text, after.text))
                kept = seal(key, "insight_decisions", "sealed_edit", identity, diff)
            row = {
                "id": identity,
                "interview_id": interview_id,
                "insight_id": insight_id,
                "decision": decision,
                "actor": act.actor,
                "sealed_edit": kept,
                "decided_at": now(),
            }
            act.connection.execute(insert(t.insight_decisions).values(row))
            detail = {"insight": insight_id, "decision": decision}
            act.record("insight.decided", f"interview:{interview_id}", detail)
        return after


def _sealed(key: DataKey, interview_id: str, one: Insight) -> bytes:
    return seal(key, "insights", "sealed_document", f"{interview_id}:{one.id}", msgspec.json.encode(one))


def _row(key: DataKey, interview_id: str, position: int, one: Insight) -> dict[str, Any]:
    at = now()
    return {
        "interview_id": interview_id,
        "insight_id": one.id,
        "position": position,
        "kind": one.kind,
        "status": one.status,
        "sealed_document": _sealed(key, interview_id, one),
        "created_at": at,
        "updated_at": at,
    }


def _insight(key: DataKey, row: Row[Any]) -> Insight:
    place = f"{row.interview_id}:{row.insight_id}"
    return msgspec.json.decode(unseal(key, "insights", "sealed_document", place, row.sealed_document), type=Insight)


def _one(connection: Connection, key: DataKey, interview_id: str, insight_id: str) -> Insight:
    row = connection.execute(
        select(t.insights).where(t.insights.c.interview_id == interview_id, t.insights.c.insight_id == insight_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"Interview {interview_id} has no insight {insight_id}.", "List its insights for their ids.")
    return _insight(key, row)


def _decision(key: DataKey, row: Row[Any]) -> InsightDecision:
    edit = None
    if row.sealed_edit is not None:
        edit = msgspec.json.decode(unseal(key, "insight_decisions", "sealed_edit", row.id, row.sealed_edit), type=Edit)
    return InsightDecision(row.insight_id, row.decision, row.actor, row.decided_at.isoformat(), edit)
