"""Panels and ratings in the database, on SQLite and MariaDB."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from include.interview.errors import BadInput, NotFound
from include.interview.live.panel import Panel
from include.interview.scoring.ratings import Rating
from include.storage import Stores
from include.storage.database import tables as t
from tests.include.storage.conftest import enrol
from tests.include.storage.repositories.test_live_sessions import held, lead

RATINGS = (Rating("leadership", 5, "Took the loss upon herself."), Rating("experience", 3))


def code(work: object) -> str:
    with pytest.raises(BadInput) as caught:
        work()  # type: ignore[operator]
    return caught.value.code


def test_a_panel_joins_leads_leaves_and_comes_back(stores: Stores) -> None:
    first, second, third = (lead(stores, f"lee-{n}") for n in range(3))
    session = held(stores, first, enrol(stores).candidate.id, stage="executive")
    panels = stores.panels
    assert panels.get(session.id) == Panel(first)
    assert panels.add(session.id, second) == Panel(first, (second,))
    assert panels.add(session.id, third) == panels.add(session.id, third) == Panel(first, (second, third))
    assert code(lambda: panels.claim(session.id, second)) == "already_led"
    assert panels.hand_on(session.id, second) == panels.get(session.id) == Panel(second, (third, first))
    assert stores.live_sessions.get(session.id).interviewers == (second, third, first)
    assert code(lambda: panels.remove(session.id, second)) == "leader_leaves"
    assert panels.remove(session.id, third) == panels.get(session.id) == Panel(second, (first,))
    mine = [[one.id for one in stores.live_sessions.list(interviewer_id=who)] for who in (first, second, third)]
    assert mine == [[session.id], [session.id], []], "a list is by panel, and who left sees it no more"
    assert panels.add(session.id, third) == Panel(second, (first, third))
    stores.accounts.close(second)
    assert panels.claim(session.id, third) == panels.get(session.id) == Panel(third, (first, second))
    actions = [entry.action for entry in stores.audit.entries(f"interview:{session.id}") if "panel" in entry.action]
    assert actions == ["panel.joined"] * 2 + ["panel.led", "panel.left", "panel.joined", "panel.led"]


def test_who_may_not_be_on_a_panel(stores: Stores) -> None:
    leader, person = lead(stores), enrol(stores)
    session = held(stores, leader, person.candidate.id, stage="executive")
    candidate = stores.accounts.create("cand", "a long password", "candidate", person.candidate.id).id
    closed = lead(stores, "closed")
    stores.accounts.close(closed)
    for account in (candidate, closed):
        with pytest.raises(BadInput, match="cannot conduct interviews"):
            stores.panels.add(session.id, account)
    with pytest.raises(NotFound):
        stores.panels.add(session.id, "nobody")
    practical = held(stores, leader, person.candidate.id)
    assert code(lambda: stores.panels.add(practical.id, lead(stores, "other"))) == "panel_full"
    for n in range(5):
        stores.panels.add(session.id, lead(stores, f"more-{n}"))
    assert code(lambda: stores.panels.add(session.id, lead(stores, "seventh"))) == "panel_full"


def test_ratings_are_given_once_sealed_and_audited_without_their_levels(stores: Stores) -> None:
    first, second = lead(stores, "one"), lead(stores, "two")
    session = held(stores, first, enrol(stores).candidate.id, stage="executive")
    assert not stores.ratings.rated(session.id, first)
    sheet = stores.ratings.submit(session.id, first, RATINGS)
    assert stores.ratings.rated(session.id, first)
    assert not stores.ratings.rated(session.id, second)
    assert code(lambda: stores.ratings.submit(session.id, first, RATINGS)) == "already_rated"
    stores.ratings.submit(session.id, second, [Rating("leadership", 2), Rating("experience", 4)])
    assert stores.ratings.list(session.id, first) == stores.ratings.list(session.id)[:1]
    (stored,) = stores.ratings.list(session.id, first)
    assert (stored.rater_id, stored.rated_at) == (first, sheet.rated_at)
    assert set(stored.ratings) == set(RATINGS)
    with stores.db.connect() as connection:
        sealed = connection.execute(select(t.ratings.c.sealed_reason)).scalars().all()
    assert not any(b"loss" in reason for reason in sealed)
    entries = [e for e in stores.audit.entries(f"interview:{session.id}") if "rat" in e.action]
    assert {e.action for e in entries} == {"interview.rated", "rating.read"}
    assert not any("level" in e.detail or "leadership" in e.detail for e in entries)
