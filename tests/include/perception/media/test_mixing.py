"""Several channels to one: nothing cancels, nothing broken is mixed in, and every real microphone is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.perception.media import prepare, probe
from include.perception.media.mixing import mono, plan
from include.settings import Limits
from tests.include.perception.media.test_channels import wav
from tests.support.channel_sounds import RATE, conversation, frames, noise, voice
from tests.support.recordings import ffmpeg

pytestmark = pytest.mark.programs

SPEECH = voice(12.0, 4)
LIMITS = Limits()


def mixed(both: np.ndarray) -> np.ndarray:
    pieces = list(mono(both, plan(both)))
    assert all(piece.dtype == np.dtype("<i2") for piece in pieces)
    sound = np.concatenate(pieces).astype(float)
    assert len(sound) == len(both)
    return sound


def explained(sound: np.ndarray, wanted: np.ndarray) -> float:
    """Share of the power of `wanted` that `sound` has, at whatever level and polarity."""
    return float((sound @ wanted) ** 2 / max((sound @ sound) * (wanted @ wanted), 1e-9))


@settings(deadline=None, max_examples=20)
@given(gain=st.floats(-1.0, 1.0).filter(lambda g: abs(g) > 0.01), seed=st.integers(0, 10_000))
def test_a_scaled_or_inverted_channel_takes_nothing_away(gain: float, seed: int) -> None:
    speech = voice(8.0, seed)
    sound = mixed(frames(speech, gain * speech))
    assert explained(sound, speech) > 0.999
    assert np.std(sound) > 0.9 * np.std(speech)


@settings(deadline=None, max_examples=15)
@given(share=st.floats(0.05, 0.5), seed=st.integers(0, 10_000))
def test_two_people_are_both_heard(share: float, seed: int) -> None:
    asks, tells = conversation(16.0, share, seed)
    both = frames(asks + 0.1 * tells, tells + 0.1 * asks)
    assert plan(both).cancelled_s == 0
    sound = mixed(both)
    assert np.abs(sound - both.astype(float).mean(axis=1)).max() <= 0.5


def test_a_channel_that_is_inverted_for_a_while_cancels_nowhere() -> None:
    turned = SPEECH.copy()
    turned[len(turned) // 2 :] *= -1
    both = frames(SPEECH, turned)
    sound = mixed(both)
    assert plan(both).cancelled_s == pytest.approx(6.0, abs=1.0)
    for second in range(12):
        part = slice(second * RATE, (second + 1) * RATE)
        assert explained(sound[part], SPEECH[part]) > 0.99


def test_a_channel_inverted_in_a_part_of_the_band_loses_no_band() -> None:
    spectrum = np.fft.rfft(SPEECH)
    hz = np.fft.rfftfreq(len(SPEECH), 1 / RATE)
    turned = np.fft.irfft(np.where(hz < 1000, -spectrum, spectrum), len(SPEECH))
    sound = mixed(frames(SPEECH, 0.8 * turned))
    assert explained(sound, SPEECH) > 0.99


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "broken",
    [np.zeros(len(SPEECH)), np.full(len(SPEECH), 30_000.0), noise(len(SPEECH), 9000.0)],
    ids=["silent", "constant", "noise"],
)
def test_a_broken_channel_is_left_out(broken: np.ndarray, first: bool) -> None:
    both = frames(broken, SPEECH) if first else frames(SPEECH, broken)
    assert np.array_equal(mixed(both), np.round(SPEECH))
    assert [flag.code for flag in plan(both).flags()] == ["channel_left_out"]


def test_an_offset_is_taken_away() -> None:
    sound = mixed(frames(0.5 * SPEECH + 9000, 0.5 * SPEECH))
    assert abs(sound.mean()) < 1
    assert explained(sound, SPEECH) > 0.999


def test_a_cleaner_copy_is_not_mixed_with_noise() -> None:
    sound = mixed(frames(SPEECH + noise(len(SPEECH), 1500.0), SPEECH))
    assert explained(sound, SPEECH) > 0.999


def test_surround_sound_is_heard_where_it_speaks() -> None:
    quiet = np.zeros(len(SPEECH))
    assert np.array_equal(mixed(frames(quiet, quiet, SPEECH, quiet, quiet, quiet)), np.round(SPEECH))
    asks, tells = conversation(16.0, 0.3)
    sound = mixed(frames(asks, -asks, tells, -tells))
    assert explained(sound, asks + tells) > 0.99


def test_a_change_of_channel_makes_no_click() -> None:
    tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(4 * RATE) / RATE)
    turned = tone.copy()
    turned[2 * RATE :] *= -1
    sound = mixed(frames(tone, turned))
    assert np.abs(np.diff(sound)).max() < 1.2 * np.abs(np.diff(tone)).max()


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_a_recording_with_inverted_channels_is_prepared_like_its_mono(tmp_path: Path, rate: int) -> None:
    plain = wav(tmp_path / "mono.wav", frames(SPEECH), rate)
    inverted = tmp_path / "inverted.flac"
    ffmpeg("-i", plain, "-af", "pan=stereo|c0=c0|c1=-1*c0", inverted)
    prepared = {}
    for path in (plain, inverted):
        facts = probe(path, LIMITS)
        found = prepare(path, facts, tmp_path, LIMITS)
        prepared[path] = np.fromfile(tmp_path / "audio.s16", "<i2").astype(float)
        assert found.audio_samples == len(prepared[path])
        assert found.audio_peak_dbfs is not None
    assert np.abs(prepared[plain] - prepared[inverted]).max() <= 2
    assert [flag.code for flag in found.flags] == ["channels_cancel"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["audio.s16", "inverted.flac", "mono.wav"]


def test_a_stereo_tone_keeps_its_gaps_and_its_length(tmp_path: Path) -> None:
    path = tmp_path / "late.mkv"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=5:duration=4", "-itsoffset", "1"),
        *("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"),
        *("-ac", "2", "-c:a", "pcm_s16le", path),
    )
    found = prepare(path, probe(path, LIMITS), tmp_path, LIMITS)
    sound = np.fromfile(tmp_path / "audio.s16", "<i2").astype(float)
    assert len(sound) == found.audio_samples == 4 * RATE
    assert [(round(g.start_s, 1), round(g.end_s, 1)) for g in found.audio_gaps] == [(0.0, 1.0), (3.0, 4.0)]
    loud = np.flatnonzero(np.abs(sound) > 100)
    assert loud[0] == pytest.approx(RATE, abs=50)
    assert loud[-1] == pytest.approx(3 * RATE, abs=50)


def test_more_channels_than_any_interview_has_are_mixed_by_ffmpeg(tmp_path: Path) -> None:
    path = tmp_path / "many.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=440:duration=2", "-ac", "16", path)
    found = prepare(path, probe(path, LIMITS), tmp_path, LIMITS)
    assert found.audio_peak_dbfs is not None
    assert found.audio_peak_dbfs > -60


@pytest.mark.parametrize("layout", ["2.1", "quad", "5.1", "5.1(side)", "7.1", "hexagonal"])
def test_every_usual_layout_is_decoded(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "surround.mkv"
    ffmpeg("-f", "lavfi", "-i", "sine=440:duration=2", "-af", f"aformat=channel_layouts={layout}", "-c:a", "flac", path)
    found = prepare(path, probe(path, LIMITS), tmp_path, LIMITS)
    assert found.audio_samples == pytest.approx(2 * RATE, abs=RATE // 10)
    assert found.audio_peak_dbfs is not None
    assert found.audio_peak_dbfs > -60
