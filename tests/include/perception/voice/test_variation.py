"""Pitch variation against tracks written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from include.interview.records import Utterance
from include.perception.voice.variation import median_error, pitch_variation, without_octaves

pytestmark = pytest.mark.unit


def said(count: int, seconds: float = 4.0) -> list[Utterance]:
    return [
        Utterance(f"u{k}", "A", "candidate", "x", start_s=k * seconds, end_s=(k + 1) * seconds) for k in range(count)
    ]


def wave(deviation: float, frames: int = 400) -> np.ndarray:
    """F0 around 150 Hz with a standard deviation of `deviation` semitones, in whole periods of a sine."""
    return 150.0 * 2.0 ** (deviation * np.sqrt(2) * np.sin(2 * np.pi * np.arange(frames) / 100) / 12.0)


def test_the_median_over_utterances() -> None:
    track = np.concatenate([wave(d) for d in (1.0, 2.0, 2.0, 3.0, 4.0, 5.0)])
    found = pitch_variation(track, said(6), 30.0)
    assert found.value == pytest.approx(2.5, abs=0.01)
    assert [i.value for i in found.intervals] == pytest.approx([1.0, 2.0, 2.0, 3.0, 4.0, 5.0], abs=0.01)
    assert found.error is not None
    assert found.error > 0.3


def test_octave_jumps_are_removed() -> None:
    track = wave(2.0)
    track[100:130] *= 2.0
    track[250:270] /= 2.0
    kept = without_octaves(12 * np.log2(track))
    assert kept.size == 400 - 50
    assert np.std(kept) == pytest.approx(2.0, abs=0.15)


def test_lively_speech_is_no_octave_error() -> None:
    assert without_octaves(12 * np.log2(wave(4.5))).size == 400


@pytest.mark.parametrize(
    ("utterances", "seconds", "snr", "reason"),
    [
        (5, 3.5, 30.0, "too_little_speech"),  # 17.5 s voiced in five
        (5, 4.0, 30.0, None),  # 20 s voiced
        (6, 3.0, 30.0, None),
        (20, 2.9, 30.0, "too_little_speech"),  # all too short
        (6, 4.0, 14.9, "low_snr"),
        (6, 4.0, None, "snr_unknown"),  # nothing but speech was heard
    ],
)
def test_what_is_needed(utterances: int, seconds: float, snr: float | None, reason: str | None) -> None:
    found = pitch_variation(wave(2.0, round(utterances * seconds * 100)), said(utterances, seconds), snr)
    assert (found.value is None, found.reason) == (reason is not None, reason)


def test_one_utterance_has_no_error_and_so_no_value() -> None:
    assert pitch_variation(wave(2.0, 2500), said(1, 25.0), 30.0).reason == "too_little_speech"
    assert median_error(np.array([2.0])) is None


def test_the_error_of_a_median_does_not_vanish_by_ties() -> None:
    values = np.array([1.0, 2.0, 2.0, 2.0, 2.0, 3.0])
    assert median_error(values) == pytest.approx(1.253 * np.std(values, ddof=1) / np.sqrt(6), abs=1e-4)
