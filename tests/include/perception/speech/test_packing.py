from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.records import Interval
from include.perception.speech import Waveform
from include.perception.speech.packing import PAD_S, SPEECH_LIMIT_S, pack

pytestmark = pytest.mark.unit
RATE = 16_000

stretches = st.lists(st.tuples(st.floats(0.3, 6.0), st.floats(0.25, 40.0)), min_size=1, max_size=12)


def _speech(parts: list[tuple[float, float]]) -> tuple[Interval, ...]:
    found, at = [], 0.0
    for gap, length in parts:
        found.append(Interval(at + gap, at + gap + length, "speech"))
        at += gap + length
    return tuple(found)


@given(stretches)
def test_every_spoken_sample_is_packed_once_and_no_window_is_too_long(parts: list[tuple[float, float]]) -> None:
    speech = _speech(parts)
    samples = round((speech[-1].end_s + 1.0) * RATE)
    probabilities = np.ones(samples // 512 + 1)
    windows = pack(speech, probabilities, samples)
    pieces = [p for w in windows for p in w.pieces]
    assert all(w.seconds <= SPEECH_LIMIT_S + 1e-9 for w in windows)
    assert all(a.end <= b.start for a, b in pairwise(pieces))
    for interval in speech:
        held = sum(
            max(0, min(p.end, round(interval.end_s * RATE)) - max(p.start, round(interval.start_s * RATE)))
            for p in pieces
        )
        assert held == round(interval.end_s * RATE) - round(interval.start_s * RATE)


@pytest.mark.slow
@given(stretches, st.floats(0.0, 1.0))
def test_packed_time_leads_back_to_the_same_samples(parts: list[tuple[float, float]], where: float) -> None:
    """Independent reference: the recording's samples are their own numbers, so the sound itself tells its place."""
    speech = _speech(parts)
    samples = round((speech[-1].end_s + 1.0) * RATE)
    waveform = Waveform((np.arange(samples) // 100 % 32_000).astype("<i2"))
    windows = tuple(pack(speech, np.ones(samples // 512 + 1), samples))
    assert windows
    for window in windows:
        sound = window.sound(waveform)
        index = min(len(sound) - 1, int(where * len(sound)))
        start, _ = window.span(index / RATE, index / RATE + 1e-6)
        heard = waveform.slice(round(start * RATE), round(start * RATE) + 1)
        assert len(heard) == 1
        assert abs(float(heard[0]) - float(sound[index])) * 32_768 <= 1.0


def test_a_word_in_the_padding_belongs_to_the_speech_after_the_pause() -> None:
    speech = (Interval(1.0, 2.0, "speech"), Interval(5.0, 6.0, "speech"))
    (window,) = pack(speech, np.ones(400), 8 * RATE)
    first_end = 1.0 + 2 * PAD_S  # packed: 0.2 pad, 1 s speech, 0.2 pad, then the second piece
    start, end = window.span(first_end - 0.15, first_end + PAD_S + 0.3)
    assert 4.8 <= start < end == pytest.approx(5.3)


def test_long_speech_is_cut_where_it_is_least_speech_like() -> None:
    probabilities = np.ones(2_000)
    probabilities[340:350] = 0.4  # 10.9 s to 11.2 s
    windows = pack((Interval(0.0, 30.0, "speech"),), probabilities, 30 * RATE)
    assert 10.8 <= windows[0].pieces[-1].end / RATE <= 11.3
