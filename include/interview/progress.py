"""Progress of long steps: a callable that takes the finished share and a short phrase."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called by long-running code with `fraction` in [0, 1]; must be cheap and must not raise."""

    def __call__(self, fraction: float, phrase: str = "") -> None: ...


def silent(fraction: float, phrase: str = "") -> None:  # noqa: ARG001
    """A progress that nobody watches."""
