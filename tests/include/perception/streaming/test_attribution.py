"""Who said what: microphones, diarization, roles, and the interviewer's word, which wins."""

from __future__ import annotations

import pytest

from include.interview.live.wire import SpeakerAssign, SpeakerRole, SpeakerUpdate, TranscriptFinal
from include.interview.records import Utterance
from include.perception.streaming.attribution import SpeakerAttribution, SpeakerState

pytestmark = pytest.mark.unit

ASKED = "What did you change in that system, and why?"
ANSWERED = "We moved the reports to a read replica because they blocked the orders for minutes at a time."


def line(utt: str, start: float, seconds: float, text: str) -> Utterance:
    return Utterance(id=utt, speaker="?", role="unknown", text=text, start_s=start, end_s=start + seconds)


def final(utterance: Utterance, seen: tuple[str, SpeakerRole]) -> TranscriptFinal:
    return TranscriptFinal(
        utt=utterance.id,
        text=utterance.text,
        words=[],
        speaker=seen[0],
        role=seen[1],
        start_ms=int((utterance.start_s or 0) * 1000),
        end_ms=int((utterance.end_s or 0) * 1000),
        language="en",
        confidence=0.9,
    )


def conversation(book: SpeakerAttribution) -> list[TranscriptFinal]:
    """Two voices of a room: S1 asks, S2 answers, twice."""
    finals = []
    for number, (label, text, seconds) in enumerate(
        [("S1", ASKED, 3.0), ("S2", ANSWERED, 9.0), ("S1", ASKED, 3.0), ("S2", ANSWERED, 9.0)]
    ):
        utterance = line(f"r{number}", number * 10.0, seconds, text)
        finals.append(final(utterance, book.heard(utterance, "room", label)))
    return finals


def test_a_microphone_of_ones_own_says_who_speaks() -> None:
    book = SpeakerAttribution()
    assert book.heard(line("c1", 0, 1, ANSWERED), "candidate", None) == ("candidate", "candidate")
    assert book.heard(line("i2", 2, 1, ASKED), "interviewer", None) == ("interviewer", "interviewer")
    assert book.settle_roles() == []


def test_roles_follow_from_asking_and_answering() -> None:
    book = SpeakerAttribution()
    conversation(book)
    updates = {update.speaker: update for update in book.settle_roles()}
    assert updates["S2"] == SpeakerUpdate(utts=["r1", "r3"], speaker="S2", role="candidate", cause="role")
    assert updates["S1"] == SpeakerUpdate(utts=["r0", "r2"], speaker="S1", role="interviewer", cause="role")
    assert book.settle_roles() == []
    assert book.heard(line("r9", 50, 5, ANSWERED), "room", "S2") == ("S2", "candidate")


def test_one_voice_alone_is_nobody_yet() -> None:
    book = SpeakerAttribution()
    book.heard(line("r0", 0, 5, ANSWERED), "room", "S1")
    assert book.settle_roles() == []


def test_diarization_may_change_its_mind_and_come_before_the_words() -> None:
    book = SpeakerAttribution()
    assert book.diarized(["r0"], "S1") == []
    assert book.heard(line("r0", 0, 5, ANSWERED), "room", None) == ("S1", "unknown")
    assert book.diarized(["r0"], "S2") == [
        SpeakerUpdate(utts=["r0"], speaker="S2", role="unknown", cause="diarization")
    ]


def test_a_correction_wins_over_later_diarization() -> None:
    book = SpeakerAttribution()
    conversation(book)
    book.settle_roles()
    (update,) = book.assign(SpeakerAssign(source="r0", to="candidate", scope="utterance"))
    assert update == SpeakerUpdate(
        utts=["r0"], speaker="candidate", role="candidate", cause="correction", scope="utterance"
    )
    assert book.diarized(["r0"], "S1") == []
    assert book.label_of("r0") == ("candidate", "candidate")


def test_a_whole_label_can_be_named_and_named_again() -> None:
    book = SpeakerAttribution()
    conversation(book)
    (update,) = book.assign(SpeakerAssign(source="S1", to="candidate", scope="speaker"))
    assert (update.utts, update.role, update.cause) == (["r0", "r2"], "candidate", "correction")
    assert book.heard(line("r9", 50, 5, ASKED), "room", "S1") == ("candidate", "candidate")
    (update,) = book.assign(SpeakerAssign(source="candidate", to="interviewer", scope="speaker"))
    assert (update.utts, update.role) == (["r0", "r2", "r9"], "interviewer")


def test_what_names_nothing_changes_nothing() -> None:
    book = SpeakerAttribution()
    conversation(book)
    assert book.assign(SpeakerAssign(source="r77", to="candidate", scope="utterance")) == []
    assert book.assign(SpeakerAssign(source="S9", to="candidate", scope="speaker")) == []


def test_another_replica_goes_on_with_the_same_opinions() -> None:
    book = SpeakerAttribution()
    finals = conversation(book)
    book.settle_roles()
    book.assign(SpeakerAssign(source="r3", to="interviewer", scope="utterance"))
    book.assign(SpeakerAssign(source="S1", to="interviewer", scope="speaker"))
    book.diarized(["r8"], "S2")
    other = SpeakerAttribution()
    other.restore(book.state(), finals)
    assert other.state() == book.state()
    assert [other.label_of(f"r{n}") for n in range(4)] == [book.label_of(f"r{n}") for n in range(4)]
    for each in (book, other):
        assert each.heard(line("r8", 90, 5, ANSWERED), "room", None) == ("S2", "candidate")
        assert each.settle_roles() == []
    empty = SpeakerAttribution()
    empty.restore(SpeakerState(), [])
    assert empty.state() == SpeakerState()


def test_on_a_panel_whoever_is_not_the_candidate_is_an_interviewer() -> None:
    book = SpeakerAttribution(panel=True)
    assert book.heard(line("r8", 0, 1, "I see."), "room", "S3") == ("S3", "unknown"), "nobody is known yet"
    conversation(book)
    updates = {update.speaker: update.role for update in book.settle_roles()}
    assert updates == {"S1": "interviewer", "S2": "candidate", "S3": "interviewer"}
    assert book.heard(line("r9", 60, 1, "Thank you."), "room", "S4") == ("S4", "interviewer")
    alone = SpeakerAttribution()
    conversation(alone)
    alone.settle_roles()
    assert alone.heard(line("r9", 60, 1, "Thank you."), "room", "S4") == ("S4", "unknown")


def test_a_correction_names_the_candidate_among_a_panels_voices() -> None:
    book = SpeakerAttribution(panel=True)
    for number in range(4):
        book.heard(line(f"r{number}", number * 5.0, 2.0, ASKED), "room", f"S{number + 1}")
    updates = book.assign(SpeakerAssign(source="S3", to="candidate", scope="speaker"))
    assert {(update.speaker, update.role) for update in updates} == {
        ("candidate", "candidate"), ("S1", "interviewer"), ("S2", "interviewer"), ("S4", "interviewer"),
    }  # fmt: skip
