"""The content words of a Korean text: nouns, stems and what a negation of their clause covers."""

# ruff: noqa: SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from include.judgement.insight.lexicon import denying, stem
from include.judgement.insight.words import ContentWord, Kind, ReadText
from include.korean_morphemes import Morpheme, morphemes

_LIGHT = frozenset(
    "하 되 있 없 같 것 수 때 그렇 이렇 않 말 못하 이 아니 저희 우리 저 제 나 내 그 데 거 뿐 채 안 중 쯤".split()
)
_NOUNS = ("NNG", "NNP", "XR", "SL")
_SUFFIXES = frozenset(("님", "들", "쯤", "씩", "째", "끼리", "여"))
"""Suffixes that leave a word what it is."""
_AUXILIARY = ("VX",)
_DENIALS = frozenset(("않", "못하", "말"))


def korean_words(text: str) -> ReadText:
    """The content words of a Korean text, in order."""
    said = morphemes(text)
    ends = list(_korean_clauses(said))
    words: list[ContentWord] = []
    denying_clauses: set[int] = set()
    by_word: set[int] = set()
    clause_texts: list[str] = []
    begin = sentence = 0
    for number, end in enumerate(ends):
        part = said[begin:end]
        denied = _denied(part)
        if denied and not _denied([m for m in part if m.form not in denying("ko")]):
            by_word.add(number)
        clause_texts.append(text[part[0].start : part[-1].end] if part else "")
        found = list(_korean_words(part, text, number, sentence, denied))
        if denied:
            denying_clauses.add(number)
            found = _only_covered(found, part)
            if not any(w.kind != "other" for w in found) and words and words[-1].sentence == sentence:
                # "협력사가 필요한데 아직 없습니다": what there is not stands in the clause before.
                last = words[-1].clause
                words = [msgspec.structs.replace(w, denied=True) if w.clause == last else w for w in words]
                denying_clauses.add(last)
        words.extend(found)
        sentence += any(m.tag in ("SF", "EF") for m in part)
        begin = end
    return ReadText(tuple(words), frozenset(denying_clauses), tuple(clause_texts), frozenset(by_word))


def _korean_clauses(said: Sequence[Morpheme]) -> Iterator[int]:
    """The position after each clause: a clause ends with its ending, unless an auxiliary verb goes on with it."""
    for at, m in enumerate(said):
        following = said[at + 1] if at + 1 < len(said) else None
        if m.tag == "SF":
            yield at + 1
        elif m.tag == "EC" and following is not None:
            goes_on = following.tag in _AUXILIARY or m.form in ("지", "게") or following.tag == "JX"
            if not goes_on and not (m.form in ("어", "아") and following.tag in ("VV", "VX")):
                yield at + 1
        elif m.tag == "ETM" and at and following is not None and _is_denial(said, at - 1):
            # "난간이 없다는 이유로 멈췄다": the denial ends with the modifier; a bound noun (없는 것) belongs to it.
            if following.tag != "NNB":
                yield at + 1
        elif _ends_by_itself(said, at, following):
            yield at + 1
    yield len(said)


def _ends_by_itself(said: Sequence[Morpheme], at: int, following: Morpheme | None) -> bool:
    """Whether a clause ends without an ending: with 대신, and with 없이 and its particle."""
    m = said[at]
    if m.form == "대신":
        return m.tag in ("NNG", "MAG")
    if m.form == "없이":
        return following is not None and following.tag != "JX"
    return m.tag == "JX" and at > 0 and said[at - 1].form == "없이"


def _is_denial(said: Sequence[Morpheme], at: int) -> bool:
    """Whether the stem behind the ending at `at + 1` denies: 없, 않, 못하, with tense or 다 between."""
    while at and said[at].tag in ("EP", "EF", "EC"):
        at -= 1
    return said[at].form == "없" or (said[at].tag == "VX" and said[at].form in _DENIALS)


def _only_covered(found: list[ContentWord], part: Sequence[Morpheme]) -> list[ContentWord]:
    """The words with the denial taken off those it does not cover: a topic (…은), and what stands before "… 없이"."""
    # Of "경고는 없었다" the topic is what there is not.
    absent = any((m.form == "없" and m.tag in ("VA", "VV")) or m.tag == "VCN" for m in part)
    topics = set() if absent else {m.start for m in part if m.tag == "JX" and m.form in ("은", "는", "ᆫ")}
    without = next((m.start for m in part if m.form == "없이"), None)
    nouns = [w for w in found if w.kind != "other" and (without is None or w.end <= without)]
    low, high = _scope(part)
    kept = []
    for w in found:
        topic = w.end in topics and w.kind in ("noun", "name")
        apart = without is not None and nouns and w is not nouns[-1]
        outside = w.start >= high or w.end <= low
        kept.append(msgspec.structs.replace(w, denied=False) if topic or apart or outside else w)
    return kept


def _scope(part: Sequence[Morpheme]) -> tuple[int, int]:
    """From where to where in the text the denials of a clause reach: up to the denying word, or the verb after 안, 못.

    "보지 않던 화면을 껐다" does not deny that it was turned off. Of "매출이 아니라" only the noun before it is denied.
    """
    low, high, seen = part[0].start, part[0].start, False
    for at, m in enumerate(part):
        if not (_denies_at(part, at) or m.form in denying("ko")):
            continue
        seen = True
        verb = next((x for x in part[at:] if m.tag == "MAG" and x.tag in ("VV", "VA", "XSV", "VX")), m)
        high = max(high, verb.end)
        if m.tag == "VCN" and not any(_denies_at(part, n) for n in range(len(part)) if n != at):
            noun = next((n for n in range(at - 1, -1, -1) if part[n].tag in _NOUNS), 0)
            while noun and part[noun - 1].tag in _NOUNS and part[noun - 1].end == part[noun].start:
                noun -= 1
            low = part[noun].start
    end = part[-1].end + 1
    # A denial by a verb of its own (거절하다) covers its clause.
    by_word = any(m.form in denying("ko") for m in part)
    return (low, end if by_word or not seen else high)


def _denies(m: Morpheme, before: Morpheme | None) -> bool:
    """Whether a word denies by itself: is not, not, without, instead of."""
    if m.tag == "VCN" or m.form == "모르":
        return True
    if m.tag == "MAG" and m.form in ("안", "못", "없이"):
        return True
    return m.form == "대신" and before is not None and before.tag == "ETM"


def _declines(part: Sequence[Morpheme], at: int) -> bool:
    """Whether "hard" is said for "no": 옮기기 어렵다, 어렵다고 말씀드렸다, 이사는 곤란하다."""
    before = part[at - 1].tag in ("ETN", "JKS", "JX") if at else False
    return before or (at + 1 < len(part) and part[at + 1].form.startswith("다고"))


def _denies_at(part: Sequence[Morpheme], at: int) -> bool:
    """Whether the morpheme at `at` denies, other than by a word such as "refuse"."""
    m, before = part[at], part[at - 1] if at else None
    if (m.tag == "VX" and m.form in _DENIALS) or (m.form in _HARD and _declines(part, at)):
        return True
    if m.tag in ("VA", "VV") and m.form == "없":
        # 없어지다 (to disappear) is an act and denies nothing.
        becomes = at + 2 < len(part) and part[at + 1].form == "어" and part[at + 2].form == "지"
        return not becomes and not (before is not None and before.form in ("상관", "틀림"))
    return _denies(m, before)


_HARD = frozenset(("어렵", "곤란", "힘들", "불가", "불가능"))


def _denied(part: Sequence[Morpheme]) -> bool:
    """Whether a clause denies: not, could not, is not, there is none, instead of. Two denials make none."""
    by_word = sum(m.form in denying("ko") and m.tag in ("NNG", "VV") for m in part)
    count = sum(_denies_at(part, at) for at in range(len(part)))
    # "거절을 못 한다" denies that somebody refuses; it does not affirm.
    return (count or by_word) % 2 == 1


def _korean_words(
    part: Sequence[Morpheme], text: str, clause: int, sentence: int, denied: bool
) -> Iterator[ContentWord]:
    run: list[Morpheme] = []
    for at, m in enumerate((*part, None)):
        if m is not None and (m.tag in _NOUNS or _suffix(m, run)) and (not run or run[-1].end == m.start):
            run.append(m)
            continue
        if run:
            verb = m is not None and m.tag in ("XSV", "XSA") and m.start <= run[-1].end
            word = _compound(run, text, clause, sentence, denied, verb)
            if word is not None and m is not None and m.form == "씨" and m.tag == "NNB":
                word = msgspec.structs.replace(word, kind="name")
            if word is not None:
                yield word
        run = [m] if m is not None and m.tag in _NOUNS else []
        if (
            m is not None
            and m.form == "없"
            and at + 2 < len(part)
            and part[at + 1].form == "어"
            and part[at + 2].form == "지"
        ):
            yield ContentWord("없어지", "없어지", "verb", m.start, part[at + 2].end, clause, sentence, denied)
        elif m is not None and m.tag in ("VV", "VA") and m.form not in _LIGHT:
            yield ContentWord(m.form, _verb_key(m.form), "verb", m.start, m.end, clause, sentence, denied)
        elif m is not None and m.tag == "MAG" and len(m.form) > 1 and m.form != "없이":
            yield ContentWord(m.form, m.form, "other", m.start, m.end, clause, sentence, denied)


def _verb_key(form: str) -> str:
    """One key for what the analyser reads in two ways (좋아하, 좋 + 아 + 하), and for 모르다, which denies 알다."""
    return "알" if form == "모르" else re.sub(r"(?<=.)[아어]하$", "", form)


def _suffix(m: Morpheme, run: Sequence[Morpheme]) -> bool:
    """A suffix that belongs to the word: 손 + 님 is 손님, 이사 + 님 is still 이사."""
    return m.tag == "XSN" and bool(run) and (m.form not in _SUFFIXES or len(run) == len(run[0].form) == 1)


def _compound(
    run: Sequence[Morpheme], text: str, clause: int, sentence: int, denied: bool, verb: bool
) -> ContentWord | None:
    form = text[run[0].start : run[-1].end]
    if form in _LIGHT:
        return None
    named = any(m.tag in ("NNP", "SL") for m in run)
    kind: Kind = "name" if named else "verb" if verb else "noun"
    parts = tuple(stem(m.form) for m in run if m.tag in _NOUNS) if len(run) > 1 else ()
    return ContentWord(form, stem(form), kind, run[0].start, run[-1].end, clause, sentence, denied, parts, verb)
