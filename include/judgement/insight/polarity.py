"""Whether a claim affirms what the cited words affirm, and denies what they deny."""

# ruff: noqa: E501, SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from include.interview.insight.records import ClaimRejection
from include.judgement.embedding import encode
from include.judgement.insight.cited import Reading
from include.judgement.insight.matching import Match
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord

NEAR_CLAUSE = 0.3
"""Cosine from which a cited clause says what a denying clause of the claim says in other words."""
SAYING = frozenset(
    "say state mention describ explain giv specify nam clear known know report answer quantify detail 말 말씀 언급 설명 밝히 분명 "
    "명확 확인 알 제시 드러나 구체적 답".split()
)
"""Words of what was left unsaid: in an open question their denial is the question itself."""


def check_polarity(
    claim: Reading, cited: Reading, matches: Sequence[Match], *, open_question: bool
) -> ClaimRejection | None:
    """A denial that the cited words do not make, or one of theirs that the claim leaves out; None when they agree."""
    by_clause: dict[int, list[Match]] = {}
    for one in matches:
        by_clause.setdefault(one.word.clause, []).append(one)
    said = _context(matches)
    for clause in sorted(claim.denying_clauses):
        members = by_clause.get(clause, [])
        if open_question and any(m.word.key in SAYING for m in members):
            continue
        fault = _denial_fault(claim, cited, clause, members, said)
        if fault is not None:
            return fault
    if not claim.denying_clauses and _OWN.search(claim.text) and _NOT_MINE.search(cited.text):
        return rejection("negation_left_out", word=_shown(_OWN, claim.text))
    for clause, members in by_clause.items():
        fault = _left_out(cited, [m for m in members if not m.word.denied], said)
        if fault is not None and clause not in claim.denying_clauses:
            return fault
    return None


_OWN = re.compile(r"\b(?:own|candidate's|themselves|himself|herself)\b|자신|본인|지원자의|스스로|직접", re.IGNORECASE)
_NOT_MINE = re.compile(
    r"\bnot (?:mine|me|my)\b|\bwasn't (?:mine|me|my)\b|(?:^|\s)(?:제|내) \S+ 아니|제가 아니", re.IGNORECASE
)


def _shown(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""


def _context(matches: Iterable[Match]) -> Mapping[int, frozenset[int]]:
    """Sentence of the claim → starts of the cited words that any of its words was found in."""
    found: dict[int, set[int]] = {}
    for one in matches:
        found.setdefault(one.word.sentence, set()).update(w.start for w in one.found)
    return {sentence: frozenset(starts) for sentence, starts in found.items()}


def _place(one: Match, cited: Reading, said: Mapping[int, frozenset[int]]) -> tuple[ContentWord, ...]:
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


def _denial_fault(
    claim: Reading, cited: Reading, clause: int, members: Sequence[Match], said: Mapping[int, frozenset[int]]
) -> ClaimRejection | None:
    """None when the cited words deny the same: the predicate by preference, else anything the denial covers."""
    covered = [m for m in members if m.word.denied]
    word = covered[0].word.form if covered else claim.clauses[clause].strip()[:40]
    if not cited.denying_clauses:
        return rejection("negation_not_cited", word=word)
    verbs = [m for m in covered if m.word.kind == "verb"]
    found = [m for m in verbs or covered if m.found]
    if found:
        denied = any(w.denied for m in found for w in _place(m, cited, said))
        return None if denied else rejection("negation_not_cited", word=found[0].word.form)
    vectors = encode([c.strip() for c in cited.clauses]) @ encode([claim.clauses[clause].strip()])[0]
    best = int(np.argmax(vectors))
    if float(vectors[best]) >= NEAR_CLAUSE and best in cited.denying_clauses:
        return None
    return rejection("negation_not_cited", word=word)


def _left_out(cited: Reading, members: Sequence[Match], said: Mapping[int, frozenset[int]]) -> ClaimRejection | None:
    """An affirmed word that the cited words only deny: the predicate, or most of what the clause says."""
    placed = [(m, _place(m, cited, said)) for m in members if m.found]
    against = [m for m, words in placed if words and all(w.denied for w in words)]
    if not against:
        return None
    verbs = [m for m, _ in placed if m.word.kind == "verb"]
    if verbs:
        # The predicate stands last in Korean and first in English.
        predicate = verbs[0 if verbs[0].word.form.isascii() else -1]
        if predicate in against or all(m in against for m in verbs):
            return rejection("negation_left_out", word=predicate.word.form)
    if len(against) >= 2 and 3 * len(against) >= 2 * len(placed):
        return rejection("negation_left_out", word=against[0].word.form)
    return None
