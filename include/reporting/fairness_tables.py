"""The published fairness figures as rows of a table: what the page prints, with the same suppression."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from include.interview.fairness.declarations import attribute_name, group_name
from include.interview.fairness.records import Count, GroupFigures, Grouping, Outcome, PublishedReport
from include.interview.fairness.subjects import RECOGNITION
from include.reporting.exports import Cell
from include.reporting.fairness import CROSS, WITHHELD

OUTCOMES = ("selection", "scoring")
LEAST_P = 0.001
"""p values below are printed as "<0.001", as on the page."""


def fairness_rows(reports: Sequence[PublishedReport]) -> list[dict[str, Cell]]:
    """One row per subject, group and outcome; a withheld grouping has one row that says so.

    Counts under 5 are "<5" and withheld ones "·", as published: the rows are made from the published records alone, and
    as exact as the page shows them. Groups stand by id and by name in English. Each row names its report and date.
    """
    return [row for report in reports for row in _report(report)]


def _report(published: PublishedReport) -> Iterator[dict[str, Cell]]:
    report = published.report
    for grouping in (*report.groupings, *report.intersections):
        first: dict[str, Cell] = {
            "subject": published.subject,
            "attributes": CROSS.join(grouping.attributes),
            "attributes_name": CROSS.join(attribute_name(one, "en") for one in grouping.attributes),
        }
        origin: dict[str, Cell] = {
            "not_declared": _count(grouping.unknown),
            "data_of": published.published_at,
            "report": published.id,
        }
        if grouping.withheld or not grouping.groups:
            yield first | {"group": WITHHELD} | origin
            continue
        for group in grouping.groups:
            for kind, outcome in zip(OUTCOMES, (group.selection, group.scoring), strict=True):
                if outcome is not None:
                    named = {"group": group.group, "group_name": _name(grouping, group.group)}
                    yield first | named | _figures(published, group, kind, outcome) | origin


def _name(grouping: Grouping, group: str) -> str:
    parts = group.split(CROSS) if len(grouping.attributes) > 1 else [group]
    return CROSS.join(group_name(a, part, "en") for a, part in zip(grouping.attributes, parts, strict=True))


def _figures(published: PublishedReport, group: GroupFigures, kind: str, outcome: Outcome) -> dict[str, Cell]:
    recognition = published.subject.endswith(RECOGNITION)
    names = {
        "selection": "recognised" if recognition else "selected",
        "scoring": "above_median_confidence" if recognition else "above_median",
    }
    low, high = outcome.count_between or (None, None)
    ratio_low, ratio_high = outcome.impact_ratio_between or outcome.interval or (None, None)
    return {
        "outcome": names[kind],
        "n": _count(group.n),
        "under_two_percent": "yes" if group.under_two_percent else "no",
        "count": _count(outcome.count),
        "count_from": low,
        "count_to": high,
        "rate": _rounded(outcome.rate, 3),
        "compared_with": outcome.compared_with,
        "impact_ratio": _rounded(outcome.impact_ratio, 2),
        "impact_ratio_from": _rounded(ratio_low, 2),
        "impact_ratio_to": _rounded(ratio_high, 2),
        "p_corrected": _p(outcome.holm_p),
        "shortfall": outcome.shortfall,
        "smd": _rounded(group.smd, 2) if kind == "scoring" else None,
        "look": "yes" if outcome.flag else "no",
    }


def _count(value: Count) -> Cell:
    return WITHHELD if value is None else value


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else float(f"{value:.{digits}f}")


def _p(value: float | None) -> Cell:
    if value is None:
        return None
    return f"<{LEAST_P}" if value < LEAST_P else _rounded(value, 3)
