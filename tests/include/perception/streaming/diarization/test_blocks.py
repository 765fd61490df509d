"""Powerset, overlap penalty, aggregation, history and the due window, each by itself."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.perception.streaming.diarization import frames
from include.perception.streaming.diarization.aggregation import Aggregation, AggregationConfig
from include.perception.streaming.diarization.audio_buffer import AudioBuffer
from include.perception.streaming.diarization.embedding import overlap_penalty
from include.perception.streaming.diarization.segmentation import multilabel, powerset
from include.perception.streaming.diarization.turn_history import Run, TurnHistory, differences, runs
from include.perception.streaming.diarization.unassigned import Unassigned

pytestmark = pytest.mark.unit

codes = st.lists(st.integers(0, 3), max_size=60).map(lambda c: np.array(c, np.uint8))


def as_codes(known: list[Run], length: int) -> np.ndarray:
    out = np.zeros(length, np.uint8)
    for run in known:
        out[run.first : run.end] = run.code
    return out


def test_classes_are_nobody_each_and_each_pair() -> None:
    assert powerset().tolist() == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]]
    sure = np.log(np.full((1, 7), 0.01, np.float32))
    sure[0, 5] = np.log(0.94)
    assert multilabel(sure, soft=False).tolist() == [[1, 0, 1]]
    assert multilabel(sure, soft=True)[0] == pytest.approx([0.96, 0.03, 0.96], abs=1e-5)


def test_frames_and_seconds_agree() -> None:
    assert frames.frames_of(frames.samples_of(293)) == 293
    assert frames.frames_of(80_000) == 293
    assert [frames.frame_at(frames.seconds_of(k)) for k in range(2000)] == list(range(2000))


def test_overlapped_speech_weighs_little() -> None:
    weights = overlap_penalty(np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]], np.float32), 3.0, 10.0)
    assert weights[0, 0] > 0.99
    assert weights[1].max() < 0.13
    assert weights[2].max() == 0.0


@settings(max_examples=100, deadline=None)
@given(st.lists(codes, min_size=1, max_size=5), codes)
def test_history_is_the_codes_it_was_given(pieces: list[np.ndarray], later: np.ndarray) -> None:
    history, at = TurnHistory(10_000), 0
    for piece in pieces:
        history.settle(at, piece)
        at += len(piece)
    whole = np.concatenate(pieces)
    assert np.array_equal(as_codes(history.runs, at), whole)
    assert all(a.end <= b.first and (a.end, a.code) != (b.first, b.code) for a, b in pairwise(history.runs))
    other = list(runs(0, later))
    changed = np.zeros(max(at, len(later)), bool)
    for first, end in differences(history.runs, other):
        changed[first:end] = True
    length = len(changed)
    assert np.array_equal(changed, as_codes(history.runs, length) != as_codes(other, length))


@settings(max_examples=100, deadline=None)
@given(codes, st.integers(0, 70), st.integers(0, 20))
def test_past_can_be_painted_erased_and_merged(piece: np.ndarray, first: int, length: int) -> None:
    history = TurnHistory(10_000)
    history.settle(0, piece)
    history.paint(first, first + length, 1)
    expected = np.concatenate([piece, np.zeros(100 - len(piece), np.uint8)])
    expected[first : first + length] |= 2
    assert np.array_equal(as_codes(history.runs, 100), expected)
    merged = TurnHistory(10_000, history.runs)
    merged.merge(0, 1)
    assert np.array_equal(as_codes(merged.runs, 100), (expected > 0).astype(np.uint8))
    gone = history.erase(1)
    assert np.array_equal(as_codes(history.runs, 100), expected & 1)
    assert sum(end - start for start, end in gone) == int((expected >> 1).sum())


def test_history_forgets_what_is_too_old() -> None:
    history = TurnHistory(50)
    for at in range(0, 200, 10):
        history.settle(at, np.array([1] * 5 + [0] * 5, np.uint8))
    assert [run.first for run in history.runs] == [150, 160, 170, 180, 190]


def test_newer_windows_outvote_a_wrong_guess_until_the_latency_is_over() -> None:
    aggregation = Aggregation(2, AggregationConfig(latency_s=100 * frames.FRAME_S))
    first, second = np.tile([1, 0], (80, 1)).astype(np.float32), np.tile([0, 1], (80, 1)).astype(np.float32)
    aggregation.add(0, first)
    assert set(aggregation.codes()) == {1}
    aggregation.add(0, second)
    aggregation.add(0, second)
    assert set(aggregation.codes()) == {2}
    assert not len(aggregation.settle())
    aggregation.add(80, first)
    assert aggregation.settle().tolist() == [2] * 60
    for _ in range(9):
        aggregation.add(0, first)
    assert aggregation.first == 60


def test_unplaced_speech_is_named_once_its_voice_is_known() -> None:
    pending = Unassigned()
    voice = np.ones(4, np.float32) / 2
    pending.add(((10, 20),), voice)
    pending.add(((12, 24), (30, 33)), voice)
    assert pending.resolve(lambda _: -1) == []
    assert pending.resolve(lambda e: 1 if np.allclose(e, voice) else -1) == [(Run(12, 24, 2), 1), (Run(30, 33, 2), 1)]
    assert pending.waiting == []


class TestSound:
    """A window of 40 frames every 10, silence of less than a window after speech."""

    def sound(self) -> AudioBuffer:
        return AudioBuffer(40, 10, 8_000)

    def test_windows_follow_each_other(self) -> None:
        sound = self.sound()
        sound.push(np.arange(16_000, dtype=np.int16), 0, speech=True)
        firsts = []
        while (end := sound.due()) is not None:
            first, pcm = sound.window(end)
            assert pcm[0] == first * frames.HOP
            assert len(pcm) == frames.samples_of(end - first)
            firsts.append((first, end))
            sound.done(end)
        assert firsts == [(0, 10), (0, 20), (0, 30), (0, 40), (10, 50)]

    def test_silence_is_never_due_and_not_kept(self) -> None:
        sound = self.sound()
        for at in range(0, 960_000, 1600):
            sound.push(np.zeros(1600, np.int16), at, speech=False)
            assert sound.due() is None
        assert len(sound.window(frame := frames.frames_of(sound.position))[1]) <= frames.samples_of(60)
        assert frame > 3000
        assert sound.last_frame() is None

    def test_repeated_sound_is_left_out_and_a_hole_begins_anew(self) -> None:
        sound = self.sound()
        sound.push(np.arange(6_000, dtype=np.int16), 0, speech=True)
        sound.push(np.arange(4_000, 9_000, dtype=np.int16), 4_000, speech=True)
        assert sound.position == 9_000
        assert sound.window(30)[1][:9].tolist() == list(range(9))
        sound.push(np.full(9_000, 7, np.int16), 20_000, speech=True)
        assert set(sound.window(frames.frames_of(29_000))[1].tolist()) == {7}
