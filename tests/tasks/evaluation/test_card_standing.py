"""A live card is shown by the rules of the offline card: every state of its review, with and without the right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from include.interview.assessment.policy import load_profile
from include.interview.entities import ArtifactRef
from include.interview.errors import NotFound
from include.interview.live.session import LiveSession
from include.interview.records import Quote
from include.interview.scoring.review import with_review
from include.storage import Stores
from tasks.evaluation.card_review import card_under_review, reviews_for
from tasks.evaluation.card_standing import published_card, require_published
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import ScoredInterview, save
from tasks.evaluation.publish import review_needed, stored_reports
from tasks.live.record import live_record_of
from tasks.live.results import live_result, live_talk_of
from tasks.ranking.application_view import application_view
from tasks.waiting_work import reviews_waiting
from tests.support.installation import CONSENT, NAME, installed
from tests.support.reviewed_sessions import (
    ASKED,
    FULL,
    GROUND,
    NOTE,
    REASON,
    REVIEWABLE,
    SETTINGS,
    STATES,
    State,
    bring_into,
    live_card_of,
)
from tests.support.spoken_sessions import opening

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with installed(tmp_path_factory.mktemp("standing") / "home").stores() as opened:
        opened.openings.put(opening("en"))
        yield opened


def new_session(stores: Stores, profile: str = "standard") -> LiveSession:
    candidate = stores.candidates.create(NAME)
    leader = stores.accounts.create(f"leader-{candidate.id[:8]}", "a long enough password", "interviewer")
    made = stores.live_sessions.create(
        interviewer_id=leader.id, candidate_id=candidate.id, opening_id=opening("en").id, profile=profile,
        language="en", microphones="shared",
    )  # fmt: skip
    stores.consents.grant(candidate.id, made.id, load_profile(profile).purposes, CONSENT)
    return made


def held(stores: Stores, state: State) -> LiveSession:
    return new_session(stores, "kr" if state == "kr" else "standard")


@pytest.mark.parametrize("reviewing", [False, True])
@pytest.mark.parametrize("state", STATES)
def test_the_live_card_in_every_state(stores: Stores, state: State, reviewing: bool) -> None:
    session = held(stores, state)
    card = bring_into(stores, state, session)
    found = live_result(stores, session.id, reviewing=reviewing)
    if state in FULL or (reviewing and state in REVIEWABLE):
        assert found.live == card
    else:
        assert (found.live, found.offline, found.comparison) == (None, None, None)
    expected = "shown" if state in FULL else "withheld" if state == "withheld" else "under_review"
    assert found.standing.state == expected
    assert found.standing.ground == (GROUND if state == "withheld" else None)
    talk = live_talk_of(stores, session.id)
    assert talk is not None
    assert [note.text for note in talk.notes] == [NOTE]


@pytest.mark.parametrize("state", STATES)
def test_the_state_says_who_is_waited_for(stores: Stores, state: State) -> None:
    session = held(stores, state)
    bring_into(stores, state, session)
    names = {
        "under_review": "review", "asked_again": "review", "withheld": "withheld", "published": "published",
        "reviewed": "published",
    }  # fmt: skip
    assert live_result(stores, session.id).state == names.get(state, "processing")


@pytest.mark.parametrize("state", STATES)
def test_a_reviewer_gets_the_card_that_waits_with_its_reasons(stores: Stores, state: State) -> None:
    session = held(stores, state)
    bring_into(stores, state, session)
    found = card_under_review(stores.acting_as("reviewer:lee"), session.id, "an account that conducts nothing")
    assert (found is not None) == (state in ASKED)
    reads = [e for e in stores.audit.entries(f"interview:{session.id}") if e.action == "scorecard.read"]
    assert [entry.actor for entry in reads] == (["reviewer:lee"] if state in ASKED else [])
    assert (session.id in {one.interview_id for one in stores.reviews.waiting()}) == (state in ASKED)
    if found is not None:
        assert found.card.interview_id == session.id
        assert found.reasons == (REASON,)
        said = {u.id: u.text for u in found.case.transcript.utterances}
        quotes = [e for line in found.card.criteria for e in line.evidence if isinstance(e, Quote)]
        assert quotes
        assert all(quote.text in said[quote.utterance_id] for quote in quotes)


@pytest.mark.parametrize("state", STATES)
def test_the_desk_says_where_a_review_stands(stores: Stores, state: State) -> None:
    session = held(stores, state)
    bring_into(stores, state, session)
    assert (session.id in {one.id for _, one in reviews_for(stores, "nobody's")}) == (state in ASKED)
    work = reviews_waiting(stores, "nobody's")
    assert work.count == len(reviews_for(stores, "nobody's")), "what was withheld waits for nobody"
    application = stores.interviews.get(session.id).application_id
    view = application_view(stores, application, "nobody's", may_decide=False, blind=True)
    standing = {"under_review": "review", "asked_again": "review", "withheld": "withheld"}.get(state)
    if standing is not None:
        assert {one.stage: one.standing for one in view.stages}["practical"] == standing


def test_steps_wait_for_every_own_rating_of_the_opening(stores: Stores) -> None:
    session = new_session(stores)
    bring_into(stores, "published", session)
    application = stores.interviews.get(session.id).application_id
    rater = stores.accounts.create("rater-of-another", "a long enough password", "interviewer").id
    before = application_view(stores, application, rater, may_decide=False, blind=True)
    assert before.steps
    stores.live_sessions.create(
        interviewer_id=rater, candidate_id=stores.candidates.create(NAME).id, opening_id=opening("en").id,
        profile="standard", language="en", microphones="shared", stage="executive",
    )  # fmt: skip
    after = application_view(stores, application, rater, may_decide=False, blind=True)
    assert "rate_first" not in {one.standing for one in after.stages}, "this application has nothing of theirs"
    assert after.steps == ()


def test_kr_asks_a_person_for_every_live_card(stores: Stores) -> None:
    standard, _ = live_card_of(new_session(stores))
    korean, _ = live_card_of(new_session(stores, "kr"))
    assert standard.review == ()
    assert [reason.code for reason in korean.review] == ["policy"]


def test_only_who_sees_the_card_is_on_record_as_its_reader(stores: Stores) -> None:
    session = new_session(stores)
    bring_into(stores, "under_review", session)
    live_result(stores.acting_as("interviewer:kim"), session.id)
    live_result(stores.acting_as("reviewer:lee"), session.id, reviewing=True)
    reads = [e for e in stores.audit.entries(f"interview:{session.id}") if e.action == "scorecard.read"]
    assert [entry.actor for entry in reads] == ["reviewer:lee"]
    assert '"under_review"' in reads[0].detail
    assert stores.audit.verify().intact


def test_a_withheld_card_stays_withheld_while_it_is_evaluated_again(stores: Stores) -> None:
    session = new_session(stores)
    bring_into(stores, "withheld", session)
    stores.interviews.set_status(session.id, "processing")
    found = live_result(stores, session.id, reviewing=True)
    assert (found.state, found.live) == ("withheld", None)


def test_the_run_asks_for_a_person_when_a_rule_asks_on_the_live_card_alone(stores: Stores) -> None:
    session = new_session(stores)
    card = with_review(bring_into(stores, "asking", session), ())
    context = StepContext(stores, SETTINGS, session.id)
    ref = save(context, "score", ["plain"], lambda: ScoredInterview(card, ArtifactRef("0", session.id, "case")))
    assert review_needed(context, ref) == (f"live.{REASON.code}",)
    assert stores.interviews.get(session.id).status == "review"
    assert live_result(stores, session.id).live is None


@pytest.mark.parametrize("state", STATES)
def test_the_offline_card_and_its_reports_are_held_back_alike(stores: Stores, state: State) -> None:
    session = held(stores, state)
    card = bring_into(stores, state, session)
    stores.scorecards.publish(card)  # as an earlier evaluation left it
    stores.artifacts.run(session.id, "report.en.html", ["earlier"], lambda: b"<html>")
    if state in ("under_review", "withheld", "asked_again"):
        for read in (published_card, stored_reports, require_published):
            with pytest.raises(NotFound) as refusal:
                read(stores, session.id)
            assert refusal.value.code == ("result_withheld" if state == "withheld" else "awaits_review")
    else:
        assert published_card(stores, session.id) == card
        page = "report.en.html"
        assert stored_reports(stores, session.id, names=[page]) == {page: b"<html>"}


def test_the_record_keeps_the_card_for_the_comparison(stores: Stores, tmp_path: Path) -> None:
    session = new_session(stores)
    card = bring_into(stores, "withheld", session)
    record = live_record_of(stores, session.id)
    assert record is not None
    assert record.card == card, "held back, not lost"
