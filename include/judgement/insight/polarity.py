"""Whether a claim affirms what the cited words affirm, and denies what they deny."""

# ruff: noqa: E501, SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from include.interview.insight.records import ClaimRejection
from include.judgement.embedding import encode
from include.judgement.insight.cited import Reading
from include.judgement.insight.lexicon import denying, frame_words
from include.judgement.insight.matching import Match
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord

TIE = 0.1
"""Difference of two cosines that says nothing."""
NEAR_CLAUSE = 0.25
"""Cosine from which a cited clause says what a denying clause of the claim says in other words."""
SAME_CLAUSE = 0.45
"""Cosine from which two clauses speak of the same."""
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
        if clause in claim.by_word and any(m.found for m in members if _denying_word(m.word)):
            continue
        fault = _denial_fault(claim, cited, clause, members, said)
        if fault is not None:
            return fault
    if not claim.denying_clauses and _OWN.search(claim.text) and _NOT_MINE.search(cited.text):
        return rejection("negation_left_out", word=_shown(_OWN, claim.text))
    fault = None if claim.denying_clauses or open_question else _elliptic(claim, cited, matches)
    if fault is not None:
        return fault
    for clause, standing in by_clause.items():
        if clause in claim.denying_clauses or claim.clauses[clause].lower().lstrip().startswith("before "):
            continue
        if any(m.standing == "opposite" and any(m.word.denied != w.denied for w in m.found) for m in standing):
            continue  # "too late" of "not early enough"
        # What something is preferred to, done before or done instead of is not affirmed.
        members = [m for m in standing if m.word.form != "대신" and not _SET_ASIDE.match(claim.text[m.word.end :])]
        fault = _set_against(cited, members, said) or _refused(claim, cited, members) or _left_out(cited, [m for m in members if not m.word.denied], said) or _wished(
            claim, cited, members, said
        )
        if fault is None and not open_question:
            fault = _denied_in_other_words(claim, cited, clause, members)
        if fault is not None:
            return fault
    return None


_SET_ASIDE = re.compile(r"(?:하기|기|하는)?\s?(?:보다|대신)")
_ELLIPTIC = re.compile(
    r"^(?P<who>.*?)\b(?:i |we |they |he |she )?(?:did|do|does|was|were|is|are|have|has|had|could|would)(?: not|n['’]t)\W*$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(r"^\W*(?:and |but )?not (?:the|a|an|in|from|by|on|for)\b", re.IGNORECASE)


def _elliptic(claim: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """What a short denial takes back: "Two changed their minds. Graham did not", "business lead, not the technical lead"."""
    begin = 0
    for number, text in enumerate(cited.clauses):
        begin = cited.text.find(text, begin)
        end = begin + len(text)
        if number not in cited.denying_clauses:
            continue
        mine = [m for m in matches if m.found and not m.word.form.endswith(("'s", "’s"))]
        inside = [m for m in mine if all(begin <= w.start < end and (w.denied or cited.language != "ko") for w in m.found)]
        if inside and (
            _CONTRAST.search(text) or (cited.language == "ko" and re.search(r"아니[고라지]|아니에|아닙", text))
        ):
            return rejection("negation_left_out", word=inside[0].word.form)
        short = _ELLIPTIC.search(text)
        if short is None:
            continue
        dated = [f for f in claim.figures if any(f.agrees(c) and begin <= c.start < end for c in cited.figures)]
        verbs = [m for m in matches if m.word.kind == "verb" and any(w.start < begin for w in m.found)]
        if (inside or dated) and verbs:
            return rejection("negation_left_out", word=verbs[0].word.form)
    return None


def _denying_word(word: ContentWord) -> bool:
    return any(k in denying("en" if word.form.isascii() else "ko") for k in word.keys)


_WISH = re.compile(
    r"\b(?:want(?:s|ed)? (?:\w+ )?to|wish\w*|hop(?:e|es|ed|ing)|would like|i'd like|should have|could have|asked (?:me|us) to)\b|달라고 (?:했|하)|고 싶|[렬]고 (?:했|하)|"
    r"었?어야 [했하]|ㄹ 뻔|[할릴될일] 뻔|자고 (?:했|하셨|하)",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:want|wish|hop|aim|plan|intend|seek|sought|propos|suggest|ask|request|prefer|would|advocat|aspir|like|goal|recommend|favou?r|"
    r"consider|attempt|tri|try|motivat|interest|desir|ambition|keen)\w*|싶|희망|원하|원했|원함|계획|의지|의향|려|제안|요청|주장|요구|자고|바라|목표|의사|관심|고자|"
    r"기대|시도|권하|권했|권유|겠",
    re.IGNORECASE,
)


def _wished(
    claim: Reading, cited: Reading, members: Sequence[Match], said: Mapping[int, frozenset[int]]
) -> ClaimRejection | None:
    """A deed of the claim that the cited words only wish for or plan."""
    if _WISHED.search(claim.text):
        return None
    verbs = [m for m in members if m.word.kind == "verb" and m.found]
    if not verbs:
        return None
    predicate = verbs[0 if verbs[0].word.form.isascii() else -1]
    places = _place(predicate, cited, said)
    if places and all(_WISH.search(cited.clauses[w.clause]) and _under_wish(w, cited) for w in places):
        return rejection("negation_left_out", word=predicate.word.form)
    return None


def _under_wish(word: ContentWord, cited: Reading) -> bool:
    """Whether the wish covers the word: it stands before an English verb and behind a Korean one."""
    if not word.form.isascii():
        return _WISH.search(cited.text[word.end : word.end + 12]) is not None
    return _WISH.search(cited.text[max(0, word.start - 25) : word.start]) is not None


def _denied_in_other_words(
    claim: Reading, cited: Reading, clause: int, members: Sequence[Match]
) -> ClaimRejection | None:
    """An affirming clause whose predicate stands nowhere, where what lies nearest to it in the cited words denies."""
    verbs = [m for m in members if m.word.kind == "verb"]
    if any(m.found for m in verbs) or not cited.denying_clauses or claim.denying_clauses:
        return None
    held = [w for m in members for w in m.found]
    held = [w for w in held if w.kind != "name"]
    if not held or not all(w.clause in cited.denying_clauses - cited.by_word for w in held):
        return None
    text = claim.clauses[clause].strip()
    near = encode([c.strip() for c in cited.clauses]) @ encode([text])[0]
    best = int(np.argmax(near))
    if best in cited.denying_clauses - cited.by_word and float(near[best]) >= SAME_CLAUSE:
        return rejection("negation_left_out", word=held[0].form)
    return None


_OWN = re.compile(
    r"\b(?:own|candidate's|themselves|himself|herself)\b|자신|본인|지원자(?:의|에게|가) |자체|스스로|직접",
    re.IGNORECASE,
)
_NOT_MINE = re.compile(
    r"\bnot (?:mine|me|my|us)\b|\bwasn't (?:mine|me|my)\b|(?:^|\s)(?:제|내) \S+ 아니|제가 아니|저희가 아니|저희 팀이 아니",
    re.IGNORECASE,
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
    if _OWN.search(claim.clauses[clause]) and _NOT_MINE.search(cited.text):
        return None
    if any(m.standing == "opposite" and any(not w.denied for w in m.found) for m in covered):
        return None
    if _LITOTES.search(claim.clauses[clause]) or any(_regretted(w, cited) for m in covered for w in m.found):
        return None
    verbs = [m for m in covered if m.word.kind == "verb"]
    found = [m for m in verbs if any(w.kind == "verb" for w in m.found)]
    if found:
        denied = any(w.denied for m in found for w in _place(m, cited, said))
        return None if denied else rejection("negation_not_cited", word=found[0].word.form)
    if any(_TROUBLE.fullmatch(m.word.form.lower()) for m in covered[-2:]) and not any(w.denied for m in covered for w in m.found):
        return rejection("negation_not_cited", word=word)
    last = [m for m in covered if m.word.key not in frame_words()][-1:]
    if any(w.denied for m in last for w in m.found):
        return None
    held = [w for m in members for w in _place(m, cited, said)]
    if any(w.clause in cited.denying_clauses for w in held) or _taken_up(cited, held):
        return None
    if _INSTEAD.search(claim.clauses[clause]):
        return None
    if _NOT_BUT.search(claim.clauses[clause]) and _CONTRASTS.search(cited.text):
        return None
    # "could not be reached" of "nobody answered": the predicate is the writer's, and what it is said of is denied something.
    sentences = {w.sentence for w in cited.words if w.clause in cited.denying_clauses}
    foreign = covered and not any(m.found for m in verbs) and (verbs or not any(m.found for m in covered))
    if foreign and held and all(w.sentence in sentences for w in held):
        return None
    if not held and cited.denying_clauses and _nearest_denies(claim.clauses[clause], cited):
        return None
    return rejection("negation_not_cited", word=word)


_LITOTES = re.compile(
    r"\b(?:not|n['’]t|never|without)\b[^.,;]*\b(?:hid(?:e|ing|den)?|hesitat\w+|shy\w*|afraid|giv(?:e|ing) up|blam\w+|"
    r"claim\w*|deny|denying|conceal\w*|excus\w+)\b"
    r"|숨기지 않|감추지 않|망설이지 않|주저하지 않|포기하지 않|두려워하지 않|회피하지 않|머물지 않|그치지 않|만족하지 않|(?:숨김|망설임|주저) ?없이"
)
"""Denials in which a writer praises: "did not hide that …"."""
_REGRET = re.compile(r"\b(?:should|ought to|could|wish(?:ed)? (?:i|we|i'd|we'd)) (?:have|had)?\b|었?어야 [했하]|[ㄹ을] 걸")
_TROUBLE = re.compile(
    r"(?:problem|issue|difficult(?:y|ies)|trouble|error|incident|mistake|defect|complaint|delay)s?|문제|이슈|어려움|오류|사고|실수|결함|차질|지연"
)


def _regretted(word: ContentWord, cited: Reading) -> bool:
    """Whether the speaker regrets not to have done it: "I should have trained a deputy"."""
    return word.clause < len(cited.clauses) and _REGRET.search(cited.clauses[word.clause].lower()) is not None


_UNDONE = re.compile(r"^(?:late|delay\w*|fail\w*|miss\w*|lack\w*|overdue|refus\w*|늦|늦어지|지연|실패|부족|미흡|거절|거부)", re.I)
_NOT_BUT = re.compile(r"\bnot\b.*\bbut\b|아닌|아니라|아니고", re.IGNORECASE)
_CONTRASTS = re.compile(r"\b(?:rather than|instead|not|n't)\b|보다|아니라|아니고|대신|지 않고", re.IGNORECASE)
_EXCLUDED = re.compile(r"^\W*(?:and |but |by the way, )?(?:not|rather than|instead of)\b", re.IGNORECASE)
_IS_NOT = re.compile(r"아니[라고에었]|아닙|아닌")


def _refused(claim: Reading, cited: Reading, members: Sequence[Match]) -> ClaimRejection | None:
    """A refusal that the cited words deny ("I cannot refuse"): two denials, of which the claim has one."""
    for one in members:
        same = [w for w in one.found if w.key == one.word.key]
        if not _denying_word(one.word) or not same or _NEGATION.search(claim.clauses[one.word.clause]):
            continue
        if all(_NEGATION.search(cited.clauses[w.clause]) or _FAILS.search(cited.clauses[w.clause]) for w in same):
            return rejection("negation_left_out", word=one.word.form)
    return None


_FAILS = re.compile(r"(?:^|\s)(?:잘 )?[못안] |못[하합했]|못해")


def _set_against(
    cited: Reading, members: Sequence[Match], said: Mapping[int, frozenset[int]]
) -> ClaimRejection | None:
    """An affirmed name or thing that the cited words name only to say it is not that: "Freshdesk, not Zendesk"."""
    for one in members:
        if one.word.kind == "verb" or not one.found or one.word.denied or one.word.key in frame_words():
            continue
        excluded = _IS_NOT if cited.language == "ko" else _EXCLUDED
        if all(w.denied and excluded.search(cited.clauses[w.clause]) for w in _place(one, cited, said)):
            return rejection("negation_left_out", word=one.word.form)
    return None


_INSTEAD = re.compile(r"\b(?:instead of|rather than)\b|대신", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:not|never|no|without|any)\b|n't\b|없이|않\S*|없\S*", re.IGNORECASE)


def _taken_up(cited: Reading, held: Sequence[ContentWord]) -> bool:
    """Whether the sentence behind the words denies of them: "trainees" and then "not allowed to take any"."""
    sentence_of = {w.clause: w.sentence for w in cited.words}
    behind = {w.sentence + 1 for w in held}
    return any(sentence_of.get(c) in behind and re.search(r"\bany\b", cited.clauses[c]) for c in cited.denying_clauses)


def _nearest_denies(clause: str, cited: Reading) -> bool:
    """Whether a denying clause lies as near to `clause` as any other, negations aside."""
    bare = [_NEGATION.sub(" ", c).strip() for c in (clause, *cited.clauses)]
    near = encode(bare[1:]) @ encode(bare[:1])[0]
    denying_best = max(float(near[c]) for c in cited.denying_clauses)
    return denying_best >= NEAR_CLAUSE and denying_best >= float(near.max()) - TIE


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


def _left_out(cited: Reading, members: Sequence[Match], said: Mapping[int, frozenset[int]]) -> ClaimRejection | None:
    """An affirmed word that the cited words only deny: the predicate, or most of what the clause says."""
    placed = [(m, _place(m, cited, said)) for m in members if m.found]
    deeds = {w.clause for m in members if m.word.kind == "verb" for w in m.found if w.denied and w.kind == "verb"}
    for one in members:
        # "쓰되 블로그에는 안 쓰기로": the deed is denied of the one thing of which the claim affirms it.
        if one.found and one.word.kind != "verb" and one.word.key not in frame_words():
            if all(w.denied and w.clause in deeds and w.clause not in cited.by_word for w in one.found):
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
