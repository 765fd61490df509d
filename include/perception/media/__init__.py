"""Recordings in, samples out: probing, 16 kHz audio, thumbnails and sampled frames.

Every byte of a recording is parsed in a guarded child process (`guard.py`, `decoder.py`); this process only
sees raw samples. Importing this package is cheap: OpenCV and NumPy are loaded on first use.
"""

from __future__ import annotations

from include.perception.media.preparing import prepare
from include.perception.media.probing import probe
from include.perception.media.sampling import FRAMES_PER_SECOND, MAX_SIDE_PX, Frame, sample_frames

__all__ = ["FRAMES_PER_SECOND", "MAX_SIDE_PX", "Frame", "prepare", "probe", "sample_frames"]
