"""Insights in the database: sealed, decided about once, with the words before an edit kept, and gone with the key."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import select

from include.interview.errors import BadInput, NotFound
from include.interview.insight.records import Citation, ClaimText, Insight
from include.storage import Stores
from include.storage.database import tables as t
from tests.include.storage.conftest import enrol

WORDS = "marker words of an insight"


def insight(identity: str, text: str = WORDS) -> Insight:
    quote = Citation("executive:u0002", "executive", f"{WORDS} said", 1.0, 2.5)
    return Insight(identity, "strength", ClaimText(en=text), (quote,), "offline")


def test_drafts_are_stored_in_order_sealed_and_replaced(stores: Stores) -> None:
    person = enrol(stores)
    stores.insights.put(person.interview.id, [insight("b"), insight("a")])
    assert [one.id for one in stores.insights.list(person.interview.id)] == ["b", "a"]
    stores.insights.put(person.interview.id, [insight("c")])
    assert stores.insights.list(person.interview.id) == (insight("c"),)
    with stores.db.connect() as connection:
        sealed = connection.execute(select(t.insights.c.sealed_document)).scalars().all()
    assert sealed
    assert all(WORDS.encode() not in value for value in sealed)
    assert "insights.drafted" in [e.action for e in stores.audit.entries(f"interview:{person.interview.id}")]


def test_a_person_decides_once_and_an_edit_keeps_what_stood_before(stores: Stores) -> None:
    person = enrol(stores)
    ours = stores.acting_as("account:reviewer").insights
    ours.put(person.interview.id, [insight("a"), insight("b"), insight("c")])
    assert ours.approve(person.interview.id, "a").status == "accepted"
    assert ours.reject(person.interview.id, "b").status == "rejected"
    edited = msgspec.structs.replace(insight("c"), text=ClaimText(en="Better words."))
    assert ours.edit(person.interview.id, edited).text.en == "Better words."
    with pytest.raises(BadInput) as refused:
        ours.reject(person.interview.id, "a")
    assert refused.value.code == "already_decided"
    kept = {d.insight_id: d for d in ours.decisions(person.interview.id)}
    assert {i: d.decision for i, d in kept.items()} == {"a": "approve", "b": "reject", "c": "edit"}
    assert {d.actor for d in kept.values()} == {"account:reviewer"}
    edit = kept["c"].edit
    assert edit is not None
    assert (edit.before.en, edit.after.en) == (WORDS, "Better words.")
    ours.put(person.interview.id, [insight("a", "Written again."), insight("d")])
    now = {one.id: (one.status, one.text.en) for one in ours.list(person.interview.id)}
    assert now == {
        "a": ("accepted", WORDS),
        "b": ("rejected", WORDS),
        "c": ("accepted", "Better words."),
        "d": ("draft", WORDS),
    }


def test_unknown_doubled_and_erased(stores: Stores) -> None:
    person = enrol(stores)
    with pytest.raises(BadInput, match="same id"):
        stores.insights.put(person.interview.id, [insight("a"), insight("a")])
    with pytest.raises(NotFound):
        stores.insights.approve(person.interview.id, "nothing")
    stores.insights.put(person.interview.id, [insight("a")])
    stores.candidates.destroy_key(person.candidate.id)
    for read in (stores.insights.list, stores.insights.decisions):
        with pytest.raises(NotFound) as gone:
            read(person.interview.id)
        assert gone.value.code == "erased"
