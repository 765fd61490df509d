"""One channel of a session's recording as raw sound."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from include.interview.errors import BadMedia
from include.perception.media.channels import write_channel

pytestmark = pytest.mark.unit


def wav(path: Path, samples: np.ndarray, rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(samples.shape[1])
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.astype("<i2").tobytes())
    return path


def test_each_channel_comes_out_whole(tmp_path: Path) -> None:
    both = np.stack([np.arange(70_000) % 3000, -(np.arange(70_000) % 2000)], axis=1)
    path = wav(tmp_path / "session.wav", both)
    for channel in (0, 1):
        write_channel(path, channel, tmp_path / "audio.s16")
        assert np.array_equal(np.fromfile(tmp_path / "audio.s16", "<i2"), both[:, channel])


@pytest.mark.parametrize(("rate", "channel"), [(44_100, 0), (16_000, 1)])
def test_other_recordings_are_refused(tmp_path: Path, rate: int, channel: int) -> None:
    path = wav(tmp_path / "other.wav", np.zeros((10, 1)), rate)
    with pytest.raises(BadMedia) as refusal:
        write_channel(path, channel, tmp_path / "audio.s16")
    assert refusal.value.code == "not_a_session_recording"


def test_what_is_no_wav_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"\x00" * 100)
    with pytest.raises(BadMedia):
        write_channel(tmp_path / "noise", 0, tmp_path / "audio.s16")
