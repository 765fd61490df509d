"""Insights, and people's ratings beside the machine's, for a reader: words as they are, nothing computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from include.interview.insight.records import KINDS, Citation, ClaimKind, Insight
from include.interview.records import CriterionScore, Quote, Scorecard, Stage
from include.interview.report import PanelRatings
from include.interview.scoring.card import LEVEL_SPAN
from include.reporting.charts import describe_level
from include.reporting.evidence import Anchors, Moment
from include.reporting.formatting import clock
from include.reporting.strings import Strings


@dataclass(frozen=True)
class CitedView:
    """Exact words: where they are from, and a link where they stand in this report's transcript, else their time."""

    text: str
    source: str
    moment: Moment | None
    time: str


@dataclass(frozen=True)
class InsightView:
    """One insight. `undecided`: its id while no person has decided about it."""

    text: str
    language: str
    quotes: tuple[CitedView, ...]
    undecided: str | None


@dataclass(frozen=True)
class InsightGroup:
    """The insights of one kind, in their order."""

    kind: ClaimKind
    items: tuple[InsightView, ...]


@dataclass(frozen=True)
class LevelCell:
    """What one person gave; `level` is empty where they did not rate the criterion."""

    level: str
    reason: str


@dataclass(frozen=True)
class PanelRow:
    """One criterion: the machine's level with its standard error, empty where it gave none, and each person's."""

    name: str
    machine: str
    status: str
    cells: tuple[LevelCell, ...]


@dataclass(frozen=True)
class PanelView:
    """The table; `missing` people have yet to rate, and meanwhile it has no rows."""

    raters: tuple[str, ...]
    rows: tuple[PanelRow, ...]
    missing: int


def insight_groups(
    insights: Sequence[Insight] | None, stage: Stage, anchors: Anchors | None, t: Strings
) -> tuple[InsightGroup, ...] | None:
    """The insights by kind, open questions last; None for a stage without insights.

    Args:
        stage: after which they were written.
        anchors: of the report's own transcript, into which quotes of that stage lead; None in a report without one.
    """
    if insights is None:
        return None
    groups = ((kind, [one for one in insights if one.kind == kind]) for kind in KINDS)
    return tuple(
        InsightGroup(kind, tuple(_insight(one, stage, anchors, t) for one in found)) for kind, found in groups if found
    )


def _insight(one: Insight, stage: Stage, anchors: Anchors | None, t: Strings) -> InsightView:
    given = dict(one.text.given())
    language = t.language if t.language in given else next(iter(given), t.language)
    return InsightView(
        text=given.get(language, ""),
        language=language,
        quotes=tuple(_cited(quote, stage, anchors, t) for quote in one.quotes),
        undecided=one.id if one.status == "draft" else None,
    )


def _cited(quote: Citation, stage: Stage, anchors: Anchors | None, t: Strings) -> CitedView:
    if quote.document is not None:
        return CitedView(quote.text, t(f"document.{quote.document}"), None, "")
    source = t(f"stage.{quote.stage or stage}")
    if anchors is not None and quote.stage == stage:
        own = quote.utterance_id.removeprefix(f"{stage}:")
        moment = anchors.quote(Quote(own, quote.text, quote.start_s, quote.end_s), t)
        return CitedView(quote.text, source, moment, "")
    return CitedView(quote.text, source, None, "" if quote.start_s is None else clock(quote.start_s))


def panel_view(panel: PanelRatings | None, card: Scorecard, names: Mapping[str, str]) -> PanelView | None:
    """People's levels beside the card's; None for a stage that one person conducts, or that nobody has to rate."""
    if panel is None or not (panel.sheets or panel.missing):
        return None
    if panel.missing:
        return PanelView((), (), panel.missing)
    return PanelView(panel.raters, tuple(_row(score, panel, names) for score in card.criteria), 0)


def _row(score: CriterionScore, panel: PanelRatings, names: Mapping[str, str]) -> PanelRow:
    machine = ""
    if score.status == "scored" and score.level is not None:
        level, sem = describe_level(score.level, None if score.sem is None else score.sem * LEVEL_SPAN)
        machine = level if sem is None else f"{level} ± {sem}"
    given = [{r.criterion: r for r in sheet.ratings}.get(score.criterion) for sheet in panel.sheets]
    cells = tuple(LevelCell("", "") if r is None else LevelCell(str(r.level), r.reason) for r in given)
    return PanelRow(names.get(score.criterion, score.criterion), machine, score.status, cells)
