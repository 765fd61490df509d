"""Scorecards: one per interview, pipeline version, rubric version and profile; words stay sealed.

A card is stored in three kinds of rows, each part once: the card without evidence (plain, for lists and rankings),
the evidence of each criterion (sealed), and each judgement with its rationale and quotes (sealed).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, delete, insert, select

from include.interview.errors import NotFound
from include.interview.records import CriterionScore, Evidence, Judgement, Scorecard
from include.interview.scoring.card import recomputed_total
from include.security.keys import DataKey
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, candidate_of, now, seal, unseal
from include.storage.database.upsert import upsert

CARD_NAMESPACE = uuid.UUID("0c1c5d5e-9a38-5c6f-8a57-3f0a9c6f5b42")
"""Names a card by its natural key, so that publishing twice meets the same rows."""

NOT_YET = "Its evaluation is not done: the interview's status says how far it is, and why where it failed."

NATURAL_KEY = ("interview_id", "pipeline_version", "rubric_version", "profile")


def card_id(card: Scorecard) -> str:
    """The uuid of a card, always the same for its natural key."""
    return str(uuid.uuid5(CARD_NAMESPACE, "\n".join(getattr(card, name) for name in NATURAL_KEY)))


class Scorecards:
    """Published cards.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def publish(self, card: Scorecard) -> str:
        """Store the card with its audit entry in one transaction, and return its id.

        A card with the same natural key is replaced.

        Raises:
            NotFound: no such interview, or erased.
            WrongKey: another master key.
        """
        identity, at = card_id(card), now()
        bare = without_words(card)
        row = {
            "id": identity,
            **{name: getattr(card, name) for name in NATURAL_KEY},
            "stage": card.stage,
            "status": card.status,
            "total": card.total,
            "total_sem": card.total_sem,
            "document": msgspec.json.encode(bare).decode(),
            "published_at": at,
            "updated_at": at,
        }
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, card.interview_id)
            upsert(act.connection, t.scorecards, row, key=["id"], keep=[*NATURAL_KEY, "published_at"])
            _replace_lines(act.connection, key, identity, card)
            upsert(act.connection, t.card_totals, _totals(act.connection, identity, card, row), key=["scorecard_id"])
            detail = {"card": identity, "status": card.status, "pipeline": card.pipeline_version}
            act.record("scorecard.published", f"interview:{card.interview_id}", detail)
        return identity

    def get(
        self,
        interview_id: str,
        *,
        pipeline_version: str | None = None,
        rubric_version: str | None = None,
        profile: str | None = None,
    ) -> Scorecard:
        """The interview's card with all evidence: the latest one, or the one of the given versions.

        The read is an audit entry.

        Raises:
            NotFound: no such card, or erased (code "erased").
            WrongKey: another master key.
        """
        wanted = {"pipeline_version": pipeline_version, "rubric_version": rubric_version, "profile": profile}
        query = _latest_first(select(t.scorecards)).where(t.scorecards.c.interview_id == interview_id)
        for column, value in wanted.items():
            if value is not None:
                query = query.where(t.scorecards.c[column] == value)
        with self._core.act() as act:
            candidate = candidate_of(act.connection, interview_id)
            row = act.connection.execute(query.limit(1)).one_or_none()
            key = self._core.data_key(act.connection, candidate)
            if row is None:
                raise NotFound(f"Interview {interview_id} has no such scorecard.", NOT_YET)
            card = _assemble(act.connection, key, row)
            act.record("scorecard.read", f"interview:{interview_id}", {"card": row.id})
        return card

    def list(self, opening_id: str | None = None, interview_id: str | None = None) -> tuple[Scorecard, ...]:
        """The latest card of every interview of the opening (or of one interview: all its cards), newest first.

        Without evidence and judgements: numbers, states and versions only.
        """
        query = _latest_first(select(t.scorecards))
        if opening_id is not None:
            query = (
                query.join(t.interviews, t.interviews.c.id == t.scorecards.c.interview_id)
                .join(t.applications, t.applications.c.id == t.interviews.c.application_id)
                .where(t.applications.c.opening_id == opening_id)
            )
        if interview_id is not None:
            query = query.where(t.scorecards.c.interview_id == interview_id)
        with self._core.look() as connection:
            cards = [_bare(row) for row in connection.execute(query)]
        if interview_id is not None:
            return tuple(cards)
        latest: dict[str, Scorecard] = {}
        for card in cards:
            latest.setdefault(card.interview_id, card)
        return tuple(latest.values())

    def some(self, card_ids: Sequence[str]) -> dict[str, Scorecard]:
        """Those of the cards that exist, by id, without evidence and judgements: numbers, states and versions only."""
        query = select(t.scorecards).where(t.scorecards.c.id.in_(card_ids))
        with self._core.look() as connection:
            return {row.id: _bare(row) for row in connection.execute(query)}

    def published_at(self, interview_id: str) -> datetime:
        """When the interview's latest card was first published (aware, UTC). No words are read.

        Raises:
            NotFound: nothing is published.
        """
        query = _latest_first(select(t.scorecards)).where(t.scorecards.c.interview_id == interview_id).limit(1)
        with self._core.look() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"Interview {interview_id} has no such scorecard.", NOT_YET)
        value: datetime = row.published_at
        return value


def _totals(connection: Connection, identity: str, card: Scorecard, row: Mapping[str, Any]) -> dict[str, Any]:
    """The narrow row that rankings read; its `recomputed` is made anew from the criteria's lines."""
    place = connection.execute(
        select(t.applications.c.id, t.applications.c.opening_id)
        .join(t.interviews, t.interviews.c.application_id == t.applications.c.id)
        .where(t.interviews.c.id == card.interview_id)
    ).one()
    copied = ("interview_id", "stage", "status", "total", "total_sem", "profile", "rubric_version", "pipeline_version")
    return {
        "scorecard_id": identity,
        "application_id": place.id,
        "opening_id": place.opening_id,
        **{name: row[name] for name in copied},
        "recomputed": recomputed_total(card),
        "words_only": card.scope == "words",
        "sha256": hashlib.sha256(row["document"].encode()).hexdigest(),
        "updated_at": row["updated_at"],
    }


def _latest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(t.scorecards.c.updated_at.desc(), t.scorecards.c.id)


def without_words(card: Scorecard) -> Scorecard:
    """The card without evidence and judgements, as lists and rankings read it."""
    lines = (msgspec.structs.replace(score, evidence=(), judgements=()) for score in card.criteria)
    return msgspec.structs.replace(card, criteria=tuple(lines))


def _bare(row: Row[Any]) -> Scorecard:
    return msgspec.json.decode(row.document, type=Scorecard)


def _replace_lines(connection: Connection, key: DataKey, card: str, scorecard: Scorecard) -> None:
    connection.execute(delete(t.judgements).where(t.judgements.c.scorecard_id == card))
    connection.execute(delete(t.criterion_scores).where(t.criterion_scores.c.scorecard_id == card))
    position = 0
    for score in scorecard.criteria:
        connection.execute(insert(t.criterion_scores).values(_criterion_row(key, card, score)))
        for judgement in score.judgements:
            connection.execute(insert(t.judgements).values(_judgement_row(key, card, position, score, judgement)))
            position += 1


def _criterion_row(key: DataKey, card: str, score: CriterionScore) -> dict[str, Any]:
    place = f"{card}:{score.criterion}"
    evidence = msgspec.json.encode(score.evidence)
    return {
        "scorecard_id": card,
        "criterion": score.criterion,
        "status": score.status,
        "score": score.score,
        "level": score.level,
        "sem": score.sem,
        "points": score.points,
        "effective_weight": score.effective_weight,
        "sealed_evidence": seal(key, "criterion_scores", "sealed_evidence", place, evidence),
    }


def _judgement_row(
    key: DataKey, card: str, position: int, score: CriterionScore, judgement: Judgement
) -> dict[str, Any]:
    place = f"{card}:{position}"
    document = msgspec.json.encode(judgement)
    return {
        "scorecard_id": card,
        "position": position,
        "criterion": score.criterion,
        "run": judgement.run,
        "judge": judgement.judge.name,
        "model": judgement.judge.model,
        "level": judgement.level,
        "sealed_document": seal(key, "judgements", "sealed_document", place, document),
    }


def _assemble(connection: Connection, key: DataKey, row: Row[Any]) -> Scorecard:
    """The whole card, as it was published."""
    card = _bare(row)
    evidence = {
        line.criterion: msgspec.json.decode(
            unseal(key, "criterion_scores", "sealed_evidence", f"{row.id}:{line.criterion}", line.sealed_evidence),
            type=tuple[Evidence, ...],
        )
        for line in connection.execute(select(t.criterion_scores).where(t.criterion_scores.c.scorecard_id == row.id))
    }
    judgements: dict[str, list[Judgement]] = {}
    lines = select(t.judgements).where(t.judgements.c.scorecard_id == row.id).order_by(t.judgements.c.position)
    for line in connection.execute(lines):
        document = unseal(key, "judgements", "sealed_document", f"{row.id}:{line.position}", line.sealed_document)
        judgements.setdefault(line.criterion, []).append(msgspec.json.decode(document, type=Judgement))
    criteria = tuple(
        msgspec.structs.replace(
            score, evidence=evidence[score.criterion], judgements=tuple(judgements.get(score.criterion, ()))
        )
        for score in card.criteria
    )
    return msgspec.structs.replace(card, criteria=criteria)
