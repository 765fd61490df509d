"""Whether the cited words deny what a clause of a claim denies."""

# ruff: noqa: E501 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from include.interview.insight.records import ClaimRejection
from include.judgement.embedding import encode
from include.judgement.insight.cited import Reading
from include.judgement.insight.lexicon import frame_words
from include.judgement.insight.matching import Match
from include.judgement.insight.places import place
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord

TIE = 0.1
"""Difference of two cosines that says nothing."""
NEAR_CLAUSE = 0.25
"""Cosine from which a cited clause says what a denying clause of the claim says in other words."""


def denial_fault(
    claim: Reading, cited: Reading, clause: int, members: Sequence[Match], said: Mapping[int, frozenset[int]]
) -> ClaimRejection | None:
    """None when the cited words deny the same: the predicate by preference, else anything the denial covers."""
    covered = [m for m in members if m.word.denied]
    word = covered[0].word.form if covered else claim.clauses[clause].strip()[:40]
    if OWN.search(claim.clauses[clause]) and NOT_MINE.search(cited.text):
        return None
    if any(m.standing == "opposite" and any(not w.denied for w in m.found) for m in covered):
        return None
    if _LITOTES.search(claim.clauses[clause]) or any(_regretted(w, cited) for m in covered for w in m.found):
        return None
    verbs = [m for m in covered if m.word.kind == "verb"]
    found = [m for m in verbs if any(w.kind == "verb" for w in m.found)]
    if found:
        denied = any(w.denied for m in found for w in place(m, cited, said))
        return None if denied else rejection("negation_not_cited", word=found[0].word.form)
    if any(_TROUBLE.fullmatch(m.word.form.lower()) for m in covered[-2:]) and not any(
        w.denied for m in covered for w in m.found
    ):
        return rejection("negation_not_cited", word=word)
    last = [m for m in covered if m.word.key not in frame_words()][-1:]
    if any(w.denied for m in last for w in m.found):
        return None
    if _elsewhere_denied(claim, cited, clause, members, said):
        return None
    return rejection("negation_not_cited", word=word)


def _elsewhere_denied(
    claim: Reading, cited: Reading, clause: int, members: Sequence[Match], said: Mapping[int, frozenset[int]]
) -> bool:
    """Whether the cited words deny of the same things, in words that are not the claim's."""
    covered = [m for m in members if m.word.denied]
    verbs = [m for m in covered if m.word.kind == "verb"]
    held = [w for m in members for w in place(m, cited, said)]
    if any(w.clause in cited.denying_clauses for w in held) or _taken_up(cited, held):
        return True
    if _INSTEAD.search(claim.clauses[clause]):
        return True
    if _NOT_BUT.search(claim.clauses[clause]) and _CONTRASTS.search(cited.text):
        return True
    # "could not be reached" of "nobody answered": the predicate is the writer's, and what it is said of is denied something.
    sentences = {w.sentence for w in cited.words if w.clause in cited.denying_clauses}
    foreign = covered and not any(m.found for m in verbs) and (verbs or not any(m.found for m in covered))
    if foreign and held and all(w.sentence in sentences for w in held):
        return True
    if foreign and any(w.clause in cited.denying_clauses for m in members for w in m.found):
        return True
    anywhere = (foreign or not held) and bool(cited.denying_clauses)
    return anywhere and _nearest_denies(claim.clauses[clause], cited)


_LITOTES = re.compile(
    r"\b(?:not|n['’]t|never|without)\b[^.,;]*\b(?:hid(?:e|ing|den)?|hesitat\w+|shy\w*|afraid|giv(?:e|ing) up|blam\w+|"
    r"claim\w*|deny|denying|conceal\w*|excus\w+)\b"
    r"|숨기지 않|감추지 않|망설이지 않|주저하지 않|포기하지 않|두려워하지 않|회피하지 않|머물지 않|그치지 않|만족하지 않|(?:숨김|망설임|주저) ?없이"
)
"""Denials in which a writer praises: "did not hide that …"."""
_REGRET = re.compile(
    r"\b(?:should|ought to|could|wish(?:ed)? (?:i|we|i'd|we'd)) (?:have|had)?\b|었?어야 [했하]|[ㄹ을] 걸"
)
_TROUBLE = re.compile(
    r"(?:problem|issue|difficult(?:y|ies)|trouble|error|incident|mistake|defect|complaint|delay)s?|문제|이슈|어려움|오류|사고|실수|결함|차질|지연"
)


def _regretted(word: ContentWord, cited: Reading) -> bool:
    """Whether the speaker regrets not to have done it: "I should have trained a deputy"."""
    return word.clause < len(cited.clauses) and _REGRET.search(cited.clauses[word.clause].lower()) is not None


_NOT_BUT = re.compile(r"\bnot\b.*\bbut\b|아닌|아니라|아니고", re.IGNORECASE)
_CONTRASTS = re.compile(r"\b(?:rather than|instead|not|n't)\b|보다|아니라|아니고|대신|지 않고", re.IGNORECASE)
_INSTEAD = re.compile(r"\b(?:instead of|rather than)\b|대신", re.IGNORECASE)
NEGATION = re.compile(r"\b(?:not|never|no|without|any)\b|n't\b|없이|않\S*|없\S*", re.IGNORECASE)


def _taken_up(cited: Reading, held: Sequence[ContentWord]) -> bool:
    """Whether the sentence behind the words denies of them: "trainees" and then "not allowed to take any"."""
    sentence_of = {w.clause: w.sentence for w in cited.words}
    behind = {w.sentence + 1 for w in held}
    return any(sentence_of.get(c) in behind and re.search(r"\bany\b", cited.clauses[c]) for c in cited.denying_clauses)


def _nearest_denies(clause: str, cited: Reading) -> bool:
    """Whether a denying clause lies as near to `clause` as any other, negations aside."""
    bare = [NEGATION.sub(" ", c).strip() for c in (clause, *cited.clauses)]
    near = encode(bare[1:]) @ encode(bare[:1])[0]
    denying_best = max(float(near[c]) for c in cited.denying_clauses)
    return denying_best >= NEAR_CLAUSE and denying_best >= float(near.max()) - TIE


OWN = re.compile(
    r"\b(?:own|candidate's|themselves|himself|herself)\b|자신|본인|지원자(?:의|에게|가) |자체|스스로|직접",
    re.IGNORECASE,
)
NOT_MINE = re.compile(
    r"\bnot (?:mine|me|my|us)\b|\bwasn't (?:mine|me|my)\b|(?:^|\s)(?:제|내) \S+ 아니|제가 아니|저희가 아니|저희 팀이 아니",
    re.IGNORECASE,
)
