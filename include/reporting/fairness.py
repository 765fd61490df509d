"""The fairness report as a page: per stage and criterion a picture, sentences and a table; no figure is computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from include.interview.assessment.rubric import load_rubric
from include.interview.errors import NotFound
from include.interview.fairness.declarations import attribute_name, group_name
from include.interview.fairness.records import (
    IMPACT_THRESHOLD,
    Count,
    GroupFigures,
    Grouping,
    Outcome,
    PublishedReport,
)
from include.interview.fairness.subjects import DECISIONS, RECOGNITION, recognition_warnings
from include.interview.records import Bilingual, Stage
from include.interview.stages import STAGES
from include.reporting.charts import label, line, markup, percent, rect, svg_root
from include.reporting.formatting import fixed
from include.reporting.scorecard import environment, own_style_policy, stylesheet
from include.reporting.strings import Strings

AXIS_HIGH = 2.0
"""Right end of the picture: ratios above it lie at the edge; what matters is below 1."""
ROW_PX = 30
WITHHELD = "·"
CROSS = " × "


COLUMNS = ("people", "count", "rate", "ratio", "p", "shortfall", "smd")


@dataclass(frozen=True)
class RowView:
    """One line of a table, all text; `cells` by column."""

    group: str
    cells: dict[str, str]
    flag: bool
    small: bool


@dataclass(frozen=True)
class TableView:
    """One outcome of the groups of one attribute (or of two): picture, sentences, table."""

    heading: str
    unknown: str
    picture: Markup | None
    sentences: tuple[str, ...]
    rows: tuple[RowView, ...]
    withheld: bool
    anchor: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubjectView:
    """What is said about one subject."""

    heading: str
    as_of: str
    report_id: str
    warnings: tuple[str, ...]
    tables: tuple[TableView, ...]
    limits: tuple[str, ...]
    anchor: str


class _Words:
    """Names of groups, attributes and subjects in one language."""

    def __init__(self, t: Strings) -> None:
        self._t = t

    def attribute(self, attributes: Sequence[str]) -> str:
        return CROSS.join(attribute_name(attribute, self._t.language) for attribute in attributes)

    def group(self, attributes: Sequence[str], group: str) -> str:
        parts = group.split(CROSS) if len(attributes) > 1 else [group]
        return CROSS.join(group_name(a, part, self._t.language) for a, part in zip(attributes, parts, strict=True))

    def subject(self, subject: str) -> str:
        if subject == DECISIONS:
            return self._t("fairness.subject_decisions")
        stage, _, part = subject.partition("/")
        name = self._t.label("stage", stage) or stage
        if not part:
            return self._t("fairness.subject_total", stage=name)
        if part == RECOGNITION:
            return self._t("fairness.subject_recognition", stage=name)
        return self._t("fairness.subject_criterion", stage=name, criterion=_criterion(stage, part, self._t.language))


def _criterion(stage: str, criterion: str, language: str) -> str:
    if stage not in STAGES:
        return criterion
    known: Stage = stage
    try:
        return load_rubric(known, STAGES[known].rubric_version).criterion(criterion).name.text(language)
    except NotFound:
        return criterion


def render_fairness_html(title: Bilingual | None, reports: Sequence[PublishedReport], language: str) -> str:
    """The newest published reports of an opening as one HTML file, without script or outside request.

    Args:
        title: of the opening; None for all openings together.
        reports: one per subject, in the order in which they are shown.
        language: "ko" or "en".

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    return _render(title, reports, language, stylesheet(), own_style_policy())


def render_fairness_pdf(title: Bilingual | None, reports: Sequence[PublishedReport], language: str) -> bytes:
    """The same as a tagged PDF on A4 with its fonts embedded.

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    from include.reporting.pdf import write_pdf

    return write_pdf(_render(title, reports, language, stylesheet(paper=True), ""))


def _render(title: Bilingual | None, reports: Sequence[PublishedReport], language: str, css: str, csp: str) -> str:
    t = Strings(language)
    opening = t("fairness.all_openings") if title is None else title.text(language)
    template = environment().get_template("fairness.html.j2")
    subjects = [_subject(report, t, f"s{i}") for i, report in enumerate(reports)]
    css_markup = Markup(css)  # noqa: S704 - our own file
    return template.render(t=t, language=language, opening=opening, subjects=subjects, css=css_markup, csp=csp)


def _subject(published: PublishedReport, t: Strings, anchor: str) -> SubjectView:
    words, report = _Words(t), published.report
    recognition = published.subject.endswith(RECOGNITION)
    worse = dict.fromkeys((w.attribute, w.group) for w in recognition_warnings(report)) if recognition else {}
    names = ("recognised", "above_confidence") if recognition else ("selected", "above")
    tables = [
        table
        for i, grouping in enumerate((*report.groupings, *report.intersections))
        for table in _tables(grouping, names, words, t, f"{anchor}-{i}")
    ]
    return SubjectView(
        heading=words.subject(published.subject),
        as_of=t("fairness.as_of", date=published.published_at[:10]),
        report_id=t("fairness.run", id=published.id),
        warnings=tuple(t("fairness.recognition_worse", group=words.group([a], g)) for a, g in worse),
        tables=tuple(tables),
        limits=tuple(note.text(t.language) for note in report.notes),
        anchor=anchor,
    )


def _tables(grouping: Grouping, names: tuple[str, str], words: _Words, t: Strings, anchor: str) -> Iterator[TableView]:
    heading = words.attribute(grouping.attributes)
    unknown = "" if grouping.unknown is None else t("fairness.unknown", n=grouping.unknown)
    if grouping.withheld or not grouping.groups:
        yield TableView(heading, unknown, None, (), (), grouping.withheld, anchor)
        return
    for kind, name in zip(("selection", "scoring"), names, strict=True):
        lines = [(group, getattr(group, kind)) for group in grouping.groups]
        shown: list[tuple[GroupFigures, Outcome]] = [
            (group, outcome) for group, outcome in lines if outcome is not None
        ]
        if not shown:
            continue
        named = [(words.group(grouping.attributes, group.group), group, outcome) for group, outcome in shown]
        best = {group.group: name for name, group, _ in named}
        said = tuple(s for name, _, outcome in named if (s := _sentence(name, outcome, best, t)) is not None)
        rows = tuple(_row(name, group, outcome, t, scores=kind == "scoring") for name, group, outcome in named)
        title = f"{heading}: {t(f'fairness.{name}')}"
        picture = _picture(named, f"{anchor}-{kind}", title, t)
        columns = tuple(column for column in COLUMNS if any(row.cells[column] for row in rows))
        yield TableView(title, unknown, picture, said, rows, False, f"{anchor}-{kind}", columns)


def _sentence(name: str, outcome: Outcome, names: dict[str, str], t: Strings) -> str | None:
    """What a ratio means; None for the group with the highest rate and where nothing can be compared."""
    ratios = outcome.impact_ratio_between or (outcome.impact_ratio, outcome.impact_ratio)
    low, high = ratios
    if outcome.p is None or low is None or high is None or outcome.compared_with is None:
        return None
    key = "said_flag" if outcome.flag else "said_equal" if low >= IMPACT_THRESHOLD else "said_low"
    share = fixed(100 * low, 0)
    if fixed(100 * high, 0) != share:
        share = t("fairness.percent_between", low=share, high=fixed(100 * high, 0))
    return t(f"fairness.{key}", group=name, best=names[outcome.compared_with], percent=share)


def _row(name: str, group: GroupFigures, outcome: Outcome, t: Strings, *, scores: bool) -> RowView:
    spread = outcome.count_between
    count = _count(outcome.count)
    if spread is not None:
        count += f" ({t('fairness.between', low=spread[0], high=spread[1])})"
    return RowView(
        group=name,
        cells={
            "people": _count(group.n),
            "count": count,
            "rate": "" if outcome.rate is None else f"{fixed(100 * outcome.rate, 1)}\u00a0%",
            "ratio": _ratio(outcome, t),
            "p": ""
            if outcome.holm_p is None
            else "<\u00a00.001"
            if outcome.holm_p < 0.001
            else fixed(outcome.holm_p, 3),
            "shortfall": "" if outcome.shortfall is None else str(outcome.shortfall),
            "smd": fixed(group.smd, 2) if scores and group.smd is not None else "",
        },
        flag=outcome.flag,
        small=bool(group.under_two_percent),
    )


def _ratio(outcome: Outcome, t: Strings) -> str:
    if outcome.impact_ratio_between is not None:
        low, high = (fixed(end, 2) for end in outcome.impact_ratio_between)
        return t("fairness.between", low=low, high=high)
    if outcome.compared_with is not None and outcome.p is None:
        return t("fairness.reference")
    if outcome.impact_ratio is None:
        return ""
    spread = outcome.interval
    return fixed(outcome.impact_ratio, 2) + (
        "" if spread is None else f" ({fixed(spread[0], 2)}–{fixed(spread[1], 2)})"
    )


def _count(value: Count) -> str:
    return WITHHELD if value is None else str(value)


def _picture(lines: Sequence[tuple[str, GroupFigures, Outcome]], uid: str, title: str, t: Strings) -> Markup | None:
    """The impact ratios of groups on one axis from 0 to 2, readable without colour; None without a comparison."""
    compared = [(name, o) for name, _, o in lines if o.compared_with is not None and _ends(o) is not None]
    if len(compared) < 2:
        return None
    bottom = ROW_PX * len(compared) + 4
    listed = "; ".join(f"{name}: {_ratio(outcome, t)}" for name, outcome in compared)
    root = svg_root(bottom + 22, uid, title, t("fairness.desc", list=listed))
    limit = percent(IMPACT_THRESHOLD, 0, AXIS_HIGH)
    line(root, (limit, 0), (limit, bottom), "whisker", width=1.5, dash="4 4")
    line(root, (percent(1, 0, AXIS_HIGH), 0), (percent(1, 0, AXIS_HIGH), bottom), "edge")
    for i, (name, outcome) in enumerate(compared):
        y = ROW_PX * i + 21.0
        label(root, 0, y - 9, name, color="ink", anchor="start")
        low, high = (percent(end, 0, AXIS_HIGH) for end in _ends(outcome) or (0.0, 0.0))
        if outcome.impact_ratio_between is not None:
            rect(root, low, max(high, low + 0.5), y - 4, 8, "accent", radius=2, tip=name)
            continue
        line(root, (low, y), (high, y), "whisker", width=1.5)
        at = percent(1.0 if outcome.impact_ratio is None else outcome.impact_ratio, 0, AXIS_HIGH)
        rect(root, at - 0.5, at + 0.5, y - 5, 10, "accent", radius=5, tip=name)
    for tick in (0.0, 0.4, IMPACT_THRESHOLD, 1.0, 1.5, AXIS_HIGH):
        label(root, percent(tick, 0, AXIS_HIGH), bottom + 16, fixed(tick, 1))
    return markup(root)


def _ends(outcome: Outcome) -> tuple[float, float] | None:
    """From where to where a group's ratio is drawn: all possible values, its interval, or the ratio alone."""
    if outcome.impact_ratio_between is not None:
        return outcome.impact_ratio_between
    if outcome.p is None and outcome.compared_with is not None:
        return 1.0, 1.0
    if outcome.impact_ratio is None:
        return None
    return outcome.interval or (outcome.impact_ratio, outcome.impact_ratio)
