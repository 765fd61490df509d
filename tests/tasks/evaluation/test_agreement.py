"""Agreement, severity and divergences from stored ratings: whose count, and the program beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from include.interview.agreement.records import MACHINE
from include.interview.errors import BadInput, NotFound, PolicyRefusal
from include.interview.records import Bilingual, CriterionScore, Opening
from include.interview.scoring.ratings import Rating
from include.security.keys import create_key_file
from include.settings import load_settings
from include.storage import Stores, open_stores
from include.storage.database import tables as t
from tasks.evaluation.agreement import divergence_queue, rating_analysis, settle_divergence
from tests.cli.conftest import home, triview
from tests.support.record_builders import card
from tests.support.schemas import sqlite_with_schema

__all__ = ["home", "triview"]
pytestmark = pytest.mark.slow
TEXT = Bilingual("개발자", "Engineer")
CRITERIA = ("leadership", "strategic_thinking", "experience")
PURPOSES = ("recording", "ai_evaluation")


@pytest.fixture
def stores(home: Path) -> Iterator[Stores]:
    settings = load_settings({"TRIVIEW_HOME": str(home)})
    sqlite_with_schema(Path(settings.db_url.removeprefix("sqlite:///")))
    create_key_file(settings.master_key_file)
    with open_stores(settings) as opened:
        opened.openings.put(Opening(id="chief", title=TEXT, description=TEXT))
        yield opened


def raters(stores: Stores, *logins: str) -> list[str]:
    return [stores.accounts.create(login, "a long password 1", "interviewer").id for login in logins]


def interview(stores: Stores, levels: dict[str, tuple[int, ...]], machine: float | None = 3.0) -> tuple[str, str, str]:
    """(interview, application, consent) with everybody's levels of the criteria, and a published card."""
    candidate = stores.candidates.create("이름").id
    application = stores.applications.ensure(candidate, "chief")
    made = stores.interviews.create(application, "executive", "standard", "ko").id
    consent = stores.consents.grant(candidate, made, PURPOSES, "1").id
    for rater, given in levels.items():
        stores.ratings.submit(
            made, rater, [Rating(c, level, "words") for c, level in zip(CRITERIA, given, strict=True)]
        )
    if machine is not None:
        lines = tuple(
            CriterionScore(c, "scored", 25.0, 25.0, score=(machine - 1) / 4, level=machine, sem=0.1, points=12.0)
            for c in CRITERIA
        )
        stores.scorecards.publish(card(made, 50.0, 2.0, stage="executive", criteria=lines))
        stores.interviews.set_status(made, "published")
    return made, application, consent


def test_who_is_stricter_is_found_from_stored_ratings(stores: Stores) -> None:
    strict, lenient = raters(stores, "strict", "lenient")
    for base in (2, 3, 4):
        interview(stores, {strict: (base - 1,) * 3, lenient: (base, base + 1, base)}, machine=None)
    found = rating_analysis(stores, "chief")
    assert [one.criterion for one in found.agreement] == [f"executive/{c}" for c in sorted(CRITERIA)]
    assert found.severity is not None
    severity = {one.rater: one.severity for one in found.severity.raters}
    assert severity[strict] > 0.4
    assert severity[lenient] == pytest.approx(-severity[strict])
    (entry,) = [one for one in stores.audit.entries("opening:chief") if one.action == "rating.analysed"]
    assert len(json.loads(entry.detail)["interviews"]) == 3


def test_the_program_is_one_more_rater_and_the_queue_names_the_interview(stores: Stores) -> None:
    one, other = raters(stores, "one", "other")
    near, application, _ = interview(stores, {one: (3, 3, 5), other: (3, 3, 3)}, machine=3.2)
    queue = divergence_queue(stores, "chief")
    assert [(q.interview_id, q.application_id, q.stage, q.criterion, q.kind) for q in queue] == [
        (near, application, "executive", "experience", "raters"),
        (near, application, "executive", "experience", "machine"),
    ]
    assert (queue[0].raters, queue[0].levels) == ((other, one), (3.0, 5.0))
    assert (queue[1].raters, queue[1].difference) == ((one, MACHINE), pytest.approx(1.8))
    among = {a.among for a in rating_analysis(stores, "chief").agreement}
    assert among == {"people", "people and machine"}


def test_a_card_that_waits_for_a_person_does_not_take_part(stores: Stores) -> None:
    (one,) = raters(stores, "one")
    held, _, _ = interview(stores, {one: (5, 5, 5)}, machine=2.0)
    assert len(divergence_queue(stores, "chief")) == 3
    stores.interviews.set_status(held, "review")
    assert divergence_queue(stores, "chief") == ()


def test_who_took_consent_back_or_was_erased_is_left_out(stores: Stores) -> None:
    (one,) = raters(stores, "one")
    _, _, consent = interview(stores, {one: (5, 5, 5)}, machine=2.0)
    _, second, _ = interview(stores, {one: (1, 1, 1)}, machine=4.0)
    stores.consents.withdraw(consent)
    assert {entry.application_id for entry in divergence_queue(stores, "chief")} == {second}
    stores.candidates.destroy_key(next(a.candidate_id for a in stores.applications.list() if a.id == second))
    assert divergence_queue(stores, "chief") == ()
    assert rating_analysis(stores, "chief").agreement == ()


REASON = "Heard the answer again with both raters."


def test_a_settled_entry_leaves_the_queue_for_good_and_says_why(stores: Stores) -> None:
    one, other = raters(stores, "one", "other")
    near, _, _ = interview(stores, {one: (3, 3, 5), other: (3, 3, 3)}, machine=3.2)
    people, machine = divergence_queue(stores, "chief")
    reviewer = stores.acting_as("reviewer:7")
    with pytest.raises(PolicyRefusal) as own:
        settle_divergence(reviewer, "chief", people.id, REASON, other)
    assert own.value.code == "own_rating"
    for reason in ("", "  ", "x" * 2_001):
        with pytest.raises(BadInput) as refused:
            settle_divergence(reviewer, "chief", people.id, reason, "7")
        assert refused.value.code == "settlement_reason"
    with pytest.raises(NotFound, match="no such entry"):
        settle_divergence(reviewer, "chief", "0" * 64, REASON, "7")
    with pytest.raises(BadInput, match="Only a person"):
        settle_divergence(stores.acting_as("system"), "chief", people.id, REASON)
    assert divergence_queue(stores, "chief") == (people, machine)
    done = settle_divergence(reviewer, "chief", people.id, f" {REASON}\n", "7")
    assert done.settled is not None
    assert (done.settled.actor, done.settled.reason) == ("reviewer:7", REASON)
    assert divergence_queue(stores, "chief") == (machine,)
    assert divergence_queue(stores, "chief", "settled") == (done,)
    assert divergence_queue(stores, "chief", "all") == (done, machine)
    with pytest.raises(BadInput) as again:
        settle_divergence(stores.acting_as("hr:8"), "chief", people.id, REASON)
    assert again.value.code == "already_settled"
    (entry,) = [e for e in stores.audit.entries(f"interview:{near}") if e.action == "divergence.settled"]
    assert (entry.actor, json.loads(entry.detail)) == ("reviewer:7", {"entry": people.id})
    with stores.db.connect() as connection:
        (kept,) = connection.execute(select(t.divergence_settlements)).all()
    assert REASON.encode() not in kept.sealed_reason
    assert stores.ratings.list(near)[0].ratings[2].level in (3, 5), "levels stay as they were given"


def test_a_card_scored_anew_is_another_entry_and_an_erased_persons_is_none(stores: Stores) -> None:
    (one,) = raters(stores, "one")
    near, application, _ = interview(stores, {one: (3, 3, 5)}, machine=3.2)
    (entry,) = divergence_queue(stores, "chief")
    settle_divergence(stores.acting_as("reviewer:7"), "chief", entry.id, REASON)
    lines = tuple(CriterionScore(c, "scored", 25.0, 25.0, score=0.5, level=3.0, sem=0.1, points=12.0) for c in CRITERIA)
    stores.scorecards.publish(card(near, 51.0, 2.0, stage="executive", criteria=lines))
    (fresh,) = divergence_queue(stores, "chief")
    assert fresh.id != entry.id
    assert (fresh.criterion, fresh.settled) == (entry.criterion, None)
    stores.candidates.destroy_key(next(a.candidate_id for a in stores.applications.list() if a.id == application))
    assert stores.divergences.settled("chief") == {}
    assert divergence_queue(stores, "chief", "all") == ()


def test_an_opening_that_is_none(stores: Stores) -> None:
    with pytest.raises(NotFound, match="no opening 'nowhere'"):
        rating_analysis(stores, "nowhere")


def test_the_commands_read_what_is_stored(stores: Stores, triview) -> None:
    one, other = raters(stores, "one", "other")
    first, _, _ = interview(stores, {one: (1, 3, 3), other: (3, 3, 3)}, machine=None)
    found = json.loads(triview("severity", "--opening", "chief", "--json").out)
    assert found["severity"] is None
    assert "at least 8 ratings" in found["why_not"]["en"]
    agreed = json.loads(triview("ratings", "agreement", "chief", "--json").out)
    assert [line["criterion"] for line in agreed["agreement"]] == [f"executive/{c}" for c in sorted(CRITERIA)]
    (entry,) = json.loads(triview("ratings", "divergences", "chief", "--json").out)
    assert (entry["interview_id"], entry["criterion"], entry["difference"]) == (first, "leadership", 2.0)
    assert "leadership" in triview("ratings", "divergences", "chief").out
    assert "weighted kappa" in triview("ratings", "agreement", "chief").out
    settled = triview("ratings", "settle", "chief", entry["id"][:12], "--reason", REASON, "--json")
    assert json.loads(settled.out)["settled"]["reason"] == REASON
    assert triview("ratings", "divergences", "chief").out.strip() == "Nobody is far apart."
    assert entry["id"][:12] in triview("ratings", "divergences", "chief", "--all").out
    twice = triview("ratings", "settle", "chief", entry["id"], "--reason", REASON)
    assert (twice.code, "settled already" in " ".join(twice.err.split())) == (2, True)
    neither = triview("severity", "--json")
    assert (neither.code, "and not both" in " ".join(neither.err.split())) == (2, True)
