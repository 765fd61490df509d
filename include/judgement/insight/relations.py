"""What joins the things of a claim: cause and effect, from one name to another, more and less, at once."""

# ruff: noqa: E501, SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Sequence

from include.interview.insight.records import ClaimRejection
from include.judgement.insight.cited import Reading
from include.judgement.insight.matching import Match
from include.judgement.insight.objects import check_objects
from include.judgement.insight.ordering import check_order
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord
from include.korean_morphemes import morphemes

_BECAUSE = re.compile(r"\b(?:because(?: of)?|since|due to|owing to|as a result of)\b", re.IGNORECASE)
_KOREAN_CAUSE = frozenset("어서 아서 니까 으니까 므로 느라".split())
_CAUSAL = re.compile(
    r"\b(?:because|since|so|therefore|due to|that's why|which is why|as a result)\b"
    r"|때문|거든|니까|[아어해워려여]서\b|그래서|므로|덕분",
    re.IGNORECASE,
)
_AT_ONCE = re.compile(
    r"\b(?:from the (?:beginning|start|outset)|immediately|at once|right away|straight ?away|instantly)\b"
    r"|처음부터|즉시|곧바로|단번에",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"\b(?:straight|same (?:day|evening|night|morning|week)|minutes|seconds|"
    r"right (?:then|away)|at once|immediately|first day|from the)\b"
    r"|바로|그날|당일|즉시|곧|첫날|처음부터|분 (?:만|안|뒤|후)|\d분",
    re.IGNORECASE,
)
_OPPOSED = (
    ("more many much most lot 많 많이".split(), "few fewer less little least 적 적게 조금".split()),
    ("close closer near nearer 가깝".split(), "far farther further 멀".split()),
    ("good better well strong stronger 좋 잘하".split(), "bad badly poor poorly worse weak weaker 나쁘 못하".split()),
    ("early earlier sooner ahead faster 일찍 빨리 빠르".split(), "late later longer slower overran behind 늦".split()),
    ("long longer 길".split(), "short shorter 짧".split()),
    ("large larger big bigger 크".split(), "small smaller 작".split()),
    ("fair 공정".split(), "unfair 불공정".split()),
    ("paid 유급".split(), "unpaid 무급".split()),
)
"""Words of measure that no list of content words holds, and their opposites."""
_COMPARED = re.compile(r"\b(?:more|fewer|less)\b(?! than \d)|(?<![가-힣])더(?![가-힣])", re.IGNORECASE)
_COMPARES = re.compile(
    r"\b(?:more|fewer|less|than|extra|additional|again|\w+er|rose|grew|fell|dropped|increased|up|down|another|still)\b|더|보다|늘|줄|오히려|또|추가",
    re.IGNORECASE,
)


def check_relations(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """The first relation of the claim that the cited words do not make, or make the other way round."""
    return (
        _cause(said, cited, matches)
        or _direction(said, cited, matches)
        or _measures(said, cited)
        or _at_once(said, cited)
        or _punctual(said, cited)
        or _counsel(said, cited)
        or check_objects(said, cited, matches)
        or check_order(said, cited, matches)
    )


_HEEDED = re.compile(
    r"\b(?:follow|heed|accept|adopt|listen|took|take)\w*\b[^.]*\b(?:advice|recommendation|wish|opinion|counsel)|(?:조언|권고|의견|충고)[을를에]? ?(?:따[라르랐]|받아들)",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\bagainst (?:\S+ ){0,4}(?:advice|recommendation|wish|opinion|counsel)|(?:조언|권고|의견|충고)[을를]? ?(?:무시|듣지 않|안 듣|거스)",
    re.IGNORECASE,
)


def _counsel(said: Reading, cited: Reading) -> ClaimRejection | None:
    """Advice that the claim says was taken, and the cited words that it was not."""
    found = _HEEDED.search(said.text)
    if found is None or said.denying_clauses or not _AGAINST.search(cited.text):
        return None
    return rejection("opposite_cited", word=found[0])


_ON_TIME = re.compile(
    r"\b(?:on time|in time|on schedule|punctual\w*|as planned)\b|제때|기한 ?내|예정대로|계획대로|납기를 (?:지|준수)|기한을 (?:지|준수)",
    re.IGNORECASE,
)
_TOO_LATE = re.compile(
    r"\b(?:miss(?:ed)? (?:a|the|our|my) (?:deadline|date)|late|overran|overdue|delayed|behind schedule|cancell?ed)\b"
    r"|(?:못|안) 지[켰키]|지키지 못|늦[었어게]|지연|취소",
    re.IGNORECASE,
)


def _punctual(said: Reading, cited: Reading) -> ClaimRejection | None:
    """Punctuality where the cited words tell of being late."""
    found = _ON_TIME.search(said.text)
    if found is None or said.denying_clauses or _ON_TIME.search(cited.text) or not _TOO_LATE.search(cited.text):
        return None
    return rejection("opposite_cited", word=found[0])


def _at_once(said: Reading, cited: Reading) -> ClaimRejection | None:
    found = _AT_ONCE.search(said.text)
    if found is None or _SOON.search(cited.text):
        return None
    return rejection("comparison_not_cited", word=found[0])


def _cause(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """A cause that the cited words tell after its effect, with no word that makes it one."""
    split = _split(said)
    if split is None:
        return None
    at, cause_first = split
    before = [w for m in matches if m.word.end <= at for w in m.found]
    behind = [w for m in matches if m.word.start >= at for w in m.found]
    causes, effects = (before, behind) if cause_first else (behind, before)
    apart = [w for w in causes if w.sentence not in {e.sentence for e in effects}]
    if not effects or not apart or len(apart) < len({w.start for w in causes}):
        return None
    later = all(w.sentence > max(e.sentence for e in effects) for w in apart)
    if later and not _CAUSAL.search(_sentence_of(cited, apart[0])):
        return rejection("not_supported")
    return None


def _split(said: Reading) -> tuple[int, bool] | None:
    """Where the claim's cause meets its effect, and whether the cause comes first."""
    if said.language != "ko":
        found = _BECAUSE.search(said.text)
        return None if found is None else (found.start(), found.start() < len("The candidate, "))
    for m in morphemes(said.text):
        if (m.tag == "EC" and m.form in _KOREAN_CAUSE) or (m.form == "때문" and m.tag == "NNB"):
            return m.end, True
    return None


def _sentence_of(cited: Reading, word: ContentWord) -> str:
    text = cited.text
    begin = max(text.rfind(mark, 0, word.start) for mark in (". ", "? ", "! ", "\n"))
    ends = [at for mark in (". ", "? ", "! ", "\n") if (at := text.find(mark, word.end)) >= 0]
    return text[begin + 1 : min(ends, default=len(text))]


_FROM_TO = re.compile(r"\bfrom (?P<one>[A-Z][\w&.-]*)[^.,;]*? to (?P<two>[A-Z][\w&.-]*)")


def _direction(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """Names that a claim takes "from … to …" and the cited words in the other order."""
    found = _FROM_TO.search(said.text)
    if found is None:
        return None
    places = {
        side: [w.start for m in matches if m.word.start == found.start(side) for w in m.found]
        for side in ("one", "two")
    }
    if places["one"] and places["two"] and min(places["two"]) < min(places["one"]) and "from" in cited.text.lower():
        return rejection("numbers_reversed")
    return None


def _measures(said: Reading, cited: Reading) -> ClaimRejection | None:
    """A word of measure of which the cited words hold only the opposite, or a comparison they do not draw."""
    mine, theirs = _tokens(said.text, said.language), _tokens(cited.text, cited.language)
    denying = [_tokens(cited.clauses[c], cited.language) for c in cited.denying_clauses]
    for pair in _OPPOSED:
        for side, other in (pair, pair[::-1]):
            word = next((w for w in side if w in mine), None)
            if word is not None and not theirs & set(side) and theirs & set(other) and not mine & set(other):
                denied = any(theirs_in & set(other) for theirs_in in denying)
                if not said.denying_clauses and not denied:
                    return rejection("opposite_cited", word=word)
    found = _COMPARED.search(said.text)
    if found is not None and not said.figures and not _COMPARES.search(cited.text):
        return rejection("comparison_not_cited", word=found[0])
    return None


def _tokens(text: str, language: str) -> set[str]:
    if language == "ko":
        return {m.form for m in morphemes(text) if m.tag in ("VA", "VV", "MAG", "NNG", "XR")}
    return set(re.findall(r"[a-z]+", text.lower()))
