"""Two things that a claim sets side by side: which is more, which came first, which way a measure went."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from include.interview.insight.records import ClaimRejection
from include.judgement.insight.cited import Reading
from include.judgement.insight.figures_check import turned_back
from include.judgement.insight.lexicon import frame_words, sides
from include.judgement.insight.matching import Match
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord


def check_order(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """The first comparison, sequence or direction of the claim that the cited words have the other way round."""
    return (
        _moved_back(said, cited)
        or _compared(said, cited, matches)
        or _sequence(said, cited, matches)
        or _direction_beside(said, cited, matches)
    )


_LONGER = re.compile(
    r"\b(?:longer|larger|bigger|lengthen\w*)\b|커졌|커짐|커지|더 (?:오래|길|많|늘)|길어졌|늘어났|길어짐", re.IGNORECASE
)
_SHORTER = re.compile(r"\b(?:shorter|shorten\w*)\b|더 (?:짧|적|줄)|짧아졌|짧아짐", re.IGNORECASE)


def _moved_back(said: Reading, cited: Reading) -> ClaimRejection | None:
    """A claim without figures of a change that the figures of the cited words made the other way."""
    if len(said.figures) > 1 or said.denying_clauses:
        return None
    way = moved(cited)
    for pattern, against in ((_LONGER, frozenset({(0, 1)})), (_SHORTER, frozenset({(0, 0)}))):
        found = pattern.search(said.text)
        if found is not None and way == against:
            return rejection("opposite_cited", word=found[0])
    return None


_THAN = re.compile(r"\b(?:rather |more |less |other )?than\b|\binstead of\b", re.IGNORECASE)
_PHRASE_END = re.compile(r"[.,;:!?]|\b(?:and|but|because|while|when|in|at|after|before|did|does|do|was|were|is|are)\b")
_BODA = re.compile(r"([가-힣A-Za-z0-9]+?)(?:[을를이가]|하기|기)?보다")


def _compared(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """A thing behind "than" that the cited words compare from the other side."""
    mine, theirs = _behind_than(said), _behind_than(cited)
    if not mine or not theirs:
        return None
    ends = [_one(m, theirs) for m in matches if m.found and m.word.kind != "verb" and m.word.key not in frame_words()]
    than = [e for m, e in _with(matches, ends) if _inside(m.word, mine)]
    rest = [e for m, e in _with(matches, ends) if not _inside(m.word, mine)]
    turned = [m for m, e in _with(matches, ends) if _inside(m.word, mine) and e == "before"]
    same = any(m.word.key in {w.key for w in m.found} and sides().get(m.word.key) for m in matches if m.found)
    if turned and than and all(e == "before" for e in than) and ("behind" in rest or (same and "behind" not in than)):
        return rejection("opposite_cited", word=turned[0].word.form)
    return None


def _with(matches: Sequence[Match], ends: Sequence[str]) -> list[tuple[Match, str]]:
    kept = [m for m in matches if m.found and m.word.kind != "verb" and m.word.key not in frame_words()]
    return list(zip(kept, ends, strict=True))


def _one(match: Match, behind: Sequence[tuple[int, int]]) -> str:
    """Whether the cited words of `match` stand behind a comparison ("behind"), elsewhere ("before") or both."""
    inside = [_inside(w, behind) for w in match.found]
    return "behind" if all(inside) else "before" if not any(inside) else "both"


def _inside(word: ContentWord, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(low <= word.start < high for low, high in ranges)


def _behind_than(reading: Reading) -> list[tuple[int, int]]:
    """Where the things stand that others are compared with: behind "than", before 보다."""
    if reading.language == "ko":
        return [(m.start(1), m.end(1)) for m in _BODA.finditer(reading.text)]
    found = []
    for m in _THAN.finditer(reading.text):
        end = _PHRASE_END.search(reading.text, m.end())
        found.append((m.end(), end.start() if end else len(reading.text)))
    return found


_BEFORE = re.compile(r"\b(?:before|prior to|ahead of)\b|기 전에", re.IGNORECASE)
_AFTER = re.compile(r"\bafter\b|(?:[은는]|[가-힣]) (?:뒤|후|다음)(?:에|로)?(?=[\s,.])", re.IGNORECASE)
_BACK = re.compile(r"\b(?:before that|previously|prior to that|earlier)\b|그 ?전에|이전에는|그전", re.IGNORECASE)
_ON = re.compile(r"\b(?:after that|then|later|became|afterwards)\b|그 ?뒤|그 ?후|그다음|나중|나머지", re.IGNORECASE)


def _sequence(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """A sequence that the cited words tell the other way round, where they say outright which came first."""
    before, after = _BEFORE.search(said.text), _AFTER.search(said.text)
    mark = before or after
    if mark is None or (before and after):
        return None
    korean = said.language == "ko"
    at = mark.start() if not korean else mark.end()
    one = [m for m in matches if m.word.end <= at and m.found and m.word.key not in frame_words()]
    two = [m for m in matches if m.word.start >= at and m.found and m.word.key not in frame_words()]
    # English: "A before B", "A after B"; Korean: "B 전에 A", "A 뒤에 B".
    first, second = (one, two) if korean == (after is not None) else (two, one)
    starts = _sentence_starts(cited.text)
    told_back = {n for n, (low, high) in enumerate(starts) if _BACK.search(cited.text[low : min(high, low + 40)])}
    told_on = any(_ON.search(cited.text[low:high]) for low, high in starts)
    itself = _BACK.sub(" ", cited.text)
    if not told_back and (not told_on or _BEFORE.search(itself) or _AFTER.search(itself)):
        return None

    def place(word: ContentWord) -> int:
        n = next((k for k, (low, high) in enumerate(starts) if low <= word.start < high), 0)
        return word.start - (2 * len(cited.text) * (1 + len([k for k in told_back if k <= n])) if n in told_back else 0)

    own = {w.start for m in first for w in m.found} & {w.start for m in second for w in m.found}
    early = [place(w) for m in first for w in m.found if w.start not in own]
    late = [place(w) for m in second for w in m.found if w.start not in own]
    if early and late and min(early) > max(late):
        return rejection("numbers_reversed" if said.figures else "opposite_cited", word=mark[0].strip())
    return None


def _sentence_starts(text: str) -> list[tuple[int, int]]:
    ends = [m.end() for m in re.finditer(r"[.!?]\s|\n|[고며], ", text)]
    return list(zip([0, *ends], [*ends, len(text)], strict=True))


def _direction_beside(said: Reading, cited: Reading, matches: Sequence[Match]) -> ClaimRejection | None:
    """A direction (more, less) whose opposite stands beside what the claim says it of, more than it does itself."""
    for one in matches:
        mine = sides().get(one.word.key, frozenset())
        if not mine or not one.found or one.standing != "cited":
            continue
        other = {(pair, 1 - side) for pair, side in mine}
        same = [w for w in one.found if any(mine & sides().get(k, frozenset()) for k in w.keys)]
        against = [w for w in cited.words if any(other & sides().get(k, frozenset()) for k in w.keys)]
        against = [w for w in against if w.denied == one.word.denied]
        if not same or not against:
            continue
        beside = [w for m in matches if m is not one and m.word.clause == one.word.clause for w in m.found]
        places = [w.start for w in beside if w not in same and w not in against]
        places += [f.start for f in cited.figures if any(f.agrees(g) for g in said.figures)]
        if not places:
            continue

        def near(word: ContentWord, places: Sequence[int] = places) -> int:
            low, high = _clause_around(cited, word)
            return len({p for p in places if low <= p < high})

        if max(map(near, against)) > max(map(near, same)):
            return rejection("opposite_cited", word=one.word.form)
    return None


def _clause_around(cited: Reading, word: ContentWord) -> tuple[int, int]:
    begin = 0
    for number, text in enumerate(cited.clauses):
        at = cited.text.find(text, begin)
        if number == word.clause and at >= 0:
            return at, at + len(text)
        begin = at + len(text) if at >= 0 else begin
    return word.start, word.end


def moved(cited: Reading) -> frozenset[tuple[int, int]]:
    """The sides of the first pair of opposites (up, down) that two figures of one kind in the cited words come to."""
    found = set()
    for one, two in itertools.combinations(cited.figures, 2):
        kinds = {k: v for k, v in sorted(one.readings) if k in _MEASURED or k.startswith("money:")}
        if two.start - one.end > REACH or _AMONG.search(cited.text[one.start : two.end + 14]):
            continue
        pairs = [(kinds[k], v) for k, v in sorted(two.readings) if k in kinds]
        bare = next((v for k, v in two.readings if k == "count"), None)
        if bare is not None and not pairs and not any(k == "of" or k.startswith("per:") for k, _ in one.readings):
            # "forty-three days. Today it's sixteen": the unit is said once.
            pairs = [
                (v, bare if k.startswith("money:") else bare * one.scale)
                for k, v in kinds.items()
                if k not in ("count", "times")
            ]
            pairs = [
                (a, b) for a, b in pairs if b and 0.01 <= a / b <= 100 and _AGAIN.search(cited.text[one.end : two.end])
            ]
        if not pairs:
            continue
        (a, b) = pairs[0]
        if turned_back(cited, one, two):
            a, b = b, a
        if a != b:
            found.add((0, 0 if b > a else 1))
    return frozenset(found)


_MEASURED = frozenset(("count", "hours", "months", "percent", "times"))
_AMONG = re.compile(r"\bof (?:them|those|these|whom|us|which)\b|그 ?중|가운데|이상|미만", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:today|now|was|is|it's|to|down|up)\b|지금|때는|에서|현재|이제", re.IGNORECASE)
REACH = 120
"""Characters between two figures that may be those of one measure at two times."""
