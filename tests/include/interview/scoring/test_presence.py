"""Own speech with the face seen: hand-made times against seconds worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.case import Case
from include.interview.records import Interval, Measure, Measurements, Recording, Role, Transcript, Utterance, Word
from include.interview.scoring.presence import (
    MIN_SPEECH_SEEN_S,
    SpeechSeen,
    common,
    outside,
    own_speech,
    seconds_of,
    speech_seen,
    spoken_span,
    too_little_seen,
)
from include.interview.transcript.timeline import join_measurements, join_transcripts

pytestmark = pytest.mark.unit

Spans = Sequence[tuple[float, float]]


def said(start: float, end: float, role: Role = "candidate", words: Spans = ()) -> Utterance:
    spoken = tuple(Word("word", a, b, 0.9) for a, b in words)
    return Utterance("u0001", "S1", role, "word", start, end, spoken)


def spoken(*utterances: Utterance) -> Transcript:
    return Transcript("speech", "en", 0.99, utterances, duration_s=200.0, speech_s=100.0)


def measure(name: str, unit: str, kind: str, spans: Spans) -> Measure:
    value = sum(b - a for a, b in spans)
    return Measure(name, value, unit, intervals=tuple(Interval(a, b, kind) for a, b in spans))


def face(*spans: tuple[float, float]) -> Measurements:
    return Measurements("face", 1.0, (measure("seen_s", "s", "face_seen", spans),))


def media(*still: tuple[float, float]) -> Measurements:
    return Measurements("media", 1.0, (measure("still_share", "share", "still_picture", still),))


def case(transcript: Transcript, *measurements: Measurements, profile: str = "standard") -> Case:
    return Case(
        interview_id="i",
        stage="ai",
        language="en",
        opening=general_opening(),
        rubric=load_rubric("ai", "1"),
        profile=load_profile(profile),
        transcript=transcript,
        answers=(),
        measurements=measurements,
    )


@pytest.mark.parametrize(("seconds", "enough"), [(0.0, False), (29.9, False), (30.0, True), (31.0, True)])
def test_thirty_seconds_are_enough_and_a_tenth_less_is_not(seconds: float, enough: bool) -> None:
    # The face leaves after `seconds` of a minute of speech.
    found = speech_seen(case(spoken(said(10.0, 70.0)), face((10.0, 10.0 + seconds))))
    assert found == SpeechSeen(pytest.approx(seconds), 0.0)
    assert (too_little_seen(found) is None) is enough


def test_a_sum_of_sampling_steps_is_not_short_by_a_rounding_error() -> None:
    steps = [(0.2 * k, 0.2 * k + 0.2) for k in range(150)]
    assert too_little_seen(speech_seen(case(spoken(said(0.0, 30.0)), face(*steps)))) is None


def test_what_is_lacking_is_told_in_seconds_and_as_a_share_of_the_seconds_needed() -> None:
    reason = too_little_seen(SpeechSeen(29.97, 0.0))
    assert reason is not None
    assert reason.code == "too_little_speech_seen"
    assert reason.coverage == pytest.approx(29.97 / MIN_SPEECH_SEEN_S)
    assert "29.9 s" in reason.text.en, "never rounded up to what would have been enough"
    assert "at least 30 s" in reason.text.en
    assert "29.9초" in reason.text.ko
    assert "30초 이상" in reason.text.ko


def test_a_face_that_is_seen_only_during_silence_shows_nobody_speaking() -> None:
    # Half the time face, half the time speech, never both: shares would say a quarter.
    assert speech_seen(case(spoken(said(100.0, 200.0)), face((0.0, 100.0)))).seen_s == 0.0


@pytest.mark.parametrize("role", ["interviewer", "unknown"])
def test_the_speech_of_others_does_not_count(role: Role) -> None:
    talk = spoken(said(0.0, 60.0, role), said(60.0, 80.0))
    assert speech_seen(case(talk, face((0.0, 70.0)))).seen_s == pytest.approx(10.0)


def test_pauses_between_words_are_no_speech_and_short_gaps_are() -> None:
    one = said(0.0, 6.0, words=[(0.0, 1.0), (1.2, 2.0), (4.0, 6.0)])
    assert own_speech([one]) == [(0.0, 2.0), (4.0, 6.0)]


def test_overlapping_utterances_are_counted_once() -> None:
    assert speech_seen(case(spoken(said(0.0, 10.0), said(5.0, 12.0)), face((0.0, 100.0)))).seen_s == 12.0


def test_recordings_add_up() -> None:
    """Three recordings with 12, 0 and 19 seconds of speech before the camera; the second has sound alone."""
    lengths = (20.0, 30.0, 25.0)
    places = [Recording(f"m{k}", k, sum(lengths[:k]), length) for k, length in enumerate(lengths)]
    talk = [spoken(said(2.0, 14.0)), spoken(said(0.0, 28.0)), spoken(said(3.0, 24.0))]
    unseen = Measurements("face", 0.0, (Measure("seen_s", None, "s", 0.0, reason="no_video"),))
    faces = [face((0.0, 20.0)), unseen, face((0.0, 10.0), (12.0, 25.0))]
    transcript = join_transcripts(list(zip(places, talk, strict=True)))
    together = join_measurements(list(zip(places, faces, strict=True)))
    seen = together.get("seen_s")
    assert seen is not None
    assert seen.value == pytest.approx(43.0), "seconds add up, they are no mean"
    found = speech_seen(case(transcript, together))
    assert found.seen_s == pytest.approx(12.0 + 19.0)
    assert too_little_seen(found) is None


def test_a_photograph_is_named_as_the_reason() -> None:
    found = speech_seen(case(spoken(said(0.0, 60.0)), face((0.0, 60.0)), media((0.0, 60.0))))
    assert found == SpeechSeen(0.0, 60.0)
    reason = too_little_seen(found)
    assert reason is not None
    assert (reason.code, reason.coverage) == ("still_picture", 0.0)
    assert "60.0 s" in reason.text.en
    assert "사진" in reason.text.ko


@pytest.mark.parametrize(("frozen_at", "enough"), [(35.0, True), (20.0, False)])
def test_a_camera_that_freezes_counts_until_then(frozen_at: float, enough: bool) -> None:
    found = speech_seen(case(spoken(said(0.0, 60.0)), face((0.0, 60.0)), media((frozen_at, 60.0))))
    assert found.seen_s == pytest.approx(frozen_at)
    assert (too_little_seen(found) is None) is enough


def test_without_a_measured_face_or_times_nothing_was_seen() -> None:
    typed = msgspec.structs.replace(spoken(Utterance("u1", "S1", "candidate", "word")), source="text")
    withheld = Measurements("face", 0.0, (Measure("seen_s", None, "s", reason="no_video"),))
    for one in (case(spoken(said(0.0, 60.0))), case(typed, face((0.0, 60.0))), case(spoken(said(0.0, 60.0)), withheld)):
        assert speech_seen(one) == SpeechSeen(0.0, 0.0)


def test_a_face_that_the_profile_refuses_is_not_read() -> None:
    talk, seen = spoken(said(0.0, 60.0)), face((0.0, 60.0))
    assert speech_seen(case(talk, seen, profile="text_only")).seen_s == 0.0
    assert speech_seen(case(talk, seen, profile="eu")).seen_s == 60.0


_POINTS = st.sets(st.integers(0, 40), max_size=12)


@given(_POINTS, _POINTS)
def test_the_common_time_is_that_of_every_moment_in_both(one: set[int], other: set[int]) -> None:
    """Spans of whole seconds, so that membership can be counted second by second."""
    found = common([(k, k + 1.0) for k in one], [(k, k + 1.0) for k in other])
    assert sum(end - start for start, end in found) == len(one & other)
    assert found == sorted(found)
    assert all(a[1] < b[0] for a, b in pairwise(found))


SOME_SPANS = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 20)).map(lambda s: (float(s[0]), float(s[0] + s[1]))), max_size=6
)


def test_what_lies_outside_by_hand() -> None:
    assert outside([(0.0, 10.0)], [(2.0, 3.0), (5.0, 6.0)]) == [(0.0, 2.0), (3.0, 5.0), (6.0, 10.0)]
    assert outside([(0.0, 10.0)], [(-1.0, 4.0), (8.0, 20.0)]) == [(4.0, 8.0)]
    assert outside([(0.0, 2.0), (4.0, 6.0)], [(1.0, 5.0)]) == [(0.0, 1.0), (5.0, 6.0)]
    assert outside([(0.0, 2.0)], [(0.0, 2.0)]) == []


@given(SOME_SPANS, SOME_SPANS)
def test_inside_and_outside_are_the_whole(one: Spans, other: Spans) -> None:
    left = outside(one, other)
    assert common(left, other) == []
    whole = seconds_of(outside(one, []))
    assert seconds_of(left) + seconds_of(common(one, other)) == pytest.approx(whole)


def test_an_answer_lasts_from_its_first_to_its_last_word() -> None:
    assert spoken_span([said(1.0, 9.0, words=[(1.5, 2.0), (3.0, 8.5)]), said(10.0, 12.0)]) == (1.5, 12.0)
    assert spoken_span([]) is None
