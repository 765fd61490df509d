"""Progress of long steps: a callable that takes the finished share and a short phrase."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called by long-running code with `fraction` in [0, 1]; must be cheap and must not raise."""

    def __call__(self, fraction: float, phrase: str = "") -> None: ...


def silent(fraction: float, phrase: str = "") -> None:
    """A progress that nobody watches."""


def part(progress: Progress, index: int, count: int) -> Progress:
    """A progress for part `index` of `count` equal parts of a longer work."""

    def report(fraction: float, phrase: str = "") -> None:
        progress((index + min(1.0, max(0.0, fraction))) / count, phrase)

    return report
