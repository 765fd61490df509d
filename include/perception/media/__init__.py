"""Recordings in, samples out: probing, 16 kHz audio and sampled frames.

Every byte of a recording is parsed in a guarded child process (`guard.py`, `decoder.py`); this process only
sees raw samples. Names are loaded on first use: the child imports this package too, and starts the faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from include.perception.media.preparing import prepare
    from include.perception.media.probing import probe
    from include.perception.media.sampling import FRAMES_PER_SECOND, MAX_SIDE_PX, Frame, sample_frames

__all__ = ["FRAMES_PER_SECOND", "MAX_SIDE_PX", "Frame", "prepare", "probe", "sample_frames"]

_HOMES = {"prepare": "preparing", "probe": "probing"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'sampling')}"), name)
