from __future__ import annotations

import pytest

from include.interview.records import Interval, Word
from include.perception.speech.speakers import join
from include.perception.speech.utterances import SpokenWord, coverage, trim_to_speech, utterances

pytestmark = pytest.mark.unit


def words(*parts: tuple[str, float, float]) -> list[Word]:
    return [Word(text, start, end, 0.8) for text, start, end in parts]


def test_pauses_leave_the_words_that_hid_them() -> None:
    speech = (Interval(0.0, 1.0, "speech"), Interval(2.0, 3.0, "speech"))
    trimmed = trim_to_speech(words(("one", 0.2, 1.6), ("two", 1.6, 2.8)), speech)
    assert [(w.start_s, w.end_s) for w in trimmed] == [(0.2, 1.0), (2.0, 2.8)]


def test_utterances_end_at_pauses_sentences_and_speakers() -> None:
    said = words(("Hello.", 0.0, 0.4), ("I", 0.5, 0.6), ("think", 0.6, 0.9), ("so", 2.0, 2.2), ("Why?", 2.3, 2.6))
    spoken = [SpokenWord(w, "S2" if w.text == "Why?" else "S1", "en") for w in said]
    found = utterances(spoken, lambda s: "candidate" if s == "S1" else "interviewer")
    assert [(u.id, u.text, u.role) for u in found] == [
        ("u0001", "Hello.", "candidate"),
        ("u0002", "I think", "candidate"),
        ("u0003", "so", "candidate"),
        ("u0004", "Why?", "interviewer"),
    ]
    assert found[1].start_s == 0.5
    assert found[1].confidence == pytest.approx(0.8)


def test_an_abbreviation_does_not_end_an_utterance() -> None:
    said = words(("Dr.", 0.0, 0.3), ("Kim", 0.3, 0.6))
    assert len(utterances([SpokenWord(w, "S1", "en") for w in said])) == 1


def test_coverage_bridges_articulation_but_not_pauses() -> None:
    speech = (Interval(0.0, 4.0, "speech"),)
    assert coverage(words(("a", 0.0, 1.0), ("b", 1.2, 2.0), ("c", 3.0, 4.0)), speech) == pytest.approx(0.75)
    assert coverage([], speech) == 0.0
    assert coverage([], ()) is None


def test_words_join_the_turn_that_overlaps_them_most() -> None:
    turns = (Interval(0.0, 1.0, "B"), Interval(1.0, 3.0, "A"))
    said = words(("yes", 0.1, 0.5), ("well", 0.9, 1.5), ("then", 3.4, 3.6))
    assert [s.speaker for s in join(said, ["en"] * 3, turns)] == ["S1", "S2", "S2"]


def test_a_single_word_island_in_running_speech_is_smoothed_away() -> None:
    turns = (Interval(0.0, 1.0, "A"), Interval(1.0, 1.2, "B"), Interval(1.2, 3.0, "A"))
    running = words(("we", 0.5, 1.0), ("all", 1.0, 1.2), ("went", 1.2, 1.6))
    apart = words(("we", 0.2, 0.5), ("yes", 1.0, 1.2), ("went", 2.0, 2.4))
    assert [s.speaker for s in join(running, ["en"] * 3, turns)] == ["S1", "S1", "S1"]
    assert [s.speaker for s in join(apart, ["en"] * 3, turns)] == ["S1", "S2", "S1"]
