"""Face, body and hands from pictures: one decode, three MediaPipe detectors, measurements with coverage.

Importing this package is cheap: MediaPipe, OpenCV and NumPy are loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from include.perception.vision.detectors import Detectors
    from include.perception.vision.observing import observe
    from include.perception.vision.person_track import PersonTrack
    from include.perception.vision.thumbnails import Thumbnails

__all__ = ["Detectors", "PersonTrack", "Thumbnails", "observe"]

_HOMES = {"Detectors": "detectors", "observe": "observing", "PersonTrack": "person_track", "Thumbnails": "thumbnails"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
