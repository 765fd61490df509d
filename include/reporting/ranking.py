"""The report of an opening's ranking: a page, its PDF, and the rows of its tables; no figure is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from markupsafe import Markup

from include.interview.ranking.records import Apart, Change, RankedCandidate, Snapshot
from include.interview.records import Bilingual, Record, Stage
from include.reporting.charts import label, line, markup, percent, rect, svg_root
from include.reporting.exports import Cell
from include.reporting.formatting import fixed
from include.reporting.scorecard import environment, own_style_policy, stylesheet
from include.reporting.strings import Strings

ROW_PX = 26
NAME_PX = 12
MOST_DRAWN = 200
"""Candidates in the picture; the table has all of them."""
MOST_TICKS = 10


class RankingReport(Record, frozen=True):
    """What a report of a ranking shows.

    `names`: application id -> what the person is called; ids without one are shown as they are. `together`: application
    id -> the ids it cannot be told apart from. `changes`: against the snapshot before; `failures`: expectations that
    stopped a later run, whose ranking this therefore is not. `recognised_worse`: stages in which the fairness report
    flags a group whose speech was recognised worse.
    """

    title: Bilingual
    snapshot_id: str
    number: int
    snapshot: Snapshot
    names: dict[str, str]
    together: dict[str, tuple[str, ...]]
    changes: tuple[Change, ...] = ()
    failures: dict[str, int] = msgspec.field(default_factory=dict)
    recognised_worse: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowView:
    """One ranked candidate, all text."""

    rank: str
    name: str
    composite: str
    ranks: str
    top: str
    sensitivity: str
    stages: tuple[str, ...]
    together: str
    change: str


def render_ranking_html(report: RankingReport, language: str) -> str:
    """The ranking as one HTML file, without script or outside request.

    Args:
        language: "ko" or "en".

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    return _render(report, language, stylesheet(), own_style_policy())


def render_ranking_pdf(report: RankingReport, language: str) -> bytes:
    """The same as a tagged PDF on A4 with its fonts embedded; every page names the opening, the date and the snapshot.

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    from include.reporting.pdf import write_pdf

    return write_pdf(_render(report, language, stylesheet(paper=True), ""))


def ranking_rows(report: RankingReport) -> list[dict[str, Cell]]:
    """The rows of the CSV and XLSX files: ranked candidates in their order, then those apart with the reason.

    Numbers are as exact as the page shows them. Columns of stages are `<stage>_points`; `change` is the cause of a
    change since the snapshot before.
    """
    snapshot = report.snapshot
    causes = {one.id: one.cause for one in report.changes}
    rows: list[dict[str, Cell]] = []
    for one in snapshot.ranking.candidates:
        row: dict[str, Cell] = {
            "rank": one.rank,
            "application": one.id,
            "candidate": report.names.get(one.id),
            "composite": float(fixed(one.composite, 1)),
            "sem": float(fixed(one.sem, 1)),
            "rank_best": one.best,
            "rank_worst": one.worst,
            "p_top_k": float(fixed(one.p_top_k, 2)),
            "k": snapshot.k,
            "sensitivity": float(fixed(one.sensitivity, 2)),
            "not_apart_from": len(report.together.get(one.id, ())),
            "change": causes.get(one.id),
            "reason_apart": None,
            "stage_apart": None,
        }
        row |= {f"{stage}_points": float(fixed(points, 1)) for stage, points in one.stages.items()}
        rows.append(row | _origin(report))
    for other in snapshot.apart:
        row = {
            "application": other.id,
            "candidate": report.names.get(other.id),
            "change": causes.get(other.id),
            "reason_apart": other.reason,
            "stage_apart": other.stage,
        }
        rows.append(row | _origin(report))
    return rows


def _origin(report: RankingReport) -> dict[str, Cell]:
    return {"data_of": report.snapshot.taken_at, "snapshot": report.snapshot_id}


def _render(report: RankingReport, language: str, css: str, csp: str) -> str:
    t = Strings(language)
    snapshot, words = report.snapshot, _Words(report, t)
    stages = tuple(snapshot.weights)
    return (
        environment()
        .get_template("ranking.html.j2")
        .render(
            t=t,
            language=language,
            title=report.title.text(language),
            origin=t("ranking.origin", date=snapshot.taken_at[:16].replace("T", " "), id=report.snapshot_id),
            number=report.number,
            how=_how(snapshot, t),
            warnings=[t("ranking.warning", name=name, n=count) for name, count in snapshot.warnings.items()],
            failures=[t("ranking.failure", name=name, n=count) for name, count in report.failures.items()],
            worse=[_stage(stage, t) for stage in report.recognised_worse],
            picture=_picture(report, words, t),
            undrawn=max(0, len(snapshot.ranking.candidates) - MOST_DRAWN),
            stages=[t("ranking.stage_points", stage=_stage(stage, t)) for stage in stages],
            rows=[words.row(one, stages) for one in snapshot.ranking.candidates],
            apart=[(words.name(one.id), words.reason(one)) for one in snapshot.apart],
            left=[words.name(one.id) for one in report.changes if one.cause == "left"],
            css=Markup(css),  # noqa: S704 - our own file
            csp=csp,
        )
    )


def _stage(stage: str, t: Strings) -> str:
    return t.label("stage", stage) or stage


def _how(snapshot: Snapshot, t: Strings) -> list[str]:
    weights = ", ".join(f"{_stage(stage, t)} {fixed(w, 0)} %" for stage, w in snapshot.ranking.weights.items())
    return [
        t("ranking.how.set"),
        t("ranking.how.top", k=snapshot.k),
        t("ranking.how.sensitivity", k=snapshot.k),
        t("ranking.how.weights", weights=weights),
        t("ranking.how.people"),
    ]


class _Words:
    """What candidates, reasons and changes are called in one language."""

    def __init__(self, report: RankingReport, t: Strings) -> None:
        self._report, self._t = report, t
        self._changes: Mapping[str, Change] = {one.id: one for one in report.changes}

    def name(self, identity: str) -> str:
        return self._report.names.get(identity) or identity

    def reason(self, one: Apart) -> str:
        said = self._t(f"ranking.apart.{one.reason}")
        return f"{said} ({_stage(one.stage, self._t)})" if one.stage else said

    def row(self, one: RankedCandidate, stages: Sequence[Stage]) -> RowView:
        together = self._report.together.get(one.id, ())
        return RowView(
            rank=str(one.rank),
            name=self.name(one.id),
            composite=f"{fixed(one.composite, 1)} ± {fixed(one.sem, 1)}",
            ranks=ranks_of(one),
            top=f"{fixed(100 * one.p_top_k, 0)}\u00a0%",
            sensitivity=f"{fixed(100 * one.sensitivity, 0)}\u00a0%",
            stages=tuple(fixed(one.stages[stage], 1) if stage in one.stages else "" for stage in stages),
            together=str(len(together)),
            change=self._change(one),
        )

    def _change(self, one: RankedCandidate) -> str:
        change = self._changes.get(one.id)
        if change is None:
            return ""
        said = self._t(f"ranking.cause.{change.cause}")
        return said if change.before is None else self._t("ranking.changed", cause=said, ranks=ranks_of(change.before))


def ranks_of(one: RankedCandidate) -> str:
    """The candidate's rank set in digits: one rank, or the best and the worst."""
    return str(one.best) if one.best == one.worst else f"{one.best}–{one.worst}"


def _picture(report: RankingReport, words: _Words, t: Strings) -> Markup | None:
    """Rank sets as bars on one axis of ranks, best on the left; a notch stands at the displayed rank."""
    everybody = report.snapshot.ranking.candidates
    drawn = everybody[:MOST_DRAWN]
    if len(drawn) < 2:
        return None
    last = max(one.worst for one in drawn)
    bottom = ROW_PX * len(drawn) + 6
    listed = "; ".join(f"{words.name(one.id)}: {ranks_of(one)}" for one in drawn)
    root = svg_root(bottom + 22, "ranks", t("ranking.picture"), listed)

    def at(rank: float) -> float:
        return percent(rank, 0.5, last + 0.5)

    for tick in range(1, last + 1, -(-last // MOST_TICKS)):
        line(root, (at(tick), 0), (at(tick), bottom), "rule", dash="2 4")
        label(root, at(tick), bottom + 16, str(tick))
    for i, one in enumerate(drawn):
        y = float(ROW_PX * i + NAME_PX)
        label(root, 0, y, words.name(one.id), color="ink", anchor="start")
        rect(root, at(one.best - 0.4), at(one.worst + 0.4), y + 3, 7, "accent", radius=3, tip=ranks_of(one))
        line(root, (at(one.rank), y + 1), (at(one.rank), y + 12), "ink", width=2)
    return markup(root)
