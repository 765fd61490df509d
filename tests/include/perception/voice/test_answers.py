"""The voice of answers against sounds whose pitch, pace, pauses and rhythm are known because they were made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from include.interview.records import Answer, Transcript, Utterance, Word
from include.interview.voice.records import SpokenAnswer
from include.perception.speech import SAMPLE_RATE, Waveform
from include.perception.voice import prosody_tracks
from include.perception.voice.answers import measure_answers
from include.perception.voice.rhythm import interval_runs, npvi, syllable_nuclei
from tests.support.speech_sounds import spoken

pytestmark = pytest.mark.unit

SYLLABLE_S = 0.2
SPREAD_OF_SINE = 2 * np.sin(0.45 * np.pi)
"""The 5th to 95th percentile of a sine of amplitude 1."""


def voice(hz: np.ndarray | float, seconds: float, loudness: np.ndarray | float = 1.0) -> np.ndarray:
    """A voice-like sound: eight harmonics falling by 6 dB an octave; `hz` and `loudness` may vary per sample."""
    n = round(seconds * SAMPLE_RATE)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hz, n)) / SAMPLE_RATE
    sound = sum(np.sin(k * phase) / k for k in range(1, 9))
    return (6_000.0 * np.asarray(loudness) * sound).clip(-32_768, 32_767).astype("<i2")


def bursts(at: Sequence[float], seconds: float) -> np.ndarray:
    """Loudness per sample: a raised-cosine burst of 120 ms centred at each time, on a floor 40 dB below."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    envelope = np.full(len(t), 0.01)
    for centre in at:
        near = np.abs(t - centre) < 0.06
        envelope[near] = np.maximum(envelope[near], 0.5 + 0.5 * np.cos(np.pi * (t[near] - centre) / 0.06))
    return envelope


def words(spans: Sequence[tuple[float, float]], text: str = "가") -> tuple[Word, ...]:
    return tuple(Word(text, start, end, 0.9) for start, end in spans)


def measured(samples: np.ndarray, said: tuple[Word, ...], asked: tuple[float, float] | None = None) -> SpokenAnswer:
    one = Utterance("u1", "S1", "candidate", " ".join(w.text for w in said), said[0].start_s, said[-1].end_s, said)
    before = () if asked is None else (Utterance("u0", "S0", "interviewer", "왜요?", *asked),)
    transcript = Transcript("speech", "ko", 1.0, (*before, one), duration_s=len(samples) / SAMPLE_RATE)
    (found,) = measure_answers([Answer(None, None, (one,))], transcript, prosody_tracks(Waveform(samples)))
    return found


def every(step_s: float, seconds: float, length_s: float) -> list[tuple[float, float]]:
    return [(float(t), float(t) + length_s) for t in np.arange(0.0, seconds - length_s, step_s)]


@pytest.mark.parametrize("semitones", [1.0, 3.0, 5.0])
@pytest.mark.parametrize("hz", [110.0, 210.0])
def test_vibrato_has_the_range_it_was_made_with(hz: float, semitones: float) -> None:
    t = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    swing = hz * 2 ** (semitones * np.sin(2 * np.pi * 0.8 * t) / 12)
    found = measured(voice(swing, 10.0), words(every(SYLLABLE_S, 10.0, SYLLABLE_S)))
    assert len(found.windows) == 2
    for window in found.windows:
        assert window.values["f0_range"] == pytest.approx(semitones * SPREAD_OF_SINE, abs=0.25)


def test_a_level_voice_has_neither_range_nor_variation() -> None:
    values = measured(voice(150.0, 6.0), words(every(SYLLABLE_S, 6.0, SYLLABLE_S))).windows[0].values
    assert values["f0_range"] < 0.1
    assert values["intensity_variation"] < 0.3


def test_variation_of_level_is_the_decibels_it_was_made_with() -> None:
    """Level that swings by a sine of 6 dB has a standard deviation of 6 / sqrt(2) dB."""
    t = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    swing = 10 ** (6.0 * np.sin(2 * np.pi * 0.8 * t) / 20) / 4
    for window in measured(voice(150.0, 10.0, swing), words(every(SYLLABLE_S, 10.0, SYLLABLE_S))).windows:
        assert window.values["intensity_variation"] == pytest.approx(6.0 / np.sqrt(2), abs=0.3)


def test_pace_and_pauses_are_those_of_the_words() -> None:
    """Three syllables of 200 ms, then 400 ms of silence: 5 syllables/s while speaking, 40 % pause."""
    spans = [(k + n * 0.2, k + n * 0.2 + 0.2) for k in range(20) for n in range(3)]
    found = measured(voice(150.0, 20.0), words(spans))
    for window in found.windows[:-1]:
        assert window.values["pause_share"] == pytest.approx(0.4, abs=0.02)
        assert window.values["articulation_rate"] == pytest.approx(5.0, abs=0.05)
    assert found.speech_rate == pytest.approx(60 / 19.6, abs=0.01)
    assert found.long_pauses == ()


def test_gaps_under_a_quarter_second_are_no_pauses_and_a_second_is_long() -> None:
    spans = [(0.0, 0.2), (0.4, 0.6), (0.8, 1.0), (2.1, 2.4), (2.5, 5.0)]
    found = measured(voice(150.0, 5.0), words(spans))
    assert [(p.start_s, p.end_s) for p in found.long_pauses] == [(1.0, 2.1)]
    assert found.windows[0].values["pause_share"] == pytest.approx(1.1 / 5.0, abs=0.001)


def test_windows_never_cross_a_long_break_or_another_voice() -> None:
    spans = [*every(0.2, 5.4, 0.2), *((20.0 + a, 20.0 + b) for a, b in every(0.2, 5.4, 0.2))]
    found = measured(voice(150.0, 26.0), words(spans))
    assert all(w.end_s <= 5.5 or w.start_s >= 20.0 for w in found.windows)
    assert max(w.values["pause_share"] for w in found.windows) == 0.0


def test_latency_runs_from_the_end_of_the_question() -> None:
    said = words([(3.5, 4.0), (4.0, 5.0)])
    assert measured(voice(150.0, 5.0), said, asked=(0.0, 2.25)).latency_s == pytest.approx(1.25)
    assert measured(voice(150.0, 5.0), said).latency_s is None


@pytest.mark.parametrize(("short", "long"), [(0.25, 0.25), (0.2, 0.3), (0.2, 0.4)])
def test_the_index_of_alternating_syllables_is_the_formula_s(short: float, long: float) -> None:
    at = 0.3 + np.cumsum([0.0, *([short, long] * 10)])
    tracks = prosody_tracks(Waveform(voice(160.0, 8.0, bursts(at, 8.0))))
    nuclei = syllable_nuclei(tracks, np.ones(tracks.frames, bool))
    assert len(nuclei) == len(at)
    assert np.abs(nuclei - at).max() < 0.02
    found = npvi(interval_runs(nuclei))
    assert found == pytest.approx(100 * (long - short) / ((long + short) / 2), abs=8.0)


def test_no_index_from_a_few_syllables_or_across_a_pause() -> None:
    assert npvi([np.array([0.2, 0.3, 0.2])]) is None
    runs = interval_runs(np.array([0.0, 0.2, 0.4, 2.0, 2.3]))
    assert [r.round(3).tolist() for r in runs] == [[0.2, 0.2], [0.3]]


def test_nuclei_of_speech_are_about_its_syllables() -> None:
    """28 syllables by the dictionary; de Jong & Wempe report a correlation of .8 with counts by ear."""
    sound = spoken(
        "We finished the project in three months, and the customer was happy to see the numbers improve again."
    )
    tracks = prosody_tracks(Waveform(sound))
    assert 20 <= len(syllable_nuclei(tracks, np.ones(tracks.frames, bool))) <= 34


def test_silence_has_no_values_that_need_a_voice() -> None:
    found = measured(np.zeros(6 * SAMPLE_RATE, "<i2"), words(every(SYLLABLE_S, 6.0, SYLLABLE_S)))
    assert set(found.windows[0].values) == {"pause_share", "articulation_rate"}
    assert found.windows[0].voiced_s == 0.0
