"""The weekly fairness report over stored applications, cards and declarations."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update

from include.interview.applications import Decision
from include.interview.fairness.records import Person, Sample
from include.interview.ranking.entry import enter
from include.interview.records import Bilingual, Candidate, CriterionScore, Opening
from include.security.keys import create_key_file
from include.settings import load_settings
from include.statistics.fairness import fairness_report
from include.storage import Stores, open_stores
from include.storage.database import tables as t
from tasks.ranking.fairness import openings_with_people, report_all, report_opening, stages_recognised_worse
from tests.support.record_builders import card
from tests.support.schemas import sqlite_with_schema

pytestmark = pytest.mark.slow
TEXT = Bilingual("개발자", "Engineer")


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    settings = load_settings({"TRIVIEW_HOME": str(tmp_path / "home")})
    sqlite_with_schema(Path(settings.db_url.removeprefix("sqlite:///")))
    create_key_file(settings.master_key_file)
    with open_stores(settings) as opened:
        for name in ("backend", "design"):
            opened.openings.put(Opening(id=name, title=TEXT, description=TEXT, profile="kr"))
        yield opened


def apply(stores: Stores, opening: str, sex: str | None, chosen: bool | None, total: float | None) -> Candidate:
    """One applicant with a declaration, a decision and a published card."""
    candidate = stores.candidates.create("이름")
    application = stores.applications.ensure(candidate.id, opening)
    if sex is not None:
        stores.declarations.declare(candidate.id, {"sex": sex})
    if chosen is not None:
        with stores.db.begin() as connection:
            state = "advanced" if chosen else "rejected"
            connection.execute(update(t.applications).where(t.applications.c.id == application).values(status=state))
    if total is not None:
        interview = stores.interviews.create(application, "ai", "kr", "ko")
        line = CriterionScore("language", "scored", 30.0, 30.0, score=total / 100, level=3.0, sem=0.1, points=15.0)
        stores.scorecards.publish(card(interview.id, total, 2.0, profile="kr", criteria=(line,)))
        stores.interviews.set_status(interview.id, "published")
    return candidate


def people(stores: Stores, opening: str, n: int, *, seed: int = 1) -> None:
    source = random.Random(seed)  # noqa: S311 - made-up people
    for i in range(n):
        woman = i % 2 == 0
        chosen = i % 10 == 0 if woman else i % 3 == 0
        apply(stores, opening, "female" if woman else "male", chosen, source.gauss(50 if woman else 60, 8))


def test_each_subject_is_published_once_and_then_unchanged(stores: Stores) -> None:
    people(stores, "backend", 50)
    apply(stores, "backend", "undisclosed", True, None)
    first = report_opening(stores, "backend")
    assert (first.published, first.held) == (3, 0)
    subjects = [one.subject for one in stores.fairness_reports.newest("backend")]
    assert subjects == ["decisions", "ai", "ai/language"]
    decisions = stores.fairness_reports.newest("backend")[0].report.groupings[0]
    assert decisions.attributes == ("sex",)
    assert [(g.group, g.n) for g in decisions.groups] == [("female", 25), ("male", 25)]
    assert decisions.unknown == "<5", "who prefers not to say is not declared"
    again = report_opening(stores, "backend")
    assert (again.published, again.unchanged, again.held) == (0, 3, 0)


def test_a_week_in_which_one_person_came_keeps_the_old_figures(stores: Stores) -> None:
    people(stores, "backend", 50)
    report_opening(stores, "backend")
    apply(stores, "backend", "female", True, 70.0)
    run = report_opening(stores, "backend")
    assert (run.published, run.held) == (0, 3)
    assert stores.fairness_reports.newest("backend")[0].report.groupings[0].groups[0].n == 25


def test_the_undecided_are_in_no_selection_rate(stores: Stores) -> None:
    people(stores, "backend", 50)
    for _ in range(9):
        apply(stores, "backend", "female", None, None)
    report_opening(stores, "backend")
    assert stores.fairness_reports.newest("backend")[0].report.groupings[0].groups[0].n == 25


def test_all_openings_together_do_not_give_away_the_one_that_is_small(stores: Stores) -> None:
    people(stores, "backend", 50)
    assert report_all(stores).published == 0, "one opening is not pooled"
    for i in range(12):
        apply(stores, "design", "female" if i < 9 else "male", i % 9 == 0, None)
    assert openings_with_people(stores) == ["backend", "design"]
    for opening in openings_with_people(stores):
        report_opening(stores, opening)
    report_all(stores)
    pooled = {one.subject: one.report for one in stores.fairness_reports.newest(None)}
    assert "decisions" not in pooled, "backend's figures and the sum would tell those of design"


def test_an_opening_is_held_when_its_figures_and_an_earlier_pool_would_count_two_people(stores: Stores) -> None:
    people(stores, "backend", 50)
    people(stores, "design", 60, seed=2)
    report_opening(stores, "backend")
    report_all(stores)
    assert [one.subject for one in stores.fairness_reports.newest(None)] == ["decisions", "ai", "ai/language"]
    for _ in range(2):
        apply(stores, "design", "female", True, 70.0)
    run = report_opening(stores, "design")
    assert (run.published, run.held) == (0, 3), "the pool less backend is design without the two"


def test_the_cards_of_the_report_are_those_that_a_ranking_would_count(stores: Stores) -> None:
    """Who was erased, withdrew, took consent back or is under review is in neither."""
    people(stores, "backend", 50)
    applications = stores.applications.list(opening_id="backend")
    interviews = {one.application_id: one.id for one in stores.interviews.list(opening_id="backend")}
    leave = [applications[5 * i : 5 * i + 5] for i in range(4)]
    for one in leave[0]:
        stores.candidates.destroy_key(one.candidate_id)
    hr = stores.acting_as("hr:1")
    for one in leave[1]:
        if one.status == "rejected":
            hr.decisions.record(one.id, Decision("in_process", "contested", "Asked"))
        hr.decisions.record(one.id, Decision("withdrawn", "candidate_request", "Phoned"))
    for one in leave[2]:
        consent = stores.consents.grant(one.candidate_id, interviews[one.id], ["ai_evaluation"], "1")
        stores.consents.withdraw(consent.id)
    for one in leave[3]:
        stores.interviews.set_status(interviews[one.id], "review")
    report_opening(stores, "backend")
    (ai,) = (one.report for one in stores.fairness_reports.newest("backend") if one.subject == "ai")
    (_, applicants) = stores.ranking_inputs.gather(["backend"])["backend"]
    entrants, apart, _ = enter(applicants, {"ai": 100.0})
    assert ai.people == len(entrants) == 30
    assert Counter(one.reason for one in apart) == dict.fromkeys(
        ("erased", "withdrawn", "consent_withdrawn", "review_open"), 5
    )


def test_what_is_published_names_nobody(stores: Stores) -> None:
    people(stores, "backend", 40)
    someone = apply(stores, "backend", "female", True, 61.25)
    report_opening(stores, "backend")
    written = msgspec.json.encode(stores.fairness_reports.list("backend")).decode()
    assert someone.id not in written
    assert "61.25" not in written
    actions = [entry.action for entry in stores.audit.entries("opening:backend")]
    assert actions.count("fairness.published") == 3


def test_nobody_declared_and_a_group_of_one(stores: Stores) -> None:
    for number in range(20):
        apply(stores, "backend", None, number % 2 == 0, 50.0 + number)
    report_opening(stores, "backend")
    (unknown,) = (one.report for one in stores.fairness_reports.newest("backend") if one.subject == "decisions")
    assert (unknown.groupings[0].groups, unknown.groupings[0].unknown) == ((), 20)
    assert unknown.notes, "what cannot be said is said"
    people(stores, "design", 50)
    apply(stores, "design", "another", True, 60.0)
    report_opening(stores, "design")
    (decisions,) = (one.report for one in stores.fairness_reports.newest("design") if one.subject == "decisions")
    alone = [g for g in decisions.groupings[0].groups if g.group not in ("female", "male")]
    assert [g.n for g in alone] in (["<5"], []), "one person is never a printed count"
    assert not any(g.selection and g.selection.flag for g in alone)


def test_a_group_that_is_recognised_worse_is_told_beside_the_ranking(stores: Stores) -> None:
    heard = [Person((group,), i >= worse, 0.9) for group, worse in (("female", 20), ("male", 0)) for i in range(30)]
    stores.fairness_reports.publish("backend", "ai/recognition", fairness_report(Sample(("sex",), tuple(heard))))
    even = [Person((group,), i >= 6, 0.9) for group in ("female", "male") for i in range(30)]
    stores.fairness_reports.publish("backend", "practical/recognition", fairness_report(Sample(("sex",), tuple(even))))
    assert stages_recognised_worse(stores, "backend") == ("ai",)
    assert stages_recognised_worse(stores, "design") == ()


def test_erased_people_are_gone_from_the_next_figures(stores: Stores) -> None:
    people(stores, "backend", 50)
    report_opening(stores, "backend")
    gone = [a.candidate_id for a in stores.applications.list(opening_id="backend")]
    for candidate_id in gone:
        stores.candidates.destroy_key(candidate_id)
    assert stores.declarations.for_report(gone) == {}
    report_opening(stores, "backend")
    (decisions,) = (one.report for one in stores.fairness_reports.newest("backend") if one.subject == "decisions")
    assert (decisions.groupings[0].groups, decisions.groupings[0].unknown) == ((), 50)
