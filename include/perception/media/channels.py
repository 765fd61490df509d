"""One channel of a recorded session as prepared sound, read from our own WAV without decoding."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from include.interview.errors import BadMedia
from include.interview.media import AUDIO_SAMPLE_RATE_HZ

_BLOCK_FRAMES = 1 << 16
"""Frames copied at a time (4 s)."""
_SAMPLE_BYTES = 2


def write_channel(recording: Path, channel: int, target: Path) -> None:
    """Write one channel of a WAV file as raw 16 kHz little-endian int16 mono (`audio.s16`), in constant memory.

    Raises:
        BadMedia: no 16 kHz 16-bit WAV file (code "not_a_session_recording"), or it has no such channel.
    """
    try:
        with wave.open(str(recording), "rb") as sound, target.open("wb") as out:
            form = (sound.getframerate(), sound.getsampwidth())
            channels = sound.getnchannels()
            if form != (AUDIO_SAMPLE_RATE_HZ, _SAMPLE_BYTES) or channel >= channels:
                raise _unlike(f"{form[0]} Hz, {8 * form[1]} bit, {channels} channel(s)")
            while block := sound.readframes(_BLOCK_FRAMES):
                out.write(np.frombuffer(block, "<i2").reshape(-1, channels)[:, channel].tobytes())
    except (wave.Error, EOFError) as error:
        raise _unlike(str(error)) from None


def _unlike(what: str) -> BadMedia:
    return BadMedia(
        f"The session's recording is no 16 kHz 16-bit WAV file with the expected channels ({what}).",
        "Recordings of live sessions are written at the end of the session; upload others as an AI interview.",
        code="not_a_session_recording",
    )
