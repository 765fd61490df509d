"""Prosody tracks of several recordings joined on one timeline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from include.perception.voice.tracks import STEP_S, ProsodyTracks

SILENT_DB = -120.0
"""Intensity of frames without a recording, dB re full scale: below the floor of 16-bit sound (-96 dB)."""


def join_tracks(parts: Sequence[tuple[float, ProsodyTracks]], duration_s: float) -> ProsodyTracks:
    """Tracks of `duration_s` seconds with each part laid at its offset (seconds); unvoiced silence between them.

    Where recordings overlap by a rounded frame, the later one holds.
    """
    frames = max([round(duration_s / STEP_S), *(round(at / STEP_S) + t.frames for at, t in parts)], default=0)
    f0 = np.zeros(frames, dtype="<f4")
    aperiodicity = np.ones(frames, dtype="<f2")
    intensity = np.full(frames, SILENT_DB, dtype="<f2")
    clipped = np.zeros(frames, dtype=np.uint8)
    for at, tracks in parts:
        place = slice(round(at / STEP_S), round(at / STEP_S) + tracks.frames)
        f0[place] = tracks.f0_hz
        aperiodicity[place] = tracks.aperiodic
        intensity[place] = tracks.intensity_db
        clipped[place] = tracks.clipped_frames
    return ProsodyTracks(
        frames=frames,
        seconds=duration_s,
        f0=f0.tobytes(),
        aperiodicity=aperiodicity.tobytes(),
        intensity=intensity.tobytes(),
        clipped=clipped.tobytes(),
    )
