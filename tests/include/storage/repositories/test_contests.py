"""Stored contests, on both databases: whose they are, how many at a time, who may answer, and what goes when."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from include.interview.assessment.rubric import load_rubric
from include.interview.contests import Contest, ContestAnswer, Objection
from include.interview.errors import BadInput, NotFound
from include.interview.scoring.ratings import Rating
from include.interview.scoring.review import standing_of
from include.storage import Stores
from include.storage.database import tables as t
from tests.include.storage.conftest import Person, enrol

WORDS, ANSWER = "마이크가 끊겨 답이 잘렸습니다. <b>다시</b> 봐 주세요.", "녹음을 다시 들었고, 잘린 답은 없었습니다."
OBJECTION = Objection(("recording_faulty", "words_misheard"), WORDS, "ko")
CRITERIA = ("language", "job_fit")
STANDS = ContestAnswer("upheld", ANSWER, ("language",))


def published(stores: Stores) -> Person:
    person = enrol(stores)
    stores.interviews.set_status(person.interview.id, "published")
    return person


def contested(stores: Stores, person: Person) -> Contest:
    return stores.acting_as("candidate:c").contests.open(person.interview.id, person.candidate.id, OBJECTION)


def entries(stores: Stores, person: Person) -> list[tuple[str, str]]:
    found = stores.audit.entries(f"interview:{person.interview.id}")
    return [(one.action, one.actor) for one in found if one.action.startswith("contest.")]


def test_a_contest_is_opened_read_and_answered_once(stores: Stores) -> None:
    person = published(stores)
    made = contested(stores, person)
    assert (made.standing.state, made.standing.stage, made.words, made.answer) == ("open", "ai", WORDS, None)
    assert made.standing.due_at - made.standing.opened_at == timedelta(days=30)
    assert made.standing.candidate_id == person.candidate.id
    assert stores.contests.list() == (made.standing,)
    answered = stores.acting_as("hr:7").contests.answer(made.standing.id, STANDS, CRITERIA)
    assert (answered.standing.state, answered.standing.answered_by, answered.answer) == ("answered", "hr:7", ANSWER)
    assert answered.standing.outcome == "upheld"
    assert stores.contests.list() == ()
    assert stores.contests.list(None) == (answered.standing,)
    assert stores.contests.get(made.standing.id) == answered
    assert stores.contests.of_interview(person.interview.id) == (answered,)
    assert stores.contests.newest([person.interview.id]) == {person.interview.id: answered.standing}
    with pytest.raises(BadInput) as again:
        stores.acting_as("hr:8").contests.answer(made.standing.id, STANDS, CRITERIA)
    assert again.value.code == "contest_closed"
    assert entries(stores, person) == [
        ("contest.opened", "candidate:c"), ("contest.answered", "hr:7"), ("contest.read", "system"),
        ("contest.read", "system"),
    ]  # fmt: skip
    assert not any(text in entry.detail for entry in stores.audit.entries() for text in ("마이크", "녹음을"))
    second = contested(stores, person)
    newest, before = stores.contests.of_interview(person.interview.id)
    assert (newest.standing.id, before.standing.id) == (second.standing.id, made.standing.id)
    assert stores.audit.verify().intact


def test_words_and_answer_lie_sealed(stores: Stores) -> None:
    made = contested(stores, published(stores))
    stores.acting_as("hr:7").contests.answer(made.standing.id, STANDS, CRITERIA)
    with stores.db.connect() as connection:
        row = connection.execute(select(t.contests)).one()
    assert WORDS.encode() not in row.sealed_words
    assert ANSWER.encode() not in row.sealed_answer


def test_one_is_open_at_a_time_and_withdrawing_makes_room(stores: Stores) -> None:
    person = published(stores)
    first = contested(stores, person)
    with pytest.raises(BadInput) as refused:
        contested(stores, person)
    assert refused.value.code == "contest_open"
    withdrawn = stores.contests.withdraw(person.interview.id, person.candidate.id)
    assert (withdrawn.id, withdrawn.state) == (first.standing.id, "withdrawn")
    assert withdrawn.closed_at is not None
    with pytest.raises(NotFound) as none:
        stores.contests.withdraw(person.interview.id, person.candidate.id)
    assert none.value.code == "no_contest"
    with pytest.raises(BadInput) as closed:
        stores.acting_as("hr:7").contests.answer(first.standing.id, STANDS, CRITERIA)
    assert closed.value.code == "contest_closed"
    assert contested(stores, person).standing.state == "open"


def test_what_is_anothers_unpublished_or_erased_is_not_contested(stores: Stores) -> None:
    person = enrol(stores)
    with pytest.raises(BadInput) as early:
        contested(stores, person)
    assert early.value.code == "nothing_to_contest"
    stores.interviews.set_status(person.interview.id, "published")
    other = stores.candidates.create("임꺽정").id
    for act in (
        lambda: stores.contests.open(person.interview.id, other, OBJECTION),
        lambda: stores.contests.withdraw(person.interview.id, other),
        lambda: stores.contests.get("nobodys"),
    ):
        with pytest.raises(NotFound):
            act()
    made = contested(stores, person)
    stores.candidates.destroy_key(person.candidate.id)
    for act in (
        lambda: contested(stores, person),
        lambda: stores.contests.get(made.standing.id),
        lambda: stores.acting_as("hr:7").contests.answer(made.standing.id, STANDS, CRITERIA),
    ):
        with pytest.raises(NotFound) as gone:
            act()
        assert gone.value.code == "erased"


def test_who_conducted_rated_or_reviewed_does_not_answer(stores: Stores) -> None:
    person = published(stores)
    interview = person.interview.id
    made = contested(stores, person)
    rater = stores.accounts.create("rater", "a long enough password", "hr").id
    given = [Rating(c.id, 3, "as heard") for c in load_rubric("ai", "1").criteria]
    stores.ratings.submit(interview, rater, given)
    stores.acting_as("reviewer:r-1").record("card.review_given", f"interview:{interview}", {"decision": "publish:x"})
    for actor, code in ((f"hr:{rater}", "contest_not_independent"), ("reviewer:r-1", "contest_not_independent")):
        with pytest.raises(BadInput) as refused:
            stores.acting_as(actor).contests.answer(made.standing.id, STANDS, CRITERIA)
        assert refused.value.code == code
    with pytest.raises(BadInput, match="Only a person"):
        stores.acting_as("system").contests.answer(made.standing.id, STANDS, CRITERIA)
    assert stores.contests.taking_part(interview) == {rater, "r-1"}
    assert stores.contests.get(made.standing.id).standing.state == "open"
    assert stores.acting_as("hr:8").contests.answer(made.standing.id, STANDS, CRITERIA).answer == ANSWER


def test_who_held_a_live_interview_does_not_answer(stores: Stores) -> None:
    person = enrol(stores)
    leader, beside = (
        stores.accounts.create(f"panel-{n}", "a long enough password", "hr").id for n in range(2)
    )  # fmt: skip
    session = stores.live_sessions.create(
        interviewer_id=leader, candidate_id=person.candidate.id, opening_id="backend", profile="standard",
        language="ko", microphones="shared", stage="executive",
    )  # fmt: skip
    stores.panels.add(session.id, beside)
    assert stores.contests.taking_part(session.id) == {leader, beside}


def test_an_answer_that_withholds_hides_the_card_by_the_rule_of_reviews(stores: Stores) -> None:
    person = published(stores)
    interview = person.interview.id
    made = contested(stores, person)
    withheld = msgspec.structs.replace(STANDS, outcome="withheld", evidence=())
    stores.interviews.set_status(interview, "processing")
    with pytest.raises(BadInput) as busy:
        stores.acting_as("hr:7").contests.answer(made.standing.id, withheld, CRITERIA)
    assert busy.value.code == "interview_status"
    assert stores.contests.get(made.standing.id).standing.state == "open", "nothing of it was kept"
    stores.interviews.set_status(interview, "published")
    stores.acting_as("hr:7").contests.answer(made.standing.id, withheld, CRITERIA)
    status, review = stores.interviews.get(interview).status, stores.reviews.newest(interview)
    assert (status, review) == ("review", "withhold:candidate_contested")
    assert standing_of(status, (), review).state == "withheld"
    assert stores.reviews.waiting() == ()


def test_an_interview_that_is_cleared_takes_its_contests_along(stores: Stores) -> None:
    person, other = published(stores), enrol(stores, name="임꺽정")
    stores.interviews.set_status(other.interview.id, "published")
    contested(stores, person)
    stays = contested(stores, other)
    stores.erasures.clear_interview(person.interview.id)
    assert stores.contests.list(None) == (stays.standing,)
