"""The agent of a deed."""

from __future__ import annotations

from typing import Literal

from include.interview.records import Record


class Agent(Record, frozen=True):
    """Who did something: the candidate, somebody else, or a group that the candidate may belong to.

    `words` are the stems by which somebody else is called; none where it is only "he" or "they".
    `explicit` is False where the candidate is understood because no subject is written.
    """

    who: Literal["self", "other", "group"]
    words: frozenset[str] = frozenset()
    explicit: bool = True
