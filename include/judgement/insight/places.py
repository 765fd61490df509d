"""Where in the cited words a word of a claim stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from include.judgement.insight.cited import Reading
from include.judgement.insight.matching import Match
from include.judgement.insight.words import ContentWord


def context(matches: Iterable[Match]) -> Mapping[int, frozenset[int]]:
    """Sentence of the claim → starts of the cited words that any of its words was found in."""
    found: dict[int, set[int]] = {}
    for one in matches:
        found.setdefault(one.word.sentence, set()).update(w.start for w in one.found)
    return {sentence: frozenset(starts) for sentence, starts in found.items()}


def place(one: Match, cited: Reading, said: Mapping[int, frozenset[int]]) -> tuple[ContentWord, ...]:
    """Of the cited words that `one` was found in, those in the clause, then the sentence, most like the claim's."""
    starts = said.get(one.word.sentence, frozenset())

    def likeness(word: ContentWord) -> tuple[int, int]:
        near = {w.key for w in cited.words if w.sentence == word.sentence and w.start in starts}
        close = {w.key for w in cited.words if w.clause == word.clause and w.start in starts}
        return len(near), len(close)

    alike = tuple(w for w in one.found if w.kind == one.word.kind) or one.found
    if not alike:
        return ()
    best = max(likeness(w) for w in alike)
    return tuple(w for w in alike if likeness(w) == best)
