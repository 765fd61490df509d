"""Verification of claims: what cannot be shown to stand in the cited words of the candidate is rejected.

Fails closed. A claim is one or two sentences; its citations exist and are the candidate's own words; its figures,
dates, durations, names, denials and comparisons stand there; and what else it says stands there in these or other
words. Nothing is repaired: a rejected claim is dropped with a reason. The quotes are put in here, word for word.
"""

# ruff: noqa: E501, SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Sequence

from include.interview.insight.records import CheckedClaim, Claim, ClaimRejection
from include.interview.insight.sources import InsightSource, Passage, Passages, passages_of
from include.interview.transcript.text import fold
from include.judgement.injection import addresses_judge
from include.judgement.insight.agents import check_agents
from include.judgement.insight.cited import Reading, read, read_cited
from include.judgement.insight.figures_check import check_figures
from include.judgement.insight.lexicon import degrees, frame_words, members, sides
from include.judgement.insight.matching import Match, match
from include.judgement.insight.ordering import moved
from include.judgement.insight.polarity import check_polarity
from include.judgement.insight.reasons import rejection
from include.judgement.insight.relations import check_relations
from include.judgement.insight.support import check_support
from include.judgement.insight.wording import check_wording
from include.korean_morphemes import morphemes

MOST_CITATIONS = 6
_QUOTED = re.compile(r"“([^“”]+)”")
DIRECTIONS = 1
"""The pairs of opposites that tell a direction (more, less); they come first in the list."""


def verify(
    claims: Sequence[Claim], sources: Sequence[InsightSource], terms: Sequence[str] = ()
) -> tuple[CheckedClaim, ...]:
    """Each claim accepted with its quotes, or rejected with the first reason found, in the order given.

    Args:
        terms: our own fixed wordings that say nothing of the candidate (names of criteria, questions to ask): where
            a claim holds one, its words need not be cited. Never from a model.

    Raises:
        BadInput: two sources carry the same label.
    """
    passages = passages_of(sources)
    return tuple(verify_one(claim, passages, terms) for claim in claims)


def verify_one(claim: Claim, passages: Passages, terms: Sequence[str] = ()) -> CheckedClaim:
    """The claim against `passages`; see `verify`."""
    fault = check_wording(claim)
    if fault is not None:
        return CheckedClaim(claim.id, "rejected", fault)
    cited, fault = _cited(claim, passages)
    if fault is None:
        whole = read_cited(cited)
        interviewers = _asked_beside(cited, passages)
        for language, text in claim.text.given():
            fault = fault or _text_fault(claim, (text, language), whole, (cited, interviewers), terms)
    if fault is not None:
        return CheckedClaim(claim.id, "rejected", fault)
    return CheckedClaim(claim.id, "accepted", None, tuple(p.citation() for p in cited))


def _cited(claim: Claim, passages: Passages) -> tuple[tuple[Passage, ...], ClaimRejection | None]:
    """The passages cited, in order and each once, and what is wrong with them."""
    found: dict[str, Passage] = {}
    if not claim.cites:
        return (), rejection("no_citation")
    if len(claim.cites) > MOST_CITATIONS:
        return (), rejection("too_many_citations", most=MOST_CITATIONS)
    for written in claim.cites:
        named = passages.find(written)
        shown = written[:40]
        if not named:
            return (), rejection("unknown_utterance", id=shown)
        if len(named) > 1:
            return (), rejection("ambiguous_utterance", id=shown, options=", ".join(p.id for p in named))
        if named[0].role != "candidate":
            return (), rejection("not_the_candidate", id=shown)
        if addresses_judge(named[0].text):
            return (), rejection("addresses_judge", id=shown)
        found[named[0].id] = named[0]
    cited = tuple(found.values())
    if claim.kind == "contradiction" and len({p.answer for p in cited}) < 2:
        return (), rejection("needs_two_citations")
    return cited, None


def _asked_beside(cited: Sequence[Passage], passages: Passages) -> tuple[Passage, ...]:
    """What interviewers said right before and right after the passages cited."""
    every = passages.all
    places = {n for n, p in enumerate(every) if p in cited}
    found: list[Passage] = []
    for n, passage in enumerate(every):
        if passage.role == "candidate":
            continue
        beside = {k for k in (n - 1, n + 1) if 0 <= k < len(every) and every[k].source == passage.source}
        if beside & places:
            found.append(passage)
    return tuple(found)


def _text_fault(
    claim: Claim,
    sentence: tuple[str, str],
    cited: Reading,
    beside: tuple[Sequence[Passage], Sequence[Passage]],
    terms: Sequence[str],
) -> ClaimRejection | None:
    """What is wrong with one sentence of the claim. Words in quotation marks must stand in the cited words as they are."""
    text, language = sentence
    quoted = [m[1] for m in _QUOTED.finditer(text)]
    for quote in quoted:
        if fold(quote).strip(" .") not in fold(cited.text):
            return rejection("quote_not_cited")
    rest = _QUOTED.sub(" ", text)
    for term in terms:
        rest = rest.replace(term, " ")
    if quoted and not any(c.isalnum() for c in rest):
        return None
    return _content_fault(claim, read(rest, language), cited, beside, quoted=bool(quoted))


def _content_fault(
    claim: Claim, said: Reading, cited: Reading, beside: tuple[Sequence[Passage], Sequence[Passage]], *, quoted: bool
) -> ClaimRejection | None:
    asks = claim.kind == "open_question"
    # What is asked, and two answers set side by side, are compared by nobody.
    open_kind = claim.kind in ("open_question", "contradiction")
    fault = check_figures(said, cited)
    if fault is not None:
        return fault
    matches = [match(w, cited.words, cited.text) for w in said.words]
    fault = (
        _named(said, cited, matches, asks=asks)
        or _elsewhere(matches, cited)
        or _foreign_terms(said, cited)
        or (
            None
            if open_kind
            else _degrees(said, cited) or check_relations(said, cited, matches) or check_agents(said, cited, matches)
        )
        or check_polarity(said, cited, matches, open_question=asks)
    )
    return fault or check_support(claim.kind, said, cited, matches, beside, quoted=quoted)


def _turned(one: Match, cited: Reading) -> bool:
    """Whether the figures of the cited words went the other way than the word says."""
    way = moved(cited)
    return bool(way) and not way & sides().get(one.word.key, frozenset())


def _against(one: Match, said: Reading, cited: Reading, matches: Sequence[Match]) -> bool:
    """Whether the opposite is said of what the claim speaks of, and both are affirmed or both denied."""
    mine = one.word.denied and one.word.clause not in said.by_word
    same = [w for w in one.found if mine == (w.denied and w.clause not in cited.by_word)]
    beside = {
        w.sentence
        for m in matches
        if m is not one and m.word.clause == one.word.clause and m.standing == "cited"
        for w in m.found
    }
    return len(same) == len(one.found) and (not beside or any(w.sentence in beside for w in same))


def _named(said: Reading, cited: Reading, matches: Sequence[Match], *, asks: bool) -> ClaimRejection | None:
    for one in matches:
        if one.standing == "another":
            code = "name_not_cited" if one.word.kind == "name" else "subject_not_cited"
            return rejection(code, word=one.word.form)
        if one.standing == "opposite" and not asks and _against(one, said, cited, matches):
            return rejection("opposite_cited", word=one.word.form)
        compares = any(pair < DIRECTIONS for pair, _ in sides().get(one.word.key, ()))
        if (
            one.standing == "absent"
            and compares
            and not one.word.denied
            and len(said.figures) < 2
            and _turned(one, cited)
        ):
            return rejection("opposite_cited", word=one.word.form)
        if one.standing == "absent" and compares and cited.figures:
            continue
        if one.standing == "absent" and compares and len(said.figures) < 2 and not _LESS_RISK.search(said.text):
            return rejection("comparison_not_cited", word=one.word.form)
    return None


_LESS_RISK = re.compile(
    r"\b(?:reduc|lower|minimi[sz]|limit|decreas)\w*\s+(?:\S+\s+){0,2}risks?\b|위험[을를]?\s*(?:줄|낮|최소)"
)
"""To make a risk smaller is what a writer calls care; it is no measure."""


def _elsewhere(matches: Sequence[Match], cited: Reading) -> ClaimRejection | None:
    """A name in a statement that the cited words make of another name."""
    names = {
        w.sentence: {x.key for x in cited.words if x.sentence == w.sentence and x.kind == "name"} for w in cited.words
    }
    for one in matches:
        if one.word.kind != "name" or not one.found:
            continue
        verbs = [m for m in matches if m.word.clause == one.word.clause and m.word.kind == "verb" and m.found]
        verbs = [m for m in verbs if m.word.key not in frame_words()]
        own = {w.sentence for w in one.found}
        elsewhere = {w.sentence for m in verbs for w in m.found}
        if elsewhere and not elsewhere & own and all(names[sentence] for sentence in elsewhere):
            return rejection("name_not_cited", word=one.word.form)
    return None


def _foreign_terms(said: Reading, cited: Reading) -> ClaimRejection | None:
    """Terms of the exclusive kinds that a morpheme analysis takes apart (자바로 is read as 자 + 바로), and 박 과장."""
    for name in _CALLED.findall(said.text):
        if name not in cited.text.replace(" ", ""):
            return rejection("name_not_cited", word=name)
    for surname, title in _TITLED.findall(said.text):
        theirs = {t for s, t in _TITLED.findall(cited.text) if s == surname}
        if title not in theirs and _TITLED.search(cited.text):
            return rejection("name_not_cited", word=f"{surname} {title}")
    for word in _HANGUL_RUN.findall(said.text) if said.language == "ko" else ():
        for term, places in members().items():
            rest = word.removeprefix(term)
            if len(term) < 2 or rest == word or rest not in _PARTICLES or term in frame_words():
                continue
            same = [t for t, others in members().items() if others & places]
            rivals = [t for t, others in members().items() if {k for k, _ in others} & {k for k, _ in places}]
            here = fold(cited.text)
            if not any(t in here for t in same) and any(t in here and len(t) > 1 for t in rivals):
                return rejection("subject_not_cited", word=term)
    return None


_CALLED = re.compile(r"(?<![가-힣])([가-힣]{2,4}) 씨")
_TITLED = re.compile(
    r"(?<![가-힣])([김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허남심노하곽성차주우구민유진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국]) ?"
    r"(과장|차장|부장|대리|팀장|이사|상무|전무|사장|대표|주임|실장|소장|원장|교수|박사|선생)"
)
_HANGUL_RUN = re.compile(r"[가-힣]+")
_PARTICLES = frozenset("이 가 은 는 을 를 에 의 와 과 도 만 로 으로 에서 에게 한테 부터 까지 라 이라 랑".split())
_ENGLISH_WORD = re.compile(r"[a-z][a-z'-]*")


def _plain_words(reading: Reading) -> list[tuple[str, int]]:
    """Words as they are looked up in the lists of degrees, outside figures: (word, start)."""
    found = [(m[0], m.start()) for m in _ENGLISH_WORD.finditer(fold(reading.text))]
    if reading.language == "ko":
        found += [
            (m.form, m.start) for m in morphemes(reading.text) if m.tag not in ("NR", "SN", "EC", "EF", "VV", "NNB")
        ]
    return [(w, at) for w, at in found if not any(f.start <= at < f.end for f in reading.figures)]


_DEGREE_PHRASES = (
    (re.compile(r"\b(?:on|by) (?:my own|myself)\b|혼자|제가 다(?![가-힣])", re.IGNORECASE), "alone"),
    (
        re.compile(
            r"(?<![가-힣])전 (?:직원|사원|임직원|인원|구성원|부서|부문|팀|매장|지점|제품|품목|공정|과정|병동|학년|노선|객실|라인|영역|분야|"
            r"기간|지역|요일|세계|국민|계열사|회사|재고|고객|상담원)|"
            r"(?<![가-힣])한 (?:명|분|번|건|사람|개|곳|군데|푼|차례|마디|장|대|통|팀|가지|시간|달|주|줄)도(?![가-힣])|아무도|하나도|온통|\b(?:no one|nobody|none|any)\b",
            re.IGNORECASE,
        ),
        "all",
    ),
)


def _degrees(said: Reading, cited: Reading) -> ClaimRejection | None:
    """Words such as "most", "all", "only", "best" need a word of their kind in the cited words."""
    stand = {w for w, _ in _plain_words(cited)} | {
        "every" for f in cited.figures if "ever" in cited.text[f.start : f.end]
    }
    stand |= {shown for pattern, shown in _DEGREE_PHRASES if pattern.search(cited.text)}
    for word, _ in _plain_words(said):
        for kind in degrees():
            if "most" in kind and any(k == "percent" and v > 50 for f in cited.figures for k, v in f.readings):
                continue
            if word in kind and not kind & stand:
                return rejection("comparison_not_cited", word=word)
    return None
