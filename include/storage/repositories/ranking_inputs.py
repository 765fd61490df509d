"""What rankings are made from: narrow totals of cards, read for many openings at once. No key is used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, cast, func, or_, select

from include.interview.applications import WITHDRAWN
from include.interview.ranking.counting import card_obstacle
from include.interview.ranking.records import Applicant, StageCard
from include.interview.records import Record, Stage
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core

REVIEW = "review"
PURPOSE = "ai_evaluation"
"""The consent without which no score of a person is read."""


class InputStamp(Record, frozen=True):
    """What an opening's inputs look like from outside: how many cards there are, and a text that changes with them."""

    cards: int
    text: str


class RankingInputs:
    """Applicants of openings with the newest published card of each stage.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def stamps(self, opening_ids: Sequence[str] | None = None) -> dict[str, InputStamp]:
        """Opening -> its stamp, which changes when its cards, applicants or open reviews do; all openings with cards.

        Counts and times only: cheap enough to ask for every opening each night.
        """
        with self._core.look() as connection:
            return read_stamps(connection, opening_ids)

    def applicant(self, opening_id: str, application_id: str) -> Applicant | None:
        """One applicant of the opening alone; None where the opening has no such application."""
        with self._core.look() as connection:
            without = _without_consent(connection, [opening_id])
            cards = _cards(connection, [opening_id], without, t.card_totals.c.application_id == application_id)
            found = _applicants(connection, [opening_id], cards, application_id)
        return next(iter(found.get(opening_id, ())), None)

    def gather(self, opening_ids: Sequence[str]) -> dict[str, tuple[str, tuple[Applicant, ...]]]:
        """Opening -> its stamp and its applicants, as of one moment; openings without applicants are left out."""
        with self._core.look() as connection:
            stamps = read_stamps(connection, opening_ids)
            cards = _cards(connection, opening_ids, _without_consent(connection, opening_ids))
            applicants = _applicants(connection, opening_ids, cards)
        return {
            opening: (stamps[opening].text if opening in stamps else "", found) for opening, found in applicants.items()
        }

    def not_counting(self, opening_ids: Sequence[str]) -> dict[str, frozenset[Stage]]:
        """Application -> stages whose newest card does not count: it waits for a person, or consent was taken back.

        Only cards of those few applications are read.
        """
        interviews = t.interviews.c
        with self._core.look() as connection:
            without = _without_consent(connection, opening_ids)
            touched = select(interviews.application_id).where(
                or_(interviews.status == REVIEW, interviews.id.in_(sorted(without)))
            )
            cards = _cards(connection, opening_ids, without, t.card_totals.c.application_id.in_(touched))
        return _stages_that_do_not_count(cards)


def _stages_that_do_not_count(cards: Mapping[str, list[StageCard]]) -> dict[str, frozenset[Stage]]:
    found = {one: frozenset(c.stage for c in held if card_obstacle(c) is not None) for one, held in cards.items()}
    return {one: stages for one, stages in found.items() if stages}


def read_stamps(connection: Connection, opening_ids: Sequence[str] | None) -> dict[str, InputStamp]:
    """As `RankingInputs.stamps`, inside a transaction."""
    cards, interviews = t.card_totals.c, t.interviews.c
    about_cards = (
        select(
            cards.opening_id,
            func.count(),
            func.max(cards.updated_at),
            func.max(interviews.updated_at),
            func.sum(interviews.status == REVIEW),
        )
        .join_from(t.card_totals, t.interviews, interviews.id == cards.interview_id)
        .group_by(cards.opening_id)
    )
    applications, candidates = t.applications.c, t.candidates.c
    about_people = (
        select(
            applications.opening_id,
            func.count(),
            func.sum(applications.status == WITHDRAWN),
            func.count(candidates.key_destroyed_at),
        )
        .join_from(t.applications, t.candidates, candidates.id == applications.candidate_id)
        .group_by(applications.opening_id)
    )
    if opening_ids is not None:
        about_cards = about_cards.where(cards.opening_id.in_(opening_ids))
        about_people = about_people.where(applications.opening_id.in_(opening_ids))
    decided = (
        select(applications.opening_id, func.max(t.human_decisions.c.decided_at))
        .join_from(t.applications, t.human_decisions, t.human_decisions.c.application_id == applications.id)
        .group_by(applications.opening_id)
    )
    if opening_ids is not None:
        decided = decided.where(applications.opening_id.in_(opening_ids))
    taken_back = (
        select(applications.opening_id, func.count(), func.count(t.consents.c.withdrawn_at))
        .join_from(t.applications, t.consents, t.consents.c.candidate_id == applications.candidate_id)
        .where(t.consents.c.candidate_id.in_(_ever_withdrew()))
        .group_by(applications.opening_id)
    )
    if opening_ids is not None:
        taken_back = taken_back.where(applications.opening_id.in_(opening_ids))
    people = {opening: counts for opening, *counts in connection.execute(about_people)}
    for opening, newest in connection.execute(decided):  # a withdrawal taken back beside a new one leaves counts alike
        people.setdefault(opening, []).append(newest)
    for opening, *counts in connection.execute(taken_back):
        people.setdefault(opening, []).extend(counts)
    stamps = {}
    for opening, *counts in connection.execute(about_cards):
        stamps[opening] = InputStamp(int(counts[0]), "|".join(map(str, (*counts, *people.get(opening, ())))))
    return stamps


def _ever_withdrew() -> Select[tuple[str]]:
    """Ids of candidates who took any consent back: few, so that nobody else's consents are read."""
    return select(t.consents.c.candidate_id).where(t.consents.c.withdrawn_at.is_not(None))


def _without_consent(connection: Connection, opening_ids: Sequence[str]) -> frozenset[str]:
    """Interviews of the openings whose candidate took back the consent to be evaluated and gave none anew.

    No card is made without one, so that who never took any back has one in force.
    """
    consents, applications, interviews = t.consents.c, t.applications.c, t.interviews.c
    query = (
        select(interviews.id, consents.purposes, consents.withdrawn_at)
        .join_from(t.applications, t.interviews, interviews.application_id == applications.id)
        .join(t.consents, consents.candidate_id == applications.candidate_id)
        .where(
            applications.opening_id.in_(opening_ids),
            consents.candidate_id.in_(_ever_withdrew()),
            or_(consents.interview_id.is_(None), consents.interview_id == interviews.id),
        )
    )
    taken_back: set[str] = set()
    in_force: set[str] = set()
    for interview, purposes, withdrawn_at in connection.execute(query):
        if PURPOSE in json.loads(purposes):
            (in_force if withdrawn_at is None else taken_back).add(interview)
    return frozenset(taken_back - in_force)


def _cards(
    connection: Connection,
    opening_ids: Sequence[str],
    without_consent: frozenset[str],
    among: ColumnElement[bool] | None = None,
) -> dict[str, list[StageCard]]:
    """Application (those that `among` holds for, or all) -> the newest card of each stage."""
    cards, interviews = t.card_totals.c, t.interviews.c
    query = (
        select(
            cards.scorecard_id, cards.application_id, cards.stage, cards.status, cards.total, cards.total_sem,
            cards.recomputed, cards.profile, cards.rubric_version, cards.pipeline_version, cards.words_only,
            cards.sha256, interviews.status == REVIEW, cast(cards.updated_at, String(32)), cards.interview_id,
        )
        .join_from(t.card_totals, t.interviews, interviews.id == cards.interview_id)
        .where(cards.opening_id.in_(opening_ids))
    )  # fmt: skip
    if among is not None:
        query = query.where(among)
    rows: Sequence[Any] = connection.execute(query).all()
    newest: dict[tuple[str, str], Any] = {}
    for row in rows:
        place = (row[1], row[2])
        present = newest.get(place)
        if present is None or (row[13], row[0]) > (present[13], present[0]):
            newest[place] = row
    found: dict[str, list[StageCard]] = {}
    for (application, _), row in newest.items():
        values: list[Any] = [*row[:10], bool(row[10]), row[11], bool(row[12]), row[14] in without_consent]
        card = StageCard(*values)
        found.setdefault(application, []).append(card)
    return found


def _applicants(
    connection: Connection,
    opening_ids: Sequence[str],
    cards: Mapping[str, list[StageCard]],
    application_id: str | None = None,
) -> dict[str, tuple[Applicant, ...]]:
    applications, candidates = t.applications.c, t.candidates.c
    query = (
        select(applications.opening_id, applications.id, applications.status, candidates.key_destroyed_at)
        .join_from(t.applications, t.candidates, candidates.id == applications.candidate_id)
        .where(applications.opening_id.in_(opening_ids))
        .order_by(applications.opening_id, applications.id)
    )
    if application_id is not None:
        query = query.where(applications.id == application_id)
    rows = connection.execute(query).all()
    return {
        opening: tuple(
            Applicant(identity, state, destroyed is not None, tuple(cards.get(identity, ())))
            for _, identity, state, destroyed in group
        )
        for opening, group in groupby(rows, key=lambda row: row[0])
    }
