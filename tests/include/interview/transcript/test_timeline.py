"""One timeline over several recordings: laws by hypothesis, and cases computed by hand."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.records import (
    Flag,
    Interval,
    Measure,
    Measurements,
    QuestionMark,
    Recording,
    Transcript,
    Utterance,
    Word,
)
from include.interview.transcript.timeline import (
    join_measurements,
    join_transcripts,
    lay_out,
    locate,
    question_marks,
    shift_flag,
    shift_interval,
    shift_measurements,
    shift_utterance,
)

pytestmark = pytest.mark.unit

# Multiples of 1/8 s add without rounding, so that laws can be checked for equality.
EIGHTHS = st.integers(1, 80_000).map(lambda n: n / 8)
DURATIONS = st.lists(EIGHTHS, min_size=1, max_size=6)
SHARES = st.floats(0.0, 1.0)
MOVES = st.integers(-80_000, 80_000).map(lambda n: n / 8)
INTERVALS = st.builds(lambda a, b, v: Interval(a, a + b, "k", v), EIGHTHS, EIGHTHS, st.none() | SHARES)


def laid(*durations: float) -> list[Recording]:
    offsets = lay_out(durations)
    return [Recording(f"m{i}", i, at, length) for i, (at, length) in enumerate(zip(offsets, durations, strict=True))]


def face(measure: Measure, coverage: float = 1.0, flags: tuple[Flag, ...] = ()) -> Measurements:
    return Measurements("face", coverage, (measure,), flags, "engine")


def share(value: float | None, coverage: float = 1.0, **more) -> Measure:
    return Measure("present_share", value, "share", coverage, **more)


def joined(durations, measures, coverages=None) -> Measure:
    coverages = coverages or [m.coverage for m in measures]
    parts = [
        (recording, face(measure, covered))
        for recording, measure, covered in zip(laid(*durations), measures, coverages, strict=True)
    ]
    (only,) = join_measurements(parts).measures
    return only


@given(DURATIONS)
def test_recordings_lie_end_to_end(durations: list[float]) -> None:
    offsets = lay_out(durations)
    assert offsets[0] == 0.0
    assert [b - a for a, b in zip(offsets, (*offsets[1:], sum(durations)), strict=True)] == durations


@given(DURATIONS, st.data())
def test_every_moment_is_located_where_it_was_laid(durations: list[float], data: st.DataObject) -> None:
    recordings = laid(*durations)
    chosen = data.draw(st.sampled_from(recordings))
    inside = data.draw(st.integers(0, int(chosen.duration_s * 8) - 1)) / 8
    shuffled = data.draw(st.permutations(recordings))
    assert locate(shuffled, chosen.offset_s + inside) == (chosen, inside)


def test_moments_outside_belong_to_the_nearest_recording() -> None:
    first, last = laid(10.0, 5.0)
    assert locate([first, last], -3.0) == (first, 0.0)
    assert locate([first, last], 99.0) == (last, 89.0)
    with pytest.raises(ValueError, match="no timeline"):
        locate([], 1.0)


@given(INTERVALS, MOVES)
def test_shifting_keeps_length_and_can_be_undone(interval: Interval, by_s: float) -> None:
    moved = shift_interval(interval, by_s)
    assert moved.end_s - moved.start_s == interval.end_s - interval.start_s
    assert moved.start_s - interval.start_s == by_s
    assert shift_interval(moved, -by_s) == interval
    flag = Flag("code", "warning", {"n": 1.0}, (interval,))
    assert shift_flag(flag, by_s) == msgspec.structs.replace(flag, intervals=(moved,))
    channel = face(share(0.5, intervals=(interval,)), flags=(flag,))
    assert shift_measurements(shift_measurements(channel, by_s), -by_s) == channel


def test_an_utterance_moves_with_its_words_and_a_typed_one_stays() -> None:
    word = Word("hello", 1.0, 1.5, 0.9)
    spoken = Utterance("u1", "S1", "candidate", "hello", 1.0, 1.5, (word,))
    moved = shift_utterance(spoken, 10.0)
    assert (moved.start_s, moved.end_s) == (11.0, 11.5)
    assert moved.words == (Word("hello", 11.0, 11.5, 0.9),)
    typed = Utterance("u1", "a", "candidate", "hello")
    assert shift_utterance(typed, 10.0) == typed


def test_shares_and_rates_are_weighted_by_the_time_observed() -> None:
    # 60 s of 100 s observed at 0.5 and 20 s of 50 s observed at 1.0: (60·0.5 + 20·1.0) / 80 = 0.625
    one = joined([100.0, 50.0], [share(0.5, 0.6, n=300, confidence=0.9), share(1.0, 0.4, n=100, confidence=0.7)])
    assert one.value == pytest.approx(0.625)
    assert one.coverage == pytest.approx(80 / 150)
    assert (one.n, one.confidence, one.reason) == (400, 0.7, None)


def test_totals_add_up_even_where_little_was_observed() -> None:
    parts = [Measure("duration_s", 12.5, "s", 1.0), Measure("duration_s", 7.5, "s", 0.0)]
    assert joined([12.5, 7.5], parts).value == 20.0


def test_a_recording_without_a_value_counts_as_unobserved() -> None:
    one = joined([30.0, 10.0], [share(None, 0.1, reason="too_dark"), share(0.8, 1.0)])
    assert one.value == pytest.approx(0.8)
    assert one.coverage == pytest.approx(10 / 40)
    assert one.reason is None


def test_a_recording_that_lacks_the_measure_counts_as_unobserved() -> None:
    first, second = laid(30.0, 10.0)
    other = Measurements("face", 1.0, (Measure("head_movement", 2.0, "deg/s"),), (), "engine")
    whole = join_measurements([(first, other), (second, face(share(0.8)))])
    found = whole.get("present_share")
    assert found is not None
    assert (found.value, found.coverage) == (pytest.approx(0.8), pytest.approx(0.25))


def test_without_any_value_the_reason_and_the_coverage_reached_stay() -> None:
    one = joined([30.0, 10.0], [share(None, 0.1, reason="too_dark", n=3), share(None, 0.5, reason="too_few", n=5)])
    assert (one.value, one.reason, one.n) == (None, "too_dark", 8)
    assert one.coverage == pytest.approx((3.0 + 5.0) / 40.0)


@given(st.lists(st.tuples(EIGHTHS, SHARES, st.floats(0.01, 1.0)), min_size=2, max_size=6), st.data())
def test_a_joined_share_lies_between_its_parts_and_their_order_does_not_matter(parts, data: st.DataObject) -> None:
    def value(chosen) -> float:
        found = joined([d for d, _, _ in chosen], [share(v, c) for _, v, c in chosen])
        assert found.value is not None
        assert 0.0 <= found.coverage <= 1.0 + 1e-9
        return found.value

    result = value(parts)
    assert min(v for _, v, _ in parts) - 1e-9 <= result <= max(v for _, v, _ in parts) + 1e-9
    assert value(data.draw(st.permutations(parts))) == pytest.approx(result)


@given(st.lists(st.tuples(EIGHTHS, SHARES), min_size=3, max_size=5))
def test_joining_in_two_steps_is_joining_at_once(parts) -> None:
    durations = [d for d, _ in parts]
    at_once = joined(durations, [share(v) for _, v in parts])
    first = joined(durations[:2], [share(v) for _, v in parts[:2]])
    later = joined([sum(durations[:2]), *durations[2:]], [first, *(share(v) for _, v in parts[2:])])
    assert later.value == pytest.approx(at_once.value)
    assert later.coverage == pytest.approx(at_once.coverage)


def test_channel_coverage_intervals_and_flags_lie_on_the_interview() -> None:
    first, second = laid(30.0, 10.0)
    seen = Interval(2.0, 3.0, "away")
    flag = Flag("dark", "warning", {"share": 0.1}, (seen,))
    parts = [
        (first, face(share(0.5, intervals=(seen,)), 0.5, (flag,))),
        (second, face(share(1.0, intervals=(seen,)), 1.0, (flag,))),
    ]
    whole = join_measurements(parts)
    assert whole.coverage == pytest.approx((15 + 10) / 40)
    moved = Interval(32.0, 33.0, "away")
    assert whole.measures[0].intervals == (seen, moved)
    assert [f.intervals for f in whole.flags] == [(seen,), (moved,)]


def test_one_recording_is_only_moved() -> None:
    measure = share(None, 0.3, reason="too_dark", intervals=(Interval(1.0, 2.0, "k"),))
    whole = join_measurements([(Recording("m", 0, 5.0, 10.0), face(measure, 0.3))])
    assert whole == face(msgspec.structs.replace(measure, intervals=(Interval(6.0, 7.0, "k"),)), 0.3)


def test_joining_nothing_or_two_channels_is_refused() -> None:
    first, second = laid(1.0, 1.0)
    with pytest.raises(ValueError, match="at least one"):
        join_measurements([])
    with pytest.raises(ValueError, match="one channel"):
        join_measurements([(first, face(share(1.0))), (second, Measurements("body", 1.0))])
    with pytest.raises(ValueError, match="no transcript"):
        join_transcripts([])


def heard(language: str, speech_s: float, confidence: float | None, *texts: str) -> Transcript:
    utterances = tuple(
        Utterance(f"u{i + 1:04d}", "S1", "candidate", text, float(i), i + 0.5, (Word(text, float(i), i + 0.5, 0.9),))
        for i, text in enumerate(texts)
    )
    return Transcript(
        "speech", language, 0.9, utterances, 10.0, speech_s, confidence, confidence, "e", (Flag("f", intervals=()),)
    )


def test_transcripts_are_renumbered_and_laid_on_the_interview() -> None:
    first, second = laid(10.0, 20.0)
    whole = join_transcripts([(first, heard("en", 2.0, 0.8, "one", "two")), (second, heard("ko", 6.0, 0.4, "셋"))])
    assert [(u.id, u.speaker, u.text, u.start_s) for u in whole.utterances] == [
        ("u0001", "0.S1", "one", 0.0),
        ("u0002", "0.S1", "two", 1.0),
        ("u0003", "1.S1", "셋", 10.0),
    ]
    assert whole.utterances[2].words[0].end_s == 10.5
    assert whole.language == "ko", "the language of the recording with most speech"
    assert (whole.duration_s, whole.speech_s) == (30.0, 8.0)
    assert whole.confidence == pytest.approx((2 * 0.8 + 6 * 0.4) / 8)
    assert whole.coverage == pytest.approx((2 * 0.8 + 6 * 0.4) / 8)
    assert len(whole.flags) == 2


def test_a_silent_recording_says_nothing_about_confidence() -> None:
    first, second = laid(10.0, 20.0)
    silent = Transcript("speech", "und", None, (), 10.0, 0.0)
    whole = join_transcripts([(first, silent), (second, heard("ko", 6.0, 0.7, "네"))])
    assert (whole.language, whole.confidence) == ("ko", pytest.approx(0.7))
    nothing = join_transcripts([(first, silent), (second, silent)])
    assert (nothing.language, nothing.confidence, nothing.coverage) == ("und", None, None)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5))
def test_joined_ids_are_unique_consecutive_and_in_time(counts: list[int]) -> None:
    recordings = laid(*(10.0 for _ in counts))
    whole = join_transcripts([(r, heard("en", 1.0, 0.9, *"abcd"[:n])) for r, n in zip(recordings, counts, strict=True)])
    assert [u.id for u in whole.utterances] == [f"u{i + 1:04d}" for i in range(sum(counts))]
    starts = [u.start_s for u in whole.utterances]
    assert starts == sorted(starts)


def test_questions_start_at_their_marks_or_else_with_their_recordings() -> None:
    first, second, third = (
        msgspec.structs.replace(r, question_id=q) for r, q in zip(laid(10.0, 5.0, 2.0), ("q1", None, "q3"), strict=True)
    )
    marks = (QuestionMark("q9", 3.0),)
    assert question_marks(marks, [first, second, third]) == marks
    assert question_marks((), [first, second, third]) == (QuestionMark("q1", 0.0), QuestionMark("q3", 15.0))
    assert question_marks((), [second]) == ()
