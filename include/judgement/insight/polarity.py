"""Whether a claim affirms what the cited words affirm, and denies what they deny."""

# ruff: noqa: E501, SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from include.interview.insight.records import ClaimRejection
from include.judgement.embedding import encode
from include.judgement.insight.affirmed import denying_word, left_out, refused, set_against
from include.judgement.insight.cited import Reading
from include.judgement.insight.denials import NOT_MINE, OWN, denial_fault
from include.judgement.insight.matching import Match
from include.judgement.insight.places import context, place
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord

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
    said = context(matches)
    fault = _denied(claim, cited, by_clause, said, open_question=open_question)
    if fault is not None:
        return fault
    if not claim.denying_clauses and OWN.search(claim.text) and NOT_MINE.search(cited.text):
        return rejection("negation_left_out", word=_shown(OWN, claim.text))
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
        fault = (
            set_against(cited, members, said)
            or refused(claim, cited, members)
            or left_out(cited, [m for m in members if not m.word.denied], said)
            or _wished(claim, cited, members, said)
        )
        if fault is None and not open_question:
            fault = _denied_in_other_words(claim, cited, clause, members)
        if fault is not None:
            return fault
    return None


def _denied(
    claim: Reading,
    cited: Reading,
    by_clause: Mapping[int, list[Match]],
    said: Mapping[int, frozenset[int]],
    *,
    open_question: bool,
) -> ClaimRejection | None:
    """The first denial of the claim that the cited words do not make."""
    for clause in sorted(claim.denying_clauses):
        members = by_clause.get(clause, [])
        if open_question and any(m.word.key in SAYING for m in members):
            continue
        if clause in claim.by_word and (cited.denying_clauses or any(m.found for m in members if denying_word(m.word))):
            continue
        fault = denial_fault(claim, cited, clause, members, said)
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
        inside = [
            m for m in mine if all(begin <= w.start < end and (w.denied or cited.language != "ko") for w in m.found)
        ]
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


_WISH = re.compile(
    r"\b(?:want(?:s|ed)? (?:\w+ )?to|wish\w*|hop(?:e|es|ed|ing)|would like|i'd like|should have|could have|asked (?:me|us) to)\b|달라고 (?:했|하)|고 싶|[렬]고 (?:했|하)|"
    r"었?어야 [했하]|ㄹ 뻔|[할릴될일] 뻔|자고 (?:했|하셨|하)",
    re.IGNORECASE,
)
_WISHED = re.compile(
    r"\b(?:want|wish|hop|aim|intend|seek|sought|propos|suggest|ask|request|prefer|would|advocat|aspir|goal|recommend|favou?r|"
    r"attempt|motivat|interest|desir|ambition|keen)\w*|\b(?:plan(?:s|ned|ning)?|likes?|liked|consider(?:s|ed|ing)?|tr(?:y|ies|ied|ying))\b|싶|희망|원하|원했|원함|계획|의지|의향|제안|요청|주장|요구|자고|바라|목표|고자|"
    r"기대|시도|권하|권했|권유|겠|(?<![배고격독장염])(?<![^가-힣]우)(?<!^우)려(?:고|는|던|했|함|하|\s(?:함|했|하))|"
    r"의사를? (?:밝|표|전달|비)|[할될을갈볼] 의사|관심(?:이|을)? ?(?:있|많|가지|가졌|갖|보이|보였|표)|관심 ?분야",
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
    places = place(predicate, cited, said)
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


def _shown(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""
