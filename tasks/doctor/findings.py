"""What a check says, and how checks are run: one that breaks down is itself a finding."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Literal

from include.interview.errors import TriviewError
from include.interview.records import Record

State = Literal["ok", "note", "wrong"]
Part = Literal[
    "versions", "migrations", "keys", "models", "clocks", "disk", "queues", "permissions", "reachability", "audit"
]


class Finding(Record, frozen=True):
    """One look at one part. `note`: nothing is wrong, but somebody should know; `remedy` is empty where all is well."""

    part: Part
    state: State
    what: str
    remedy: str = ""


Check = Callable[[], Iterable[Finding]]
Asking = Callable[[], Awaitable[Iterable[Finding]]]


def ok(part: Part, what: str) -> Finding:
    """All is well."""
    return Finding(part, "ok", what)


def wrong(part: Part, what: str, remedy: str) -> Finding:
    """Something is wrong, and this mends it."""
    return Finding(part, "wrong", what, remedy)


def note(part: Part, what: str, remedy: str) -> Finding:
    """Not wrong, but worth knowing."""
    return Finding(part, "note", what, remedy)


def failed(part: Part, error: TriviewError) -> Finding:
    """What an error of ours says, as a finding."""
    return wrong(part, error.cause, error.remedy)
