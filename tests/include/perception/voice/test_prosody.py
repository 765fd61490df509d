from __future__ import annotations

import tracemalloc

import msgspec
import numpy as np
import pytest

from include.perception.speech import Waveform
from include.perception.voice import ProsodyTracks, prosody_tracks
from tests.support.reference_pitch import autocorrelation_pitch
from tests.support.speech_sounds import media, recording, silence, spoken, tone

INNER = slice(5, -5)


@pytest.mark.unit
@pytest.mark.parametrize("hz", [70.0, 110.3, 150.0, 220.7, 333.0, 440.0, 490.0])
def test_tones_within_one_percent(hz: float) -> None:
    f0 = prosody_tracks(Waveform(tone(hz, 1.0))).f0_hz[INNER]
    assert np.abs(f0 / hz - 1).max() < 0.01


@pytest.mark.unit
def test_harmonic_voice_like_tone_has_its_fundamental() -> None:
    parts = sum(tone(130.0 * k, 1.0, 6_000 / k).astype(int) for k in range(1, 8))
    f0 = prosody_tracks(Waveform(np.asarray(parts).astype("<i2"))).f0_hz[INNER]
    assert np.abs(f0 / 130.0 - 1).max() < 0.01


@pytest.mark.unit
def test_a_sweep_is_followed_within_one_percent() -> None:
    sweep = np.geomspace(100.0, 300.0, 4 * 16_000)
    f0 = prosody_tracks(Waveform(tone(sweep, 4.0))).f0_hz[INNER]
    centres = sweep[np.arange(400) * 160][INNER]
    assert np.abs(f0 / centres - 1).max() < 0.01


@pytest.mark.unit
def test_blocks_leave_no_seam() -> None:
    f0 = prosody_tracks(Waveform(tone(200.0, 21.0))).f0_hz
    assert len(f0) == 2_100
    assert np.abs(f0[990:1_010] / 200.0 - 1).max() < 0.01


@pytest.mark.unit
def test_silence_and_noise_have_no_pitch() -> None:
    noise = np.random.default_rng(5).normal(0, 3_000, 48_000).astype("<i2")
    assert not prosody_tracks(Waveform(silence(2.0))).f0_hz.any()
    assert np.mean(prosody_tracks(Waveform(noise)).f0_hz > 0) < 0.02
    assert prosody_tracks(Waveform(silence(0.0))).frames == 0


@pytest.mark.unit
def test_intensity_is_decibels_re_full_scale() -> None:
    tracks = prosody_tracks(Waveform(tone(250.0, 1.0, 3_276.8)))
    assert np.median(tracks.intensity_db) == pytest.approx(-20 - 3.01, abs=0.1)


@pytest.mark.unit
def test_clipping_is_seen_only_where_it_is() -> None:
    loud = np.clip(tone(200.0, 1.0, 30_000).astype(int) * 3, -32_768, 32_767).astype("<i2")
    tracks = prosody_tracks(Waveform(np.concatenate([tone(200.0, 1.0), loud])))
    assert tracks.clipped_frames[110:190].mean() > 0.5
    assert not tracks.clipped_frames[:95].any()


@pytest.mark.unit
def test_tracks_survive_storage() -> None:
    tracks = prosody_tracks(Waveform(tone(200.0, 0.5)))
    again = ProsodyTracks.decode(tracks.encode())
    assert again == tracks
    np.testing.assert_array_equal(again.f0_hz, tracks.f0_hz)
    with pytest.raises(msgspec.ValidationError):
        ProsodyTracks.decode(msgspec.msgpack.encode({"frames": "many"}))


@pytest.mark.unit
def test_memory_does_not_grow_with_length() -> None:
    def peak(seconds: float) -> int:
        waveform = Waveform(np.tile(tone(180.0, 1.0), int(seconds)))
        tracemalloc.start()
        prosody_tracks(waveform)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    # The tracks themselves are 9 bytes per frame (kept about three times while they are made).
    assert peak(120.0) < peak(12.0) + 3 * 9 * 10_800 + 1_000_000


def _agreement(waveform: Waveform) -> tuple[float, float]:
    """Of the frames that both call voiced, the share within 5 %; and their share of ours."""
    f0 = prosody_tracks(waveform).f0_hz
    reference = autocorrelation_pitch(np.asarray(waveform.window(0, waveform.seconds), dtype=np.float64))
    n = min(len(f0), len(reference))
    both = (f0[:n] > 0) & (reference[:n] > 0)
    close = np.abs(f0[:n][both] / reference[:n][both] - 1) < 0.05
    return float(close.mean()), float(both.sum() / (f0[:n] > 0).sum())


@pytest.mark.programs
def test_agrees_with_autocorrelation_on_synthetic_speech() -> None:
    close, shared = _agreement(Waveform(spoken("We finished the project in three months.")))
    assert close > 0.9
    assert shared > 0.9


@pytest.mark.slow
def test_agrees_with_autocorrelation_on_real_speech() -> None:
    close, shared = _agreement(recording(media("ko/train_audio2.wav")))
    assert close > 0.93
    assert shared > 0.95
