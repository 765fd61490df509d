"""Live sessions in the database: one act with their interview, states that only go forward, lists by person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.interview.errors import BadInput, NotFound
from include.interview.live.session import LiveSession
from include.storage import Stores
from tests.include.storage.conftest import enrol


def lead(stores: Stores, login: str = "lee") -> str:
    return stores.accounts.create(login, "a long password", "interviewer").id


def held(stores: Stores, interviewer: str, candidate: str, **changes: str) -> LiveSession:
    values = {"opening_id": "backend", "profile": "kr", "language": "ko", "microphones": "separate"} | changes
    return stores.live_sessions.create(interviewer_id=interviewer, candidate_id=candidate, **values)


def test_a_session_is_an_interview(stores: Stores) -> None:
    person, interviewer = enrol(stores), lead(stores)
    session = held(stores, interviewer, person.candidate.id)
    assert (session.stage, session.state, session.microphones) == ("practical", "created", "separate")
    assert (session.interviewer_id, session.candidate_id) == (interviewer, person.candidate.id)
    interview = stores.interviews.get(session.id)
    assert (interview.stage, interview.status, interview.profile) == ("practical", "created", "kr")
    assert interview.application_id == person.application_id
    assert stores.live_sessions.get(session.id) == session
    actions = [entry.action for entry in stores.audit.entries(f"interview:{session.id}")]
    assert actions == ["interview.created", "session.created"]


def test_states_go_forward_and_remember_when(stores: Stores) -> None:
    person = enrol(stores)
    sessions, session = stores.live_sessions, held(stores, lead(stores), person.candidate.id)
    began = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    assert sessions.set_state(session.id, "live", at=began).state == "live"
    assert sessions.set_state(session.id, "ended").state == "ended"
    assert sessions.set_state(session.id, "ending").state == "ended"
    assert sessions.set_state(session.id, "live").state == "ended"
    handed = sessions.set_state(session.id, "handed_over", dag_run_id="practical-1", scorecard_id="card")
    assert (handed.state, handed.dag_run_id, handed.scorecard_id) == ("handed_over", "practical-1", "card")
    assert sessions.set_state(session.id, "handed_over", dag_run_id="practical-1") == handed
    assert sessions.set_result(session.id, scorecard_id="other").scorecard_id == "other"
    started, ended = sessions.times(session.id)
    assert started == began
    assert ended is not None
    moves = [e.detail for e in stores.audit.entries(f"interview:{session.id}") if e.action == "session.state"]
    assert moves == [
        '{"from":"created","to":"live"}', '{"from":"live","to":"ended"}', '{"from":"ended","to":"handed_over"}'
    ]  # fmt: skip


def test_lists_show_one_persons_sessions(stores: Stores) -> None:
    first, second = enrol(stores), enrol(stores)
    lee, kim = lead(stores), lead(stores, "kim")
    one = held(stores, lee, first.candidate.id)
    two = held(stores, kim, second.candidate.id)
    three = held(stores, lee, second.candidate.id)
    assert stores.live_sessions.list() == (three, two, one)
    assert stores.live_sessions.list(interviewer_id=lee) == (three, one)
    assert stores.live_sessions.list(candidate_id=second.candidate.id) == (three, two)
    assert stores.live_sessions.list(interviewer_id=kim, candidate_id=first.candidate.id) == ()
    stores.live_sessions.set_state(two.id, "live")
    assert [session.id for session in stores.live_sessions.list(state="live")] == [two.id]


def test_what_does_not_exist_is_refused_and_leaves_nothing(stores: Stores) -> None:
    person, interviewer = enrol(stores), lead(stores)
    for changes in ({"language": "auto"}, {"microphones": "none"}, {"stage": "ai"}):
        with pytest.raises(BadInput, match="Use one of"):
            held(stores, interviewer, person.candidate.id, **changes)
    for interviewer_id, candidate, changes in (
        ("nobody", person.candidate.id, {}),
        (interviewer, "nobody", {}),
        (interviewer, person.candidate.id, {"opening_id": "none"}),
        (interviewer, person.candidate.id, {"consent_id": "none"}),
    ):
        with pytest.raises(NotFound):
            held(stores, interviewer_id, candidate, **changes)
    assert stores.live_sessions.list() == ()
    assert [interview.id for interview in stores.interviews.list()] == [person.interview.id]
    for call in (stores.live_sessions.get, stores.live_sessions.times):
        with pytest.raises(NotFound):
            call("nobody")
    session = held(stores, interviewer, person.candidate.id)
    with pytest.raises(BadInput, match="no state"):
        stores.live_sessions.set_state(session.id, "paused")  # type: ignore[arg-type]


def test_the_consent_is_kept_with_the_session(stores: Stores) -> None:
    person = enrol(stores)
    session = held(stores, lead(stores), person.candidate.id)
    consent = stores.consents.grant(person.candidate.id, session.id, ["recording"], "v1")
    assert stores.live_sessions.set_consent(session.id, consent.id).consent_id == consent.id
    with pytest.raises(NotFound):
        stores.live_sessions.set_consent(session.id, "nobody")
    assert stores.live_sessions.get(session.id).consent_id == consent.id
