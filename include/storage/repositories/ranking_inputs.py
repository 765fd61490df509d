"""What rankings are made from: narrow totals of cards, read for many openings at once. No key is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, func, select

from include.interview.ranking.records import Applicant, StageCard
from include.interview.records import Record
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core

REVIEW = "review"
WITHDRAWN = "withdrawn"


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

    def gather(self, opening_ids: Sequence[str]) -> dict[str, tuple[str, tuple[Applicant, ...]]]:
        """Opening -> its stamp and its applicants, as of one moment; openings without applicants are left out."""
        with self._core.look() as connection:
            stamps = read_stamps(connection, opening_ids)
            cards = _cards(connection, opening_ids)
            applicants = _applicants(connection, opening_ids, cards)
        return {
            opening: (stamps[opening].text if opening in stamps else "", found) for opening, found in applicants.items()
        }


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
    people = {opening: counts for opening, *counts in connection.execute(about_people)}
    for opening, newest in connection.execute(decided):  # a withdrawal taken back beside a new one leaves counts alike
        people.setdefault(opening, []).append(newest)
    stamps = {}
    for opening, *counts in connection.execute(about_cards):
        stamps[opening] = InputStamp(int(counts[0]), "|".join(map(str, (*counts, *people.get(opening, ())))))
    return stamps


def _cards(connection: Connection, opening_ids: Sequence[str]) -> dict[str, list[StageCard]]:
    """Application -> the newest card of each stage."""
    cards, interviews = t.card_totals.c, t.interviews.c
    query = (
        select(
            cards.scorecard_id, cards.application_id, cards.stage, cards.status, cards.total, cards.total_sem,
            cards.recomputed, cards.profile, cards.rubric_version, cards.pipeline_version, cards.words_only,
            cards.sha256, interviews.status == REVIEW, cards.updated_at,
        )
        .join_from(t.card_totals, t.interviews, interviews.id == cards.interview_id)
        .where(cards.opening_id.in_(opening_ids))
    )  # fmt: skip
    rows: Sequence[Any] = connection.execute(query).all()
    newest: dict[tuple[str, str], Any] = {}
    for row in rows:
        place = (row[1], row[2])
        present = newest.get(place)
        if present is None or (row[13], row[0]) > (present[13], present[0]):
            newest[place] = row
    found: dict[str, list[StageCard]] = {}
    for (application, _), row in newest.items():
        values: list[Any] = [*row[:10], bool(row[10]), row[11], bool(row[12])]
        card = StageCard(*values)
        found.setdefault(application, []).append(card)
    return found


def _applicants(
    connection: Connection, opening_ids: Sequence[str], cards: Mapping[str, list[StageCard]]
) -> dict[str, tuple[Applicant, ...]]:
    applications, candidates = t.applications.c, t.candidates.c
    query = (
        select(applications.opening_id, applications.id, applications.status, candidates.key_destroyed_at)
        .join_from(t.applications, t.candidates, candidates.id == applications.candidate_id)
        .where(applications.opening_id.in_(opening_ids))
        .order_by(applications.opening_id, applications.id)
    )
    rows = connection.execute(query).all()
    return {
        opening: tuple(
            Applicant(identity, state, destroyed is not None, tuple(cards.get(identity, ())))
            for _, identity, state, destroyed in group
        )
        for opening, group in groupby(rows, key=lambda row: row[0])
    }
