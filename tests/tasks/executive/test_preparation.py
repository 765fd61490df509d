"""The steps of the DAG `executive_preparation` on real stores: what is used, what is not, and no score in any of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from include.interview.errors import BadInput, ConsentMissing, NotFound
from include.interview.preparation.records import Preparation
from include.interview.records import Stage
from include.interview.scoring.ratings import Rating
from include.settings import Settings
from include.storage import Stores
from tasks.evaluation.context import StepContext
from tasks.executive.preparation import QUESTIONS_STEP, gather, preparation_run_id, store, write
from tasks.executive.questions import QuestionRefused, accepted_questions, decide, prepared
from tests.support.executive_sessions import CLAIM, NAME, SHORT, Application, application, good_interview
from tests.support.installation import installed
from tests.support.ladders import middling

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stores, Settings]]:
    installation = installed(tmp_path_factory.mktemp("preparation") / "home")
    with installation.stores() as stores:
        yield stores, installation.settings


def prepare(opened: tuple[Stores, Settings], one: Application) -> Preparation:
    stores, settings = opened
    context = StepContext(stores, settings, one.session.id)
    counts = store(context, write(context, gather(context)))
    found = prepared(stores, one.session.id)
    assert counts == {
        "questions": len(found.questions), "refused": len(found.written.refused), "notes": len(found.written.notes),
    }  # fmt: skip
    return found


def both(language: str) -> list[tuple[Stage, str]]:
    return [("ai", middling(language)[0].text), ("practical", good_interview(language))]


@pytest.fixture(scope="module", params=["ko", "en"])
def done(request: pytest.FixtureRequest, opened: tuple[Stores, Settings]) -> tuple[Application, Preparation, str]:
    one = application(opened[0], request.param, both(request.param))
    return one, prepare(opened, one), request.param


def test_questions_rest_on_both_stages_and_the_documents(done: tuple[Application, Preparation, str]) -> None:
    one, found, language = done
    assert 1 <= len(found.questions) <= 8
    assert found.written.language == language
    assert {n.code for n in found.written.notes} <= {"card_incomplete"}
    evidence = [e for q in found.questions for e in q.evidence]
    assert {e.interview_id for e in evidence if e.stage} <= set(one.interviews.values())
    assert any(e.stage for e in evidence)
    assert CLAIM[language] in {e.quote for e in evidence if e.document == "resume"}
    assert {q.state for q in found.questions} == {"proposed"}


def test_no_score_of_an_earlier_stage_comes_along(done: tuple[Application, Preparation, str]) -> None:
    one, found, _ = done
    text = msgspec.json.encode(found).decode()
    for card in one.cards.values():
        numbers = {x for c in card.criteria for x in (c.level, c.score, c.points, c.sem) if x is not None}
        numbers |= {x for x in (card.total, card.total_sem) if x is not None}
        assert numbers
        assert [n for n in numbers if str(n) in text or f"{n:.3f}" in text] == []
    assert not re.search(r'"(?:score|level|sem|total|points|judgements)"', text)


def test_steps_that_are_done_are_not_done_again(
    opened: tuple[Stores, Settings], done: tuple[Application, Preparation, str]
) -> None:
    stores, _ = opened
    one, found, _ = done
    run = preparation_run_id(stores, one.session.id)
    assert prepare(opened, one) == found
    assert len(stores.artifacts.list(one.session.id, QUESTIONS_STEP)) == 1
    assert preparation_run_id(stores, one.session.id) == run, "nothing changed: it is the same run"
    assert run.startswith(f"executive-preparation-{one.session.id}-")


def test_nothing_personal_is_stored_in_the_clear(
    opened: tuple[Stores, Settings], done: tuple[Application, Preparation, str]
) -> None:
    home, (_, found, _) = opened[1].home, done
    canaries = [
        NAME,
        *(q.text for q in found.questions if q.evidence),
        *(e.quote for q in found.questions for e in q.evidence),
    ]
    files = [path for path in Path(home).rglob("*") if path.is_file()]
    hits = [(path.name, c) for path in files for c in canaries if c.encode() in path.read_bytes()]
    assert hits == []


def test_decisions_lead_to_the_questions_of_the_session(
    opened: tuple[Stores, Settings], done: tuple[Application, Preparation, str]
) -> None:
    stores, session = opened[0].acting_as("interviewer:kim"), done[0].session.id
    first, second, third = (q.id for q in prepared(stores, session).questions[:3])
    assert accepted_questions(stores, session) == ()
    decide(stores, session, first, "accept")
    decide(stores, session, second, "edit", text="그때 맡으신 역할을 말씀해 주세요.")
    decide(stores, session, third, "drop")
    decide(stores, session, second, "move", position=0)
    assert [q.id for q in accepted_questions(stores, session)] == [second, first]
    assert accepted_questions(stores, session)[0].wording == "그때 맡으신 역할을 말씀해 주세요."


@pytest.mark.parametrize(
    ("text", "code"),
    [("결혼하셨나요?", "protected"), ("You led it, didn't you?", "leading"), ("What would you do?", "hypothetical")],
)
def test_an_edit_that_may_not_be_asked_is_refused_with_its_reason(
    opened: tuple[Stores, Settings], done: tuple[Application, Preparation, str], text: str, code: str
) -> None:
    stores, session = opened[0], done[0].session.id
    before = prepared(stores, session).questions
    with pytest.raises(QuestionRefused) as refused:
        decide(stores, session, before[-1].id, "edit", text=text)
    assert refused.value.reason.code == code
    assert text not in str(refused.value)
    assert prepared(stores, session).questions == before


# ---------------------------------------------------------------- what may not or cannot be used


def codes(found: Preparation) -> list[str]:
    return [n.code for n in found.written.notes]


def test_without_earlier_stages_the_opening_is_asked_and_that_is_said(opened: tuple[Stores, Settings]) -> None:
    found = prepare(opened, application(opened[0], "en"))
    assert codes(found) == ["stage_missing", "stage_missing", "opening_only"]
    assert len(found.questions) == 8
    assert not any(q.evidence for q in found.questions)


def test_a_withheld_card_is_not_used_nor_are_its_words(opened: tuple[Stores, Settings]) -> None:
    stores = opened[0]
    one = application(stores, "en", both("en"))
    withheld = one.interviews["ai"]
    stores.interviews.set_status(withheld, "review")
    stores.reviews.ask(withheld, "artifact", ["policy"])
    under_review = prepare(opened, one)
    assert "card_under_review" in codes(under_review)
    run = preparation_run_id(stores, one.session.id)
    stores.reviews.answer(withheld, "artifact", "withhold:recording_unusable")
    assert preparation_run_id(stores, one.session.id) != run, "what it rests on changed: another run"
    found = prepare(opened, one)
    assert "card_withheld" in codes(found)
    assert "documents_missing" in codes(found), "the résumé came with the withheld interview"
    for preparation in (under_review, found):
        assert withheld not in msgspec.json.encode(preparation).decode()


def test_an_incomplete_card_of_another_profile_is_used_for_what_it_left_open(opened: tuple[Stores, Settings]) -> None:
    found = prepare(opened, application(opened[0], "en", [("ai", SHORT["en"])], profile="standard"))
    assert {"card_incomplete", "other_profile", "stage_missing"} <= set(codes(found))
    assert "insufficient" in {q.why.code for q in found.questions}


def test_without_consent_an_interview_is_left_out(opened: tuple[Stores, Settings]) -> None:
    stores = opened[0]
    one = application(stores, "en", both("en")[:1])
    [consent] = stores.consents.list(one.session.candidate_id)
    stores.consents.withdraw(consent.id)
    found = prepare(opened, one)
    assert codes(found)[0] == "consent_missing"
    assert not any(q.evidence for q in found.questions)


def test_an_evaluation_that_is_not_finished_is_waited_for(opened: tuple[Stores, Settings]) -> None:
    stores = opened[0]
    one = application(stores, "en", both("en")[:1])
    stores.interviews.set_status(one.interviews["ai"], "processing")
    assert codes(prepare(opened, one))[0] == "not_evaluated"


def test_only_an_executive_interview_is_prepared(opened: tuple[Stores, Settings]) -> None:
    stores, settings = opened
    one = application(stores, "en", both("en")[:1])
    context = StepContext(stores, settings, one.interviews["ai"])
    for step in (gather, lambda c: accepted_questions(c.stores, c.interview_id)):
        with pytest.raises(NotFound, match="is of stage ai"):
            step(context)
    with pytest.raises(NotFound, match="Nothing is prepared"):
        prepared(stores, one.session.id)


def test_a_model_that_gives_no_answer_stores_nothing(opened: tuple[Stores, Settings]) -> None:
    from include.interview.errors import JudgeFailure
    from include.settings import JudgeSettings
    from tests.support.services.chat_completions import Endpoint, says

    stores, settings = opened
    one = application(stores, "en")
    with Endpoint(says("no json")) as endpoint:
        judge = JudgeSettings(kind="openai", base_url=endpoint.url, api_key="k", model="scripted", timeout_s=5.0)
        context = StepContext(stores, msgspec.structs.replace(settings, judge=judge), one.session.id)
        matters = gather(context)
        with pytest.raises(JudgeFailure):
            write(context, matters)
    assert stores.artifacts.list(one.session.id, QUESTIONS_STEP) == ()
    with pytest.raises(BadInput):
        store(context, matters)


FIRST = (
    "Interviewer: Tell me about a project you led.\nInterviewee: I led the migration of our billing platform. "
    "The team for the migration of our billing platform had twelve engineers. I wrote every release with them, and I "
    "checked the errors every week with the support desk until customers stopped calling us."
)
SECOND = (
    "Interviewer: How was it staffed?\nInterviewee: The team for the migration of our billing platform had five "
    "engineers. I wrote the rollback plan and I tested it twice before we moved the first customers over."
)


def test_what_was_told_in_two_ways_is_asked_about_with_both_statements(opened: tuple[Stores, Settings]) -> None:
    one = application(opened[0], "en", [("ai", FIRST), ("practical", SECOND)])
    found = prepare(opened, one)
    asked = [q for q in found.questions if q.why.code == "contradiction"]
    assert len(asked) == 1
    assert [e.stage for e in asked[0].evidence] == ["ai", "practical"]
    assert "twelve" in asked[0].evidence[0].quote
    assert "five" in asked[0].evidence[1].quote
    assert not re.search(r"(?i)\b(?:lies?|lied|truth|wrong)\b", asked[0].text)


def test_two_raters_who_diverge_leave_their_criterion_open_and_make_another_run(
    opened: tuple[Stores, Settings],
) -> None:
    stores, _ = opened
    one = application(stores, "en", both("en"))
    before = preparation_run_id(stores, one.session.id)
    for name, level in (("one", 2), ("two", 5)):
        rater = stores.accounts.create(f"rater-{name}", "a long enough password", "interviewer").id
        stores.ratings.submit(one.interviews["practical"], rater, [Rating("answer_quality", level, "as heard")])
    assert preparation_run_id(stores, one.session.id) != before
    found = prepare(opened, one)
    assert "raters" in {q.why.code for q in found.questions}
    assert "as heard" not in msgspec.json.encode(found).decode()


def test_words_that_may_not_be_used_any_more_leave_questions_that_were_accepted(
    opened: tuple[Stores, Settings],
) -> None:
    stores, settings = opened
    one = application(stores, "en", both("en"))
    found = prepare(opened, one)
    quoting = [q for q in found.questions if any(e.interview_id == one.interviews["practical"] for e in q.evidence)]
    assert quoting
    decide(stores, one.session.id, quoting[0].id, "accept")
    context, before = StepContext(stores, settings, one.session.id), preparation_run_id(stores, one.session.id)
    gathered = gather(context)
    for consent in stores.consents.list(one.session.candidate_id):
        if consent.interview_id == one.interviews["practical"]:
            stores.consents.withdraw(consent.id)
    assert accepted_questions(stores, one.session.id) == ()
    assert not any(
        e.interview_id == one.interviews["practical"]
        for q in prepared(stores, one.session.id).questions
        for e in q.evidence
    )
    assert preparation_run_id(stores, one.session.id) != before, "preparing again is another run"
    with pytest.raises(ConsentMissing):
        store(context, write(context, gathered))
    store(context, write(context, gather(context)))
    again = prepared(stores, one.session.id)
    assert {n.code for n in again.written.notes} >= {"consent_missing"}
    assert one.interviews["practical"] not in {e.interview_id for q in again.questions for e in q.evidence}
