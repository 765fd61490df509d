"""The candidate's share: never scores, suggestions, notes, other people's words or the card."""

from __future__ import annotations

import pytest

from include.interview.live import wire
from include.interview.scoring.review import Standing, with_review
from live_gateway.socket.visibility import PanelView, partial_is_for, share_of
from tests.support.record_builders import card
from tests.support.reviewed_sessions import REASON

pytestmark = pytest.mark.unit


def final(utt: str, role: wire.SpeakerRole) -> wire.TranscriptFinal:
    return wire.TranscriptFinal(
        utt=utt, text="t", words=[], speaker=role, role=role, start_ms=0, end_ms=1, language="en", confidence=1
    )


SHARED = [
    final("c1", "candidate"),
    final("r1", "candidate"),
    wire.SpeechStart(utt="c1", track="candidate", at_ms=1),
    wire.SpeechEnd(utt="c1", track="candidate", at_ms=1),
    wire.SpeechDiscarded(utt="c1", track="candidate"),
    wire.AudioGap(track="candidate", start_sample=0, end_sample=1),
    wire.Feedback(audience="both", kind="pace", value=1),
    wire.SessionEnded(dag_run_id=None),
]
INTERVIEWERS = [
    final("i1", "interviewer"),
    final("r1", "unknown"),
    wire.SpeechStart(utt="i1", track="interviewer", at_ms=1),
    wire.SpeechEnd(utt="r1", track="room", at_ms=1),
    wire.SpeechDiscarded(utt="r1", track="room"),
    wire.SpeakerUpdate(utts=["r1"], speaker="S1", role="interviewer", cause="role"),
    wire.AudioGap(track="room", start_sample=0, end_sample=1),
    wire.Feedback(audience="interviewer", kind="protected_ground", value="age"),
    wire.QuestionSuggested(id="q", text="t", why="w", evidence=[]),
    wire.QuestionActed(id="q", action="used", at_ms=1),
    wire.NoteTaken(text="t", at_ms=1),
    wire.ScoreUpdate(criterion="c", value=1, insufficient=None, evidence=[]),
    wire.Finalized(id="f"),
]


@pytest.mark.parametrize("event", SHARED)
def test_what_both_see(event: wire.Durable) -> None:
    assert share_of("candidate", event) == event
    assert share_of("interviewer", event) == event


@pytest.mark.parametrize("event", INTERVIEWERS)
def test_what_only_the_interviewer_sees(event: wire.Durable) -> None:
    assert share_of("candidate", event) is None
    assert share_of("interviewer", event) == event


def test_every_kind_of_event_is_decided() -> None:
    decided = {type(event) for event in SHARED + INTERVIEWERS} | {wire.Result}
    made_for_the_candidate = {wire.TranscriptRetracted}
    assert decided | made_for_the_candidate == set(wire.AnyDurable.__args__)


def test_own_hints_and_the_notice_of_the_result() -> None:
    hint = wire.Feedback(audience="candidate", kind="audibility", value="quiet")
    assert share_of("interviewer", hint) is None
    assert share_of("candidate", hint) == hint
    notice = share_of("candidate", wire.Result(seq=4, scorecard_id="s"))
    assert notice == wire.Result(seq=4, scorecard_id="s", card=None)


@pytest.mark.parametrize("asks", [False, True])
def test_the_interviewer_gets_the_card_only_when_no_rule_asks_for_a_person(asks: bool) -> None:
    made = with_review(card("i", 60.0, 2.0), (REASON,) if asks else ())
    event = wire.Result(seq=4, scorecard_id="s", card=made)
    held = wire.Result(seq=4, scorecard_id="s", held="under_review")
    assert share_of("interviewer", event) == (held if asks else event)
    assert share_of("candidate", event) == wire.Result(seq=4, scorecard_id="s")


@pytest.mark.parametrize("standing", [Standing("shown"), Standing("under_review"), Standing("withheld", "g")])
def test_who_comes_back_later_is_shown_what_the_review_lets_them_see(standing: Standing) -> None:
    event = wire.Result(seq=4, scorecard_id="s", card=card("i", 60.0, 2.0))
    update = wire.ScoreUpdate(criterion="c", value=1, insufficient=None, evidence=[])
    if standing.state == "shown":
        assert share_of("interviewer", event, standing) == event
        assert share_of("interviewer", update, standing) == update
    else:
        assert share_of("interviewer", event, standing) == wire.Result(seq=4, scorecard_id="s", held=standing.state)
        assert share_of("interviewer", update, standing) is None
    assert share_of("candidate", event, standing) == wire.Result(seq=4, scorecard_id="s")


def test_partials() -> None:
    assert partial_is_for("candidate", "c100")
    assert not partial_is_for("candidate", "r100")
    assert not partial_is_for("candidate", "i100")
    assert partial_is_for("interviewer", "r100")


def test_a_panelist_sees_own_notes_only() -> None:
    mine, theirs = (wire.NoteTaken(text="t", at_ms=1, author=author) for author in ("me", "you"))
    panel = PanelView("me", blind=False)
    assert share_of("interviewer", mine, panel=panel) == mine
    assert share_of("interviewer", theirs, panel=panel) is None
    assert share_of("candidate", mine) is None


@pytest.mark.parametrize("standing", [None, Standing("shown"), Standing("withheld", "recording_unusable")])
def test_who_has_yet_to_rate_sees_no_number_of_the_machine(standing: Standing | None) -> None:
    blind, rated = PanelView("me", blind=True), PanelView("me", blind=False)
    score = wire.ScoreUpdate(criterion="c", value=1, insufficient=None, evidence=[])
    assert share_of("interviewer", score, standing, blind) is None
    event = wire.Result(seq=4, scorecard_id="s", card=card("i", 60.0, 2.0))
    assert share_of("interviewer", event, standing, blind) == wire.Result(seq=4, scorecard_id="s", held="rate_first")
    assert share_of("interviewer", event, None, rated) == event
    for other in (event for event in INTERVIEWERS if not isinstance(event, wire.ScoreUpdate | wire.NoteTaken)):
        assert share_of("interviewer", other, standing, blind) == other
