"""The words of a sentence that carry its content, with the clause each stands in and whether it is denied there."""

from __future__ import annotations

from typing import Literal

from include.interview.records import Record

Kind = Literal["name", "noun", "verb", "other"]


class ContentWord(Record, frozen=True):
    """One content word. `key` is its stem; `parts` are the stems of a compound's members.

    `clause` and `sentence` count from 0. `denied`: a negation of its clause covers it. `derived`: a Korean noun that
    하다 or 되다 makes a verb.
    """

    form: str
    key: str
    kind: Kind
    start: int
    end: int
    clause: int
    sentence: int
    denied: bool
    parts: tuple[str, ...] = ()
    derived: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The stem of the whole word and of its parts."""
        return (self.key, *self.parts)


class ReadText(Record, frozen=True):
    """A text's content words, and the clauses that hold a negation."""

    words: tuple[ContentWord, ...]
    denying_clauses: frozenset[int]
    clauses: tuple[str, ...]
    by_word: frozenset[int] = frozenset()
    """Of the clauses that deny, those that do so by a word such as "refuse" alone, without a negation."""
