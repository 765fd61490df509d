"""Next steps from what is stored: reviews, ratings, insights and missing stages of a real database."""

from __future__ import annotations

import pytest

from include.interview.applications import Decision
from include.interview.contests import ContestAnswer, Objection
from include.interview.insight.records import InsightTally
from include.interview.ranking.next_step_words import STEP_WORDS
from include.interview.ranking.next_steps import NextStep, next_steps
from include.storage import Stores
from tasks.evaluation.agreement import divergence_queue, settle_divergence
from tasks.ranking.flow import rank_openings
from tasks.ranking.progress import opening_facts, progress_of
from tests.support.ranked_applications import (
    OPENING,
    Applicant,
    add_insights,
    all_stages,
    apply,
    hold_session,
    publish_executive,
    rate,
    stage_card,
)

pytestmark = pytest.mark.slow


def steps(stores: Stores, *people: Applicant) -> list[tuple[NextStep, ...]]:
    rank_openings(stores, [OPENING.id])
    facts = opening_facts(stores, OPENING.id)
    wanted = [one.application for one in people]
    found = progress_of(stores, facts, stores.rankings.served(OPENING.id), wanted)
    return [next_steps(found[identity]) for identity in wanted]


def codes(found: tuple[NextStep, ...]) -> list[tuple[str, str | None]]:
    return [(step.code, step.stage) for step in found]


@pytest.mark.unit
def test_each_application_is_told_what_its_own_records_ask_for(local_stores: Stores) -> None:
    stores = local_stores
    done = apply(stores, "A", all_stages(4.0))
    two = apply(stores, "B", {"ai": 4.0, "practical": 3.0})
    thin = apply(stores, "C", all_stages(3.0), unscored={"ai": ("job_fit",)})
    asked = apply(stores, "D", all_stages(3.0))
    stores.reviews.ask(asked.interviews["ai"], "card", ("policy",))
    stores.interviews.set_status(asked.interviews["ai"], "review")
    held = apply(stores, "E", all_stages(3.0))
    stores.reviews.ask(held.interviews["practical"], "card", ("policy",))
    stores.reviews.answer(held.interviews["practical"], "card", "withhold:recording_unusable")
    stores.interviews.set_status(held.interviews["practical"], "review")
    broken = apply(stores, "F", {"ai": 3.0})
    stores.interviews.set_status(stores.interviews.create(broken.application, "practical", "standard").id, "failed")
    gone = apply(stores, "G", all_stages(3.0))
    stores.acting_as("hr:1").decisions.record(
        gone.application, Decision("withdrawn", "candidate_request", "Asked for it.")
    )
    unheard = apply(stores, "H", all_stages(3.0))
    for consent in stores.consents.list(unheard.candidate):
        stores.consents.withdraw(consent.id)
    people = (done, two, thin, asked, held, broken, gone, unheard)
    found = steps(stores, *people)
    assert [codes(one)[0] for one in found] == [
        ("decide", None),
        ("next_interview", "executive"),
        ("ask_again", "ai"),
        ("answer_review", "ai"),
        ("settle_withheld", "practical"),
        ("look_at_run", "practical"),
        ("no_step", None),
        ("people_only", "ai"),
    ]
    assert found[2][0].criteria == ("job_fit",)
    assert ("next_interview", "executive") in codes(found[5]), "the last stage is still to come"


def test_ratings_that_miss_or_diverge_and_insights_that_wait_come_before_a_decision(stores: Stores) -> None:
    apply(stores, "Z", all_stages(5.0))
    one = apply(stores, "A", {"ai": 4.0, "practical": 4.0})
    first, second = hold_session(stores, one)
    publish_executive(stores, one, 3.0)
    assert codes(steps(stores, one)[0])[0] == ("collect_ratings", "executive")
    rate(stores, one, first, 3)
    rate(stores, one, second, 3, leadership=5)
    add_insights(stores, one, {"강점": "strength", "서로 다른 말": "contradiction", "남은 질문": "open_question"}, ())
    (found,) = steps(stores, one)
    assert codes(found) == [("second_rater", "executive"), ("decide_insights", "executive")]
    assert found[0].criteria == ("leadership",)
    assert "3" in found[1].ground.en
    interview = one.interviews["executive"]
    assert stores.insights.tallies(OPENING.id) == {interview: InsightTally(0, 3, 0)}
    stores.insights.approve(interview, "i0")
    stores.insights.approve(interview, "i1")
    stores.insights.reject(interview, "i2")
    assert stores.insights.tallies(OPENING.id) == {interview: InsightTally(2, 0, 1)}
    assert [code for code, _ in codes(steps(stores, one)[0])] == ["second_rater", "ask_about_statements"]
    for entry in divergence_queue(stores, OPENING.id):
        settle_divergence(stores.acting_as("reviewer:7"), OPENING.id, entry.id, "Heard it again with both.", "7")
    assert [code for code, _ in codes(steps(stores, one)[0])] == ["ask_about_statements", "decide"]


def test_names_of_many_are_read_at_once_without_who_was_erased(stores: Stores) -> None:
    from tasks.ranking.reports import candidate_names

    known = [apply(stores, f"N{n}", {"ai": 3.0}) for n in range(3)]
    stores.candidates.destroy_key(known[0].candidate)
    before = stores.audit.verify().entries
    names = candidate_names(stores, OPENING.id, [*(one.application for one in known), "nobody"])
    assert names == {known[1].application: "N1", known[2].application: "N2"}
    assert stores.audit.verify().entries == before + 1, "one query, one entry"


def test_a_contest_is_the_next_step_until_it_is_answered_and_changes_no_place(stores: Stores) -> None:
    apply(stores, "Z", all_stages(5.0))
    one = apply(stores, "A", all_stages(3.0))
    interview = one.interviews["practical"]
    assert codes(steps(stores, one)[0]) == [("decide", None)]
    before = stores.rankings.served(OPENING.id)
    assert before is not None
    objection = Objection(("evidence_misread",), "I said the opposite.", "en")
    made = stores.contests.open(interview, one.candidate, objection)
    assert codes(steps(stores, one)[0]) == [("answer_contest", "practical")]
    after = stores.rankings.served(OPENING.id)
    assert after is not None
    assert after.ranking.candidates == before.ranking.candidates
    person = stores.acting_as("hr:1")
    person.contests.answer(made.standing.id, ContestAnswer("evaluated_again", "We look again."), ())
    (found,) = steps(stores, one)
    assert (codes(found), found[0].ground) == ([("evaluate_again", "practical")], STEP_WORDS["contest_granted"][1])
    stores.scorecards.publish(stage_card(interview, "practical", 3.5))
    assert codes(steps(stores, one)[0]) == [("decide", None)]
    again = stores.contests.open(interview, one.candidate, objection)
    person.decisions.record(one.application, Decision("rejected", "other", "Other people fitted."))
    assert codes(steps(stores, one)[0]) == [("answer_contest", "practical")]
    stores.contests.withdraw(interview, one.candidate)
    assert codes(steps(stores, one)[0]) == [("no_step", None)]
    assert again.standing.state == "open"
