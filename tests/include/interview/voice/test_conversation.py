"""Share of talk and overlaps, against conversations whose times are known."""

from __future__ import annotations

import pytest

from include.interview.records import Transcript, Utterance, Word
from include.interview.voice.conversation import overlaps, talk_shares

pytestmark = pytest.mark.unit


def line(id_: str, speaker: str, start: float, end: float, text: str = "so we changed the plan", role="interviewer"):
    return Utterance(id_, speaker, role, text, start, end)


def talk(*lines: Utterance) -> Transcript:
    return Transcript("speech", "en", 1.0, lines, duration_s=60.0)


def test_shares_sum_to_one_and_turns_are_changes_of_speaker() -> None:
    found = talk_shares(
        talk(
            line("u1", "A", 0.0, 2.0),
            line("u2", "B", 2.5, 8.5, role="candidate"),
            line("u3", "B", 9.0, 11.0, role="candidate"),
            line("u4", "C", 11.0, 13.0),
            line("u5", "A", 14.0, 16.0),
        )
    )
    assert [(s.speaker, s.role, s.spoken_s, s.turns) for s in found] == [
        ("A", "interviewer", 4.0, 2), ("B", "candidate", 8.0, 1), ("C", "interviewer", 2.0, 1),
    ]  # fmt: skip
    assert sum(s.share for s in found) == pytest.approx(1.0)


def test_pauses_between_words_are_no_talk() -> None:
    said = (Word("one", 0.0, 0.5, 0.9), Word("two", 0.6, 1.0, 0.9), Word("three", 4.0, 5.0, 0.9))
    (share,) = talk_shares(talk(Utterance("u1", "A", "candidate", "one two three", 0.0, 5.0, said)))
    assert share.spoken_s == 2.0


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        (line("u2", "B", 3.0, 9.0), "takes_floor"),
        (line("u2", "B", 3.0, 4.5), "within"),
        (line("u2", "B", 3.0, 3.6, "I see, okay"), "backchannel"),
        (line("u2", "B", 3.0, 3.6, "네, 그렇군요"), "backchannel"),
        (line("u2", "B", 3.0, 3.6, "Really?"), "within"),
    ],
)
def test_overlaps_are_named_by_who_goes_on(second: Utterance, kind: str) -> None:
    (found,) = overlaps(talk(line("u1", "A", 0.0, 5.0), second))
    assert (found.start_s, found.end_s) == (3.0, min(5.0, second.end_s or 0.0))
    assert (found.speaker, found.over, found.kind) == ("B", "A", kind)


def test_touching_turns_and_one_s_own_words_are_no_overlap() -> None:
    assert overlaps(talk(line("u1", "A", 0.0, 5.0), line("u2", "B", 4.9, 9.0), line("u3", "B", 8.0, 9.5))) == ()


def test_three_voices_at_once_are_every_pair() -> None:
    found = overlaps(talk(line("u1", "A", 0.0, 5.0), line("u2", "B", 2.0, 6.0), line("u3", "C", 3.0, 7.0)))
    assert [(o.speaker, o.over) for o in found] == [("B", "A"), ("C", "A"), ("C", "B")]


def test_typed_transcripts_have_none() -> None:
    typed = talk(Utterance("u1", "A", "candidate", "hello"))
    assert (talk_shares(typed), overlaps(typed)) == ((), ())
