"""`./triview insights approve|reject|edit`: decisions of an operator, kept like everybody else's."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from cli.session import local_stores
from tests.support.insight_sessions import awaiting

pytestmark = pytest.mark.slow


def test_an_operator_decides_and_the_states_are_shown(triview, home: Path) -> None:
    with local_stores() as (stores, settings):
        held = awaiting(stores, settings)
        interview, ids = held.session.id, held.ids
        told = next(i.id for i in stores.insights.list(interview) if i.quotes[0].utterance_id == "executive:u0002")
    others = [one for one in ids if one != told]
    assert triview("insights", "approve", interview, others[0], "--json").json["status"] == "accepted"
    assert triview("insights", "reject", interview, others[1]).code == 0
    wrong = triview("insights", "edit", interview, told, "--en", "Led a team of eighty at Northwind.")
    assert (wrong.code, "'eighty' does not stand" in wrong.err) == (2, True)
    better = "Took over the billing migration at Northwind."
    assert triview("insights", "edit", interview, told, "--en", better, "--json").json["text"]["en"] == better
    for again, sentence in (
        (("reject", interview, told), "the first decision counts"),
        (("approve", interview, "invented"), "no insight of this id"),
        (("edit", interview, others[2]), "An edit needs a sentence"),
    ):
        refused = triview("insights", *again)
        assert (refused.code, sentence in refused.err) == (2, True), again
    shown = triview("insights", interview, "--json").json
    assert {one["id"]: one["status"] for one in shown["insights"]} == {
        **dict.fromkeys(ids, "draft"), others[0]: "accepted", others[1]: "rejected", told: "accepted",
    }  # fmt: skip
    assert {one["actor"] for one in shown["decisions"]} == {f"cli:{getpass.getuser()}"}
    assert shown["approval"]["closed_at"] is None
    assert "People are asked until" in triview("insights", interview).out
