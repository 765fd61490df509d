"""Approving insights over a real store: every door, the first decision, the end of the time, and what is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from include.interview.errors import BadInput, NotFound, PolicyRefusal
from include.interview.insight.records import ClaimText
from include.interview.scoring.ratings import Rating
from include.settings import load_settings
from tasks.ephemeral import passing_stores
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, load
from tasks.evaluation.publish import publish, record_review, report_context, stored_reports
from tasks.executive.approval import (
    DEADLINE_ACTOR,
    answering_logins,
    decide,
    end,
    look,
    record_answer,
    store_for_approval,
)
from tasks.executive.insight_results import insights_view
from tasks.executive.insights import InsightRefused, draft, verify
from tests.support.insight_sessions import Held, awaiting, let_pass

pytestmark = pytest.mark.slow


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    settings = load_settings({"TRIVIEW_HOME": str(tmp_path), "TRIVIEW_JUDGE": "offline"})
    with passing_stores(settings) as (stores, own):
        yield awaiting(stores, own)


def account(held: Held, role: str, login: str) -> str:
    return held.context.stores.accounts.create(login, "a long enough password", role).id


def statuses(held: Held) -> dict[str, str]:
    return {one.id: one.status for one in held.context.stores.insights.list(held.session.id)}


def test_people_are_asked_once_and_a_task_that_is_tried_again_does_not_prolong_it(held: Held) -> None:
    assert held.waiting > 3
    stores = held.context.stores
    before = stores.insight_approvals.get(held.session.id)
    assert store_for_approval(held.context, verify(held.context, draft(held.context, held.card))) == held.waiting
    assert stores.insight_approvals.get(held.session.id) == before
    found = look(held.context)
    assert (found.ids, found.over, found.withheld, found.remind) == (tuple(held.ids), False, False, False)
    assert found.rest_s == 20.0


def test_one_decision_counts_whichever_door_it_came_through(held: Held) -> None:
    reviewer, ids = account(held, "reviewer", "rev"), held.ids
    ours = held.context
    acting = type(ours)(ours.stores.acting_as(f"reviewer:{reviewer}"), ours.settings, ours.interview_id)
    assert decide(acting, ids[0], "approve", account_id=reviewer).status == "accepted"
    assert decide(acting, ids[1], "reject", account_id=reviewer).status == "rejected"
    with pytest.raises(BadInput, match=f"was accepted by reviewer:{reviewer}") as refused:
        decide(acting, ids[0], "reject", account_id=reviewer)
    assert refused.value.code == "already_decided"
    settled = record_answer(ours, [ids[1], ids[2]], "lee")
    assert settled.decided_elsewhere == (ids[0], ids[1])
    assert (settled.accepted, settled.undecided) == (2, 0)
    now = statuses(held)
    assert [now[i] for i in ids[:3]] == ["accepted", "rejected", "accepted"]
    assert {now[i] for i in ids[3:]} == {"rejected"}
    assert {d.actor for d in ours.stores.insights.decisions(ours.interview_id)} == {
        f"reviewer:{reviewer}", "airflow:lee",
    }  # fmt: skip
    assert look(ours).ids == ()
    with pytest.raises(BadInput) as again:
        decide(acting, ids[2], "approve", account_id=reviewer)
    assert again.value.code == "already_decided"


def test_what_nobody_decided_in_time_is_rejected_and_later_answers_do_not_count(held: Held) -> None:
    ids, context = held.ids, held.context
    decide(context, ids[0], "approve")
    let_pass(context.stores, held.session.id, 24)
    assert look(context).remind
    assert not look(context).remind, "people are reminded once"
    let_pass(context.stores, held.session.id, 24)
    assert look(context).over
    for late in (lambda: decide(context, ids[1], "approve"), lambda: record_answer(context, ids, "lee")):
        with pytest.raises(BadInput) as refused:
            late()
        assert refused.value.code == "approval_closed"
    settled = end(context)
    assert (settled.accepted, settled.rejected, settled.undecided) == (1, held.waiting - 1, 0)
    actors = [d.actor for d in context.stores.insights.decisions(held.session.id)]
    assert actors[1:] == [DEADLINE_ACTOR] * (held.waiting - 1)
    assert end(context) == settled


def test_an_edit_is_verified_anew_and_what_stood_before_is_kept(held: Held) -> None:
    context, stores = held.context, held.context.stores
    (first,) = [i for i in stores.insights.list(held.session.id) if i.quotes[0].utterance_id == "executive:u0002"][:1]
    with pytest.raises(InsightRefused) as refused:
        decide(context, first.id, "edit", ClaimText(en="Led a team of eighty in the billing migration."))
    assert refused.value.code == refused.value.reason.code == "number_not_cited"
    assert statuses(held)[first.id] == "draft"
    with pytest.raises(BadInput) as empty:
        decide(context, first.id, "edit", ClaimText(en="  "))
    assert empty.value.code == "edit_without_text"
    better = ClaimText(en="Took over the billing migration at Northwind.")
    assert decide(context, first.id, "edit", better).text == better
    view = insights_view(stores, held.session.id, account(held, "hr", "hr"), may_decide=True)
    (line,) = [one for one in view.insights if one.id == first.id]
    assert (line.text, line.before, line.decision) == (better, first.text, "edit")


def test_invented_ids_interviewers_and_erased_people(held: Held) -> None:
    context, stores = held.context, held.context.stores
    with pytest.raises(NotFound):
        decide(context, "invented", "approve")
    with pytest.raises(BadInput) as unknown:
        record_answer(context, ["invented"], "lee")
    assert unknown.value.code == "unknown_insight"
    leader = held.session.interviewer_id
    with pytest.raises(PolicyRefusal) as own:
        decide(context, held.ids[0], "approve", account_id=leader)
    assert own.value.code == "own_interview"
    with pytest.raises(PolicyRefusal):
        record_answer(context, held.ids, stores.accounts.get(leader).login)
    assert set(statuses(held).values()) == {"draft"}
    first = held.ids[0]
    stores.candidates.destroy_key(held.session.candidate_id)
    for call in (
        lambda: decide(context, first, "approve"),
        lambda: record_answer(context, [], "lee"),
        lambda: look(context),
    ):
        with pytest.raises(NotFound) as erased:
            call()
        assert erased.value.code == "erased"


def test_who_may_answer_in_airflow(held: Held) -> None:
    stores, interview_id = held.context.stores, held.session.id
    account(held, "reviewer", "rev")
    leads = stores.accounts.get(held.session.interviewer_id).login
    assert answering_logins(stores, interview_id) == ("rev",)
    assert answering_logins(stores, interview_id, ["kim", leads, "kim"]) == ("kim",)


def test_a_withheld_card_publishes_no_insight(held: Held) -> None:
    context, stores = held.context, held.context.stores
    stores.reviews.ask(held.session.id, held.card.id, ["low_agreement"])
    record_review(context, held.card, "withhold:recording_unusable", "airflow:lee")
    assert look(context).withheld
    with pytest.raises(BadInput) as refused:
        decide(context, held.ids[0], "approve")
    assert refused.value.code == "card_withheld"
    view = insights_view(stores, held.session.id, account(held, "hr", "hr"), may_decide=True)
    assert (view.state, view.insights) == ("withheld", ())


def test_the_report_holds_what_was_approved_and_the_panel_once_all_have_rated(held: Held) -> None:
    context, stores = held.context, held.context.stores
    approved, rejected = held.ids[0], held.ids[1]
    said = {i: held.sentence(i, "en") for i in (approved, rejected)}
    decide(context, approved, "approve")
    let_pass(stores, held.session.id, 48)
    end(context)
    page = report(held)
    assert said[approved] in page
    assert said[rejected] not in page
    assert "Not everybody has rated yet (1 to go)" in page
    leader = held.session.interviewer_id
    criteria = ("leadership", "strategic_thinking", "experience", "culture_fit")
    stores.ratings.submit(held.session.id, leader, [Rating(c, 4, "Said so.") for c in criteria])
    again = report(held)
    assert 'id="panel-h"' in again
    assert "Said so." in again
    assert "Not everybody has rated yet" not in again


def test_a_rating_after_publication_is_in_the_report_that_is_read_next(held: Held) -> None:
    context, stores, interview = held.context, held.context.stores, held.session.id
    publish(context, held.card)
    before = stored_reports(stores, interview)
    assert "Not everybody has rated yet (1 to go)" in before["report.en.html"].decode()
    kept = stores.artifacts.list(interview)
    assert stored_reports(stores, interview) == before
    assert stores.artifacts.list(interview) == kept, "nothing is rendered while nothing changed"
    criteria = ("leadership", "strategic_thinking", "experience", "culture_fit")
    leader = held.session.interviewer_id
    stores.ratings.submit(interview, leader, [Rating(c, 4, "Said so.") for c in criteria])
    after = stored_reports(stores, interview)
    page = after["report.en.html"].decode()
    assert "Said so." in page
    assert "Not everybody has rated yet" not in page
    assert stored_reports(stores, interview) == after
    # Without consent nothing new is made of the candidate's words, and what was published can still be read.
    for consent in stores.consents.list(held.session.candidate_id):
        stores.consents.withdraw(consent.id)
    assert stored_reports(stores, interview) == after


def test_who_reads_what_after_publication(held: Held) -> None:
    context, stores, approved = held.context, held.context.stores, held.ids[0]
    hr, leader = account(held, "hr", "hr"), held.session.interviewer_id

    def read(reader: str, *, may_decide: bool) -> list[str]:
        view = insights_view(stores, held.session.id, reader, may_decide=may_decide)
        return [one.id for one in view.insights]

    decide(context, approved, "approve")
    assert (read(hr, may_decide=True), read(leader, may_decide=False)) == (held.ids, [])
    stores.scorecards.publish(load(stores, held.card, ScoredInterview).card)
    stores.interviews.set_status(held.session.id, "published")
    assert read(leader, may_decide=False) == [], "rates first"
    stores.ratings.submit(held.session.id, leader, [Rating("leadership", 4)])
    assert read(leader, may_decide=False) == [approved]
    assert read(leader, may_decide=True) == [approved], "whatever the role: who conducted it decides nothing"


def report(held: Held) -> str:
    """The report as it would be published now."""
    from include.reporting import render_html

    scored = load(held.context.stores, held.card, ScoredInterview)
    prepared = load(held.context.stores, scored.case, PreparedCase)
    return render_html(scored.card, report_context(held.context.stores, scored.card, prepared, "now"), "en")
