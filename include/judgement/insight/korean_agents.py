"""The agent of a Korean verb, by the particle of its subject; where there is none, the speaker or the candidate."""

# ruff: noqa: SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Sequence

from include.judgement.insight.agent import Agent
from include.judgement.insight.words import ContentWord
from include.korean_morphemes import Morpheme, morphemes

_SELF = frozenset(("저", "제", "나", "내", "지원자", "본인", "자신", "후보자", "응시자"))
_GROUP = frozenset(("저희", "우리", "팀", "회사", "부서", "저희 팀"))
_OTHER = frozenset(("그분", "그", "그녀", "그쪽", "그분들", "그들"))
_NOUNS = ("NNG", "NNP", "NP", "XSN", "NNB", "XR", "SL", "MM")
PERSON = re.compile(
    r"(?:.*(?:팀장|과장|부장|차장|대리|사장|상무|전무|본부장|공장장|점장|역장|지역장|실장|소장|원장|국장|센터장|이장|조장|반장|회장|위원장|대표|이사|주임|선임|책임|수석|사원|직원|팀원|임원|의원|회원|조합원|경비원|연구원"
    r"|간호사|의사|수의사|변호사|회계사|약사|교사|기사|분석가|전문가|작가|회사|고객사|협력사|공급사|본사|경쟁사|업체|은행|구청|시청|군청|도청|노조|이사회|위원회|조합|재단|정부"
    r"|(?:담당|작업|개발|사용|관리|과학|기술|책임|신청|소비|투자|운영|설계|기획|당사|피해|보호|연구|근로|이용|참가|후임|전임|경영|실무|관계|생산|판매|구매|디자인)자|환자"
    r"|선배|후배|동료|상사|부하|신입|신규|고참|고객|손님|학생|선생|교수|인턴|매니저|디자이너|엔지니어|개발자|마케터|어르신|어머니|아버지|남편|아내|아들|딸|친구|사람|전공의|담당의|면접관|어부|농가|주민|상인)(?:님|들|씨|분)*"
    r"|(?!.*(?:결과|효과|성과|초과|요청|신청|현실|손실|진실|출처|대처|대부분|부분|기분|성분)$)"
    r"(?:[가-힣]{2,}(?:팀|부|과|실|처|청)|.+(?:씨|님|분들?)))"
)


def korean_agent(text: str, verb: ContentWord, spoken: bool) -> Agent | None:
    """Who does `verb` in `text`; None where it cannot be told.

    Args:
        spoken: the text is the candidate's own; else it is a claim about them.
    """
    said = morphemes(text)
    at = next((n for n, m in enumerate(said) if m.start <= verb.start < m.end and m.tag[0] in "NVX"), None)
    if at is None:
        return None
    end = _end(said, at)
    predicate = said[at:end]
    if any(m.tag == "XSV" and m.form == "되" for m in predicate) or not _is_verb(predicate):
        return None
    begin = next((n + 1 for n in range(at - 1, -1, -1) if said[n].tag in ("SF", "EF")), 0)
    found, unsure = _subject(said, begin, at)
    if found is not None or unsure:
        return found
    forms = {(m.form, m.tag) for m in predicate}
    if spoken and forms & _HONOURING:
        return Agent("other")
    if spoken and any(m.form == "드리" for m in predicate):
        return Agent("self")
    closing = said[end] if end < len(said) else None
    embedded = closing is not None and (closing.tag == "ETM" or closing.form in ("기", "도록", "게", "자고", "라고"))
    return None if embedded or forms & _HONOURING else Agent("self", explicit=False)


_HONOURING = frozenset({("시", "EP"), ("으시", "EP")})
_SAME_SUBJECT = frozenset("고 며 으며 면서 으면서 어 아 어다 아다 다가".split())
"""Endings behind which the subject mostly stays; behind others ("…라서", "…는데") it often changes."""


def _is_verb(predicate: Sequence[Morpheme]) -> bool:
    return predicate[0].tag in ("VV", "VA") or any(m.tag in ("XSV", "XSA") for m in predicate)


def _end(said: Sequence[Morpheme], at: int) -> int:
    """The ending that closes the clause of `at`; an auxiliary verb goes on with it (…해 주지 않으셨-)."""
    for n in range(at, len(said)):
        if said[n].tag in ("EF", "SF", "ETM", "ETN"):
            return n
        if said[n].tag == "EC" and said[n].form in ("게", "도록"):
            return n
        if said[n].tag == "EC" and not (n + 1 < len(said) and said[n + 1].tag in ("VX", "JX")):
            return n
    return len(said)


def _subject(said: Sequence[Morpheme], begin: int, at: int) -> tuple[Agent | None, bool]:
    """The nearest person with a subject's or a topic's particle, and whether there is a subject that is no person.

    The subject of a clause that only describes a noun ("제가 보낸 자료를") is passed over.
    """
    described = 0
    passed = changes = False
    for n in range(at - 1, begin - 1, -1):
        m = said[n]
        if m.tag == "ETM" and any(x.tag in ("VV", "XSV") for x in said[max(begin, n - 4) : n]):
            described += 1
        if m.tag == "EC" and m.form.endswith(("다고", "라고", "자고", "냐고")) and said[n - 1].tag not in ("EP",):
            described += 1  # 근거가 안 남는다고 걱정했다
        changes = changes or (m.tag == "EC" and m.form not in _SAME_SUBJECT and said[n + 1].tag not in ("VX", "JX"))
        # The analyser reads the particle behind 님 as "this".
        subject = (
            m.tag == "JKS"
            or (m.form == "이" and m.tag == "MM" and n > 0 and said[n - 1].form == "님")
            or (m.tag == "JX" and m.form in ("은", "는", "ᆫ"))
        )
        place = m.tag == "JKB" and m.form == "에서"
        if not subject and not place:
            continue
        noun = _noun_before(said, begin, n)
        if noun is None:
            continue
        who = _who(noun)
        if who is None or (place and who.who != "other"):
            if m.tag in ("JKS", "MM") and not described:
                return None, True
            continue
        if described and m.tag != "JX":
            described, passed = described - 1, True
            continue
        if changes and m.tag != "JX":
            return None, True
        return who, False
    return None, passed


def _noun_before(said: Sequence[Morpheme], begin: int, at: int) -> str | None:
    """The noun, with its members and suffixes, right before the particle at `at`."""
    forms: list[str] = []
    n = at - 1
    if (
        said[n].form in _COUNTERS
        and said[n].tag in ("NNB", "NNG")
        and n - 2 >= begin
        and said[n - 1].tag in ("MM", "NR", "SN")
    ):
        counted = _noun_before(said, begin, n - 1)
        return counted if counted is not None and _who(counted) is not None else said[n].form
    while (
        n >= begin
        and said[n].tag in _NOUNS
        and (not forms or said[n].end == said[n + 1].start or said[n + 1].form in _TITLES)
    ):
        forms.insert(0, said[n].form)
        n -= 1
    return "".join(forms) or None


_COUNTERS = frozenset("명 분 곳 군데 사람".split())
_TITLES = frozenset("씨 님 과장 차장 부장 대리 팀장 이사 상무 대표 선생".split())


def _who(noun: str) -> Agent | None:
    if noun in _SELF:
        return Agent("self")
    if noun in _GROUP or noun.startswith(("저희", "우리")):
        return Agent("group")
    if noun in _OTHER or noun in ("명", "분", "사람"):
        return Agent("other")
    if PERSON.fullmatch(noun):
        return Agent("other", frozenset({noun.rstrip("님씨들")}))
    return None
