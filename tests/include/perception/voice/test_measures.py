from __future__ import annotations

import numpy as np
import pytest

from include.interview.assessment.measures import MEASURES
from include.interview.records import Role, Transcript, Utterance
from include.perception.speech import Waveform
from include.perception.voice import measure_voice, prosody_tracks
from tests.support.speech_sounds import silence, tone

pytestmark = pytest.mark.unit


def transcript(*parts: tuple[Role, float, float], duration: float = 20.0) -> Transcript:
    said = tuple(
        Utterance(f"u{i:04d}", role[:2], role, "말", start, end) for i, (role, start, end) in enumerate(parts, 1)
    )
    return Transcript("speech", "ko", 1.0, said, duration)


def two_voices() -> Waveform:
    """Candidate: 4 s sliding over an octave around 150 Hz; then another voice at 300 Hz, much louder."""
    slide = np.geomspace(150 / 2**0.5, 150 * 2**0.5, 4 * 16_000)
    return Waveform(np.concatenate([silence(1.0), tone(slide, 4.0, 2_000), silence(1.0), tone(300.0, 4.0, 20_000)]))


def test_only_the_candidates_speech_counts() -> None:
    found = measure_voice(prosody_tracks(two_voices()), transcript(("candidate", 1, 5), ("interviewer", 6, 10)))
    median, spread, level = (found.get(n) for n in ("f0_median_hz", "f0_sd_semitones", "loudness_db"))
    assert median is not None
    assert spread is not None
    assert level is not None
    assert median.value == pytest.approx(150.0, rel=0.01)
    assert spread.value == pytest.approx(12 / 12**0.5, rel=0.03)  # a uniform slide over 12 semitones
    assert level.value == pytest.approx(20 * np.log10(2_000 / 32_768) - 3.01, abs=0.3)
    assert [(i.start_s, i.end_s) for i in median.intervals] == [(1, 5)]
    assert found.coverage == pytest.approx(0.4, abs=0.01)


def test_doubled_frames_do_not_move_the_measures() -> None:
    """Octave errors of a tracker (here: real tones far outside the voice's octave) are left out."""
    sound = np.concatenate([tone(100.0, 4.0), tone(420.0, 0.4)])
    found = measure_voice(prosody_tracks(Waveform(sound)), transcript(("candidate", 0, 4.4)))
    spread = found.get("f0_sd_semitones")
    assert spread is not None
    assert spread.value is not None
    assert spread.value < 0.3


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (transcript(("candidate", 1, 2)), "too_little_speech"),
        (transcript(("unknown", 1, 5)), "candidate_unknown"),
        (transcript(), "no_words"),
        (Transcript("text", "ko", None, (Utterance("u1", "A", "candidate", "말"),)), "no_timing"),
    ],
)
def test_nothing_is_made_up(said: Transcript, reason: str) -> None:
    found = measure_voice(prosody_tracks(two_voices()), said)
    assert {m.reason for m in found.measures} == {reason}
    assert all(m.value is None for m in found.measures)


def test_names_and_units_are_the_registrys() -> None:
    found = measure_voice(prosody_tracks(two_voices()), transcript(("candidate", 1, 5)))
    assert {m.name: m.unit for m in found.measures} == {
        n: MEASURES[n].unit
        for n in ("f0_median_hz", "f0_sd_semitones", "pitch_variation", "intensity_range_db", "loudness_db")
    }


def test_recording_faults_are_flags() -> None:
    clipped = np.clip(tone(200.0, 4.0, 30_000).astype(int) * 3, -32_768, 32_767).astype("<i2")
    hiss = np.random.default_rng(1).normal(0, 1_500, 16_000 * 8)
    noisy = np.concatenate([tone(200.0, 4.0, 4_000), silence(4.0)]) + hiss
    said = transcript(("candidate", 0, 4))
    assert "clipping" in {f.code for f in measure_voice(prosody_tracks(Waveform(clipped)), said).flags}
    assert "low_snr" in {f.code for f in measure_voice(prosody_tracks(Waveform(noisy.astype("<i2"))), said).flags}
    clean = np.concatenate([tone(200.0, 4.0), silence(4.0)])
    assert measure_voice(prosody_tracks(Waveform(clean)), said).flags == ()
