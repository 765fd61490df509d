"""What a fairness analysis cannot say, in sentences, and how its figures were made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from include.interview.fairness.declarations import attribute_name, group_name
from include.interview.fairness.records import GroupFigures, Grouping, Outcome, Sample
from include.interview.records import Bilingual

METHODS: dict[str, str] = {
    "selection_rate": "selected / n of the group",
    "scoring_rate": "share of the group with a score above the median of everybody scored (NYC LL144)",
    "impact_ratio": "rate of the group / rate of the group with the highest rate among those that may be shown",
    "interval": "95 %, log scale (Katz, Baptista, Azen & Pike 1978)",
    "p": "Fisher's exact test, two-sided, against the group with the highest rate",
    "holm_p": "Holm (1979) over all comparisons of one outcome: of all attributes, and apart of all intersections",
    "shortfall": "least number of further people of the group with which its rate reaches .8 of the highest rate",
    "smd": "difference of mean scores / pooled standard deviation (Cohen's d)",
    "flag": "impact ratio below .8 and holm_p below .05",
    "suppression": "counts under 5 as <5, complementary counts withheld, audited by linear programming",
}

MIN_EXPECTED = 30
"""Below about thirty people in a group even a rate of half the highest is rarely told from chance."""


def notes_on(sample: Sample, groupings: Sequence[Grouping]) -> tuple[Bilingual, ...]:
    """The sentences on what these numbers cannot say, most important first."""
    return (*_on_sample(sample), *_on_groupings(sample, groupings))


def _on_sample(sample: Sample) -> Iterator[Bilingual]:
    people = sample.people
    if not people:
        yield Bilingual("분석할 사람이 없습니다.", "There is nobody to analyse.")
        return
    chosen = [p.selected for p in people if p.selected is not None]
    if chosen and not any(chosen):
        yield Bilingual(
            "선발된 사람이 없어 비교할 선발률이 없습니다.",
            "Nobody was selected: there are no selection rates to compare.",
        )
    elif chosen and all(chosen):
        yield Bilingual(
            "모두 선발되어 비교할 선발률이 없습니다.",
            "Everybody was selected: there are no selection rates to compare.",
        )
    scores = [p.score for p in people if p.score is not None]
    if scores and len(set(scores)) == 1:
        yield Bilingual(
            "점수가 모두 같아 중앙값을 넘는 사람이 없으므로 점수 비율을 비교할 수 없습니다.",
            "All scores are equal: nobody is above the median, so there are no scoring rates to compare.",
        )


def _on_groupings(sample: Sample, groupings: Sequence[Grouping]) -> Iterator[Bilingual]:
    singles = [grouping for grouping in groupings if len(grouping.attributes) == 1]
    for grouping in singles:
        ko, en = (attribute_name(grouping.attributes[0], language) for language in ("ko", "en"))
        for sentence in _on_grouping(sample, grouping):
            yield Bilingual(f"{ko}: {sentence.ko}", f"{en}: {sentence.en}")
    if small := _names(singles, lambda group: isinstance(group.n, int) and group.n < MIN_EXPECTED):
        yield Bilingual(
            f"{MIN_EXPECTED}명 미만인 집단({small.ko})에서는 큰 차이도 우연과 구별되지 않을 수 있습니다. "
            "표시가 없다고 해서 차이가 없다는 뜻은 아닙니다.",
            f"In groups of fewer than {MIN_EXPECTED} ({small.en}) even large differences may not be told from chance: "
            "no flag does not mean no difference.",
        )
    if marked := _names(singles, lambda group: bool(group.under_two_percent)):
        yield Bilingual(
            f"전체의 2 % 미만인 집단: {marked.ko}. 이 집단의 비율은 몇 명으로도 크게 달라집니다.",
            f"Groups under 2 % of the people: {marked.en}. A few persons change their rates a lot.",
        )


def _on_grouping(sample: Sample, grouping: Grouping) -> Iterator[Bilingual]:
    if sample.people and not grouping.groups:
        yield Bilingual(
            "모두 밝히지 않아 집단을 비교할 수 없습니다.", "nobody declared a group, so nothing can be compared."
        )
    elif len(grouping.groups) == 1:
        yield Bilingual("집단이 하나뿐이라 비교할 수 없습니다.", "there is only one group, so nothing can be compared.")
    elif grouping.withheld:
        yield Bilingual(
            "인원이 너무 적어 개인이 드러날 수 있으므로 수치를 싣지 않습니다.",
            "so few people that figures would point at persons; none are shown.",
        )
    elif not _compared(grouping):
        yield Bilingual(
            "5명 이상으로 나타낼 수 있는 집단이 둘이 되지 않아 비교할 수 없습니다.",
            "fewer than two groups have counts of 5 or more, so nothing can be compared.",
        )


def _names(groupings: Sequence[Grouping], chosen: Callable[[GroupFigures], bool]) -> Bilingual | None:
    """The names of the chosen groups; None when there are none."""
    found = [
        (grouping.attributes[0], group.group) for grouping in groupings for group in grouping.groups if chosen(group)
    ]
    ko, en = (
        ", ".join(group_name(attribute, group, language) for attribute, group in found) for language in ("ko", "en")
    )
    return Bilingual(ko, en) if found else None


def _compared(grouping: Grouping) -> bool:
    outcomes: list[Outcome] = [o for g in grouping.groups for o in (g.selection, g.scoring) if o is not None]
    return not outcomes or any(o.compared_with is not None for o in outcomes)
