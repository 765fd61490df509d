"""A final and its wire encoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from include.interview.live.finals import event_of, record_of, utterance_of
from include.interview.live.session import LiveUtterance, utterance_id
from include.interview.live.wire import Track, decode_event, encode
from include.interview.records import Word

pytestmark = pytest.mark.unit
HOURS_MS = 10 * 3600 * 1000


def final(track: Track, start_ms: int, length_ms: int, probability: float) -> LiveUtterance:
    word = Word("word", start_ms / 1000, (start_ms + length_ms) / 1000, probability)
    return LiveUtterance(
        id=utterance_id(track, start_ms),
        track=track,
        text="word",
        start_s=word.start_s,
        end_s=word.end_s,
        words=(word,),
        speaker="S1",
        role="unknown",
        language="en",
        confidence=probability,
    )


@given(
    st.sampled_from(["interviewer", "candidate", "room"]),
    st.integers(0, HOURS_MS),
    st.integers(1, 12_000),
    st.integers(0, 1000),
)
def test_nothing_but_the_rounding_is_lost_on_the_wire(track: Track, start_ms: int, length_ms: int, mille: int) -> None:
    said = final(track, start_ms, length_ms, mille / 1000)
    assert utterance_of(decode_event(encode(event_of(said)))) == said  # type: ignore[arg-type]


def test_times_are_whole_milliseconds_and_probabilities_have_three_digits() -> None:
    said = final("candidate", 55_120, 400, 0.87654)
    moved = replace(said, words=(Word("word", 55.12049, 55.5196, 0.87654),))
    event = event_of(moved)
    assert (event.utt, event.start_ms, event.end_ms, event.confidence) == ("c55120", 55_120, 55_520, 0.877)
    assert [(w.start_ms, w.end_ms, w.p) for w in event.words] == [(55_120, 55_520, 0.877)]


def test_a_line_of_the_transcript_is_the_same_without_its_track() -> None:
    said = final("room", 1_000, 500, 0.9)
    line = record_of(said)
    assert (line.id, line.speaker, line.role, line.start_s, line.end_s, line.words) == (
        "r1000", "S1", "unknown", 1.0, 1.5, said.words,
    )  # fmt: skip
