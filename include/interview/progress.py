"""Progress of long steps: a callable that takes the finished share and a short phrase."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called by long-running code with `fraction` in [0, 1]; must be cheap and must not raise."""

    def __call__(self, fraction: float, phrase: str = "") -> None:
        """Report that the share `fraction` in [0, 1] is done; `phrase` says in a few words what is being done."""


def silent(fraction: float, phrase: str = "") -> None:
    """Ignore the report: the default of functions that take a `Progress`."""


def part(progress: Progress, index: int, count: int) -> Progress:
    """A `Progress` that maps the shares of part `index` (from 0) of `count` equal parts onto the whole work."""

    def report(fraction: float, phrase: str = "") -> None:
        progress((index + min(1.0, max(0.0, fraction))) / count, phrase)

    return report
