"""Where ratings diverge, and whether severities may be computed from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from include.interview.agreement.records import MACHINE, Divergence, RatedLevel
from include.interview.records import Bilingual

RATERS_APART = 2.0
"""Levels between two people from which a third must look."""
MACHINE_APART = 1.5
"""Levels between a person and the program from which a person must look."""
LEAST_RATINGS = 8
"""Ratings per rater below which a severity says more about chance than about the rater."""


def divergences(levels: Iterable[RatedLevel]) -> tuple[Divergence, ...]:
    """The review queue, widest first: per candidate and criterion the two people farthest apart, and machine pairs.

    People count from 2 levels apart; a person and the program from 1.5, each such person.
    """
    by_item: dict[tuple[str, str], list[RatedLevel]] = defaultdict(list)
    for one in levels:
        by_item[one.candidate, one.criterion].append(one)
    found: list[Divergence] = []
    for rows in by_item.values():
        people = sorted((row for row in rows if row.rater != MACHINE), key=lambda r: (r.level, r.rater))
        if people and people[-1].level - people[0].level >= RATERS_APART:
            found.append(_divergence("raters", people[0], people[-1]))
        for machine in (row for row in rows if row.rater == MACHINE):
            found += [
                _divergence("machine", p, machine) for p in people if abs(p.level - machine.level) >= MACHINE_APART
            ]
    return tuple(sorted(found, key=lambda d: (-d.difference, d.candidate, d.criterion, d.kind, d.raters)))


def _divergence(kind: str, one: RatedLevel, other: RatedLevel) -> Divergence:
    return Divergence(
        candidate=one.candidate,
        criterion=one.criterion,
        kind="machine" if kind == "machine" else "raters",
        raters=(one.rater, other.rater),
        levels=(one.level, other.level),
        difference=abs(one.level - other.level),
    )


def why_no_severity(levels: Sequence[RatedLevel]) -> Bilingual | None:
    """The reason why severities may not be computed from these ratings; None when they may.

    Needed: two raters or more, each with at least 8 ratings, and every rater linked to every other by candidates whom
    both rated on the same criterion, directly or through others.
    """
    counts = Counter(one.rater for one in levels)
    if len(counts) < 2:
        return Bilingual(
            "평가자가 한 명뿐이라 엄격함을 비교할 수 없습니다.", "There is only one rater: severity compares raters."
        )
    few = sorted(rater for rater, n in counts.items() if n < LEAST_RATINGS)
    if few:
        names = ", ".join(few)
        return Bilingual(
            f"평가자마다 평가가 {LEAST_RATINGS}건 이상이어야 합니다. 모자란 평가자: {names}.",
            f"Every rater needs at least {LEAST_RATINGS} ratings. Fewer have: {names}.",
        )
    parts = connected_raters(levels)
    if len(parts) > 1:
        text = " | ".join(", ".join(part) for part in parts)
        return Bilingual(
            f"같은 지원자를 함께 평가한 사람들로 모든 평가자가 이어지지 않아 서로 비교할 수 없습니다: {text}.",
            f"The raters are not linked by candidates whom they rated in common, so they cannot be compared: {text}.",
        )
    items = len({(one.candidate, one.criterion) for one in levels})
    if len(levels) - items < len(counts):
        return Bilingual(
            "함께 평가한 지원자가 너무 적어 엄격함과 우연을 구별할 수 없습니다.",
            "Too few candidates were rated in common to tell severity from chance.",
        )
    return None


def connected_raters(levels: Iterable[RatedLevel]) -> tuple[tuple[str, ...], ...]:
    """The raters in parts: within a part each is linked to each by items (candidate and criterion) rated in common."""
    by_item: dict[tuple[str, str], set[str]] = defaultdict(set)
    linked: dict[str, set[str]] = defaultdict(set)
    for one in levels:
        by_item[one.candidate, one.criterion].add(one.rater)
        linked[one.rater].add(one.rater)
    for raters in by_item.values():
        for a, b in combinations(sorted(raters), 2):
            linked[a].add(b)
            linked[b].add(a)
    parts: list[tuple[str, ...]] = []
    left = set(linked)
    while left:
        part, new = set(), {min(left)}
        while new:
            part |= new
            new = {other for rater in new for other in linked[rater]} - part
        parts.append(tuple(sorted(part)))
        left -= part
    return tuple(parts)
