"""Whether what a clause of a claim affirms is only denied in the cited words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from include.interview.insight.records import ClaimRejection
from include.judgement.insight.cited import Reading
from include.judgement.insight.denials import NEGATION
from include.judgement.insight.lexicon import denying, frame_words
from include.judgement.insight.matching import Match
from include.judgement.insight.places import place
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord

_UNDONE = re.compile(
    r"^(?:late|delay\w*|fail\w*|miss\w*|lack\w*|overdue|refus\w*|dislik\w*|neglect\w*|oppos\w*|resist\w*|without|despite|loss|lost|unable|싫|꺼리|불만|이탈|늦|늦어지|지연|실패|부족|미흡|거절|거부)",
    re.I,
)
_EXCLUDED = re.compile(r"^\W*(?:and |but |by the way, )?(?:not|rather than|instead of)\b", re.IGNORECASE)
_IS_NOT = re.compile(r"아니[라고에었]|아닙|아닌")


def refused(claim: Reading, cited: Reading, members: Sequence[Match]) -> ClaimRejection | None:
    """A refusal that the cited words deny ("I cannot refuse"): two denials, of which the claim has one."""
    for one in members:
        same = [w for w in one.found if w.key == one.word.key]
        if not denying_word(one.word) or not same or NEGATION.search(claim.clauses[one.word.clause]):
            continue
        if all(NEGATION.search(cited.clauses[w.clause]) or _FAILS.search(cited.clauses[w.clause]) for w in same):
            return rejection("negation_left_out", word=one.word.form)
    return None


_FAILS = re.compile(r"(?:^|\s)(?:잘 )?[못안] |못[하합했]|못해")


def set_against(cited: Reading, members: Sequence[Match], said: Mapping[int, frozenset[int]]) -> ClaimRejection | None:
    """An affirmed name or thing that the cited words name only to say it is not that: "Freshdesk, not Zendesk"."""
    for one in members:
        if one.word.kind == "verb" or not one.found or one.word.denied or one.word.key in frame_words():
            continue
        excluded = _IS_NOT if cited.language == "ko" else _EXCLUDED
        if all(w.denied and excluded.search(cited.clauses[w.clause]) for w in place(one, cited, said)):
            return rejection("negation_left_out", word=one.word.form)
    return None


def _anothers_deed(one: Match, cited: Reading, placed: Sequence[tuple[Match, tuple[ContentWord, ...]]]) -> bool:
    """Whether an English verb is denied of a subject the claim does not speak of: "the hospice couldn't fund it"."""
    if not one.word.form.isascii() or not one.found:
        return False
    word = one.found[0]
    spoken = {w.start for _, words in placed for w in words}
    keys = {k for m, _ in placed for k in m.word.keys}
    subjects = [
        w for w in cited.words if w.clause == word.clause and w.start < word.start and w.kind in ("noun", "name")
    ]
    if not subjects or any(w.start in spoken or w.key in keys for w in subjects):
        return False
    between = cited.text[subjects[-1].end : word.start]
    return _PERSONAL.search(between) is None


_PERSONAL = re.compile(r"\b(?:i|we|they|he|she|nobody|none|no one|it)\b", re.IGNORECASE)


def left_out(cited: Reading, members: Sequence[Match], said: Mapping[int, frozenset[int]]) -> ClaimRejection | None:
    """An affirmed word that the cited words only deny: the predicate, or most of what the clause says."""
    placed = [(m, place(m, cited, said)) for m in members if m.found]
    deeds = {w.clause for m in members if m.word.kind == "verb" for w in m.found if w.denied and w.kind == "verb"}
    for one in members:
        # "쓰되 블로그에는 안 쓰기로": the deed is denied of the one thing of which the claim affirms it.
        thing = one.found and one.word.kind != "verb" and one.word.key not in frame_words()
        if thing and all(w.denied and w.clause in deeds and w.clause not in cited.by_word for w in one.found):
            return rejection("negation_left_out", word=one.word.form)
    against = [m for m, words in placed if words and all(w.denied and w.clause not in cited.by_word for w in words)]
    if not against:
        return None
    verbs = [
        m for m, words in placed if m.word.kind == "verb" or (m in against and all(w.kind == "verb" for w in words))
    ]
    denied = {w.sentence for m in against for w in m.found}
    beside = any(w.sentence in denied for m, words in placed if m not in against for w in words)
    verbs = [m for m in verbs if m.word.key not in frame_words() or len(against) > 1 or beside]
    verbs = [m for m in verbs if m not in against or len(against) > 1 or not _anothers_deed(m, cited, placed)]
    if verbs:
        # The predicate stands last in Korean and first in English.
        predicate = verbs[0 if verbs[0].word.form.isascii() else -1]
        if predicate in against or all(m in against for m in verbs):
            return rejection("negation_left_out", word=predicate.word.form)
    said_so = any(_UNDONE.search(m.word.form) for m in members)
    if len(against) >= 2 and 3 * len(against) >= 2 * len(placed) and not said_so:
        return rejection("negation_left_out", word=against[0].word.form)
    return None


def denying_word(word: ContentWord) -> bool:
    """Whether the word denies by itself: refuse, reject, 거절."""
    return any(k in denying("en" if word.form.isascii() else "ko") for k in word.keys)
