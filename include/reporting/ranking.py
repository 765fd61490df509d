"""The report of an opening's ranking: a page, its PDF, and the rows of its tables; no figure is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from markupsafe import Markup

from include.interview.insight.records import InsightTally
from include.interview.privacy.audit_heads import AuditHead
from include.interview.ranking.next_steps import NextStep
from include.interview.ranking.records import Apart, Change, RankedCandidate, Snapshot
from include.interview.records import Bilingual, Record, Stage
from include.reporting.exports import Cell
from include.reporting.formatting import fixed, share
from include.reporting.rank_sets import ranks_of
from include.reporting.ranking_picture import rank_sets_picture
from include.reporting.ranking_words import Earlier, how_to_read, since_earlier, stage_name
from include.reporting.scorecard import environment, own_style_policy, stylesheet
from include.reporting.strings import Strings

MOST_DRAWN = 200
"""Candidates in the picture; the table has all of them."""
MOST_NAMED = 8
"""Names in one cell of the page, of those a candidate cannot be told apart from; the others are counted."""
MOST_LISTED = 100
"""Such names in one cell of the tables: a workbook's cell holds 32,767 characters."""


class RankingReport(Record, frozen=True):
    """What a report of a ranking shows.

    `names`: application id -> what the person is called; ids without one are shown as they are. `together`: application
    id -> the first `MOST_LISTED` ids it cannot be told apart from; all of them are as many as its rank set has other
    ranks. `changes`: against the snapshot before; `failures`: expectations that
    stopped a later run, whose ranking this therefore is not. `recognised_worse`: stages in which the fairness report
    flags a group whose speech was recognised worse. `earlier`: the snapshot before, if there is one. `steps`:
    application -> what to do next, recommended first. `insights`: application -> how many it has, where it has any.
    `looked_at`: when both were read (UTC, ISO 8601). `audit_head`: the audit trail's end that was signed last; on paper
    it outlives whatever happens to the database.
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
    earlier: Earlier | None = None
    steps: dict[str, tuple[NextStep, ...]] = msgspec.field(default_factory=dict)
    insights: dict[str, InsightTally] = msgspec.field(default_factory=dict)
    looked_at: str = ""
    audit_head: AuditHead | None = None


@dataclass(frozen=True)
class NextView:
    """What comes next for one application, all text; `apart`: whom it is not told apart from, or why it is apart."""

    name: str
    apart: str
    insights: str
    step: str
    ground: str


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

    Numbers are as exact as the page shows them. Columns of stages are `<stage>_points` and `<stage>_weight`; `change`
    is the cause of a change since the snapshot before.
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
            "not_apart_from": _not_apart(one),
            "not_apart": named(report.together.get(one.id, ()), report.names, MOST_LISTED, _not_apart(one)),
            "change": causes.get(one.id),
            "reason_apart": None,
            "stage_apart": None,
        }
        row |= {f"{stage}_points": float(fixed(points, 1)) for stage, points in one.stages.items()}
        row |= {f"{stage}_weight": float(fixed(weight, 1)) for stage, weight in snapshot.weights.items()}
        rows.append(row | _next_cells(report, one.id) | _origin(report))
    for other in snapshot.apart:
        row = {
            "application": other.id,
            "candidate": report.names.get(other.id),
            "change": causes.get(other.id),
            "reason_apart": other.reason,
            "stage_apart": other.stage,
        }
        rows.append(row | _next_cells(report, other.id) | _origin(report))
    return rows


def _next_cells(report: RankingReport, application_id: str) -> dict[str, Cell]:
    steps, tally = report.steps.get(application_id, ()), report.insights.get(application_id)
    first = steps[0] if steps else None
    return {
        "insights_approved": None if tally is None else tally.approved,
        "insights_undecided": None if tally is None else tally.undecided,
        "next_step": None if first is None else first.code,
        "next_step_stage": None if first is None else first.stage,
        "next_step_criteria": None if first is None else ", ".join(first.criteria) or None,
        "next_step_ko": None if first is None else first.text.ko,
        "next_step_en": None if first is None else first.text.en,
    }


def _origin(report: RankingReport) -> dict[str, Cell]:
    worse = ", ".join(report.recognised_worse) or None
    looked = report.looked_at or None
    return {
        "recognised_worse": worse,
        "looked_at": looked,
        "data_of": report.snapshot.taken_at,
        "snapshot": report.snapshot_id,
    }


def named(ids: Sequence[str], names: Mapping[str, str], most: int, count: int | None = None) -> str:
    """What the applications are called, separated by semicolons; beyond `most` of them, how many more there are.

    Args:
        count: how many there are where `ids` are only the first, at least `most` of them; None: all are in `ids`.
    """
    said = "; ".join(names.get(one, one) for one in ids[:most])
    left = (len(ids) if count is None else count) - most
    return f"{said} (+{left})" if left > 0 else said


def _not_apart(one: RankedCandidate) -> int:
    """How many others the candidate cannot be told apart from: as many as its rank set has other ranks."""
    return one.worst - one.best


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
            since=since_earlier(report.earlier, snapshot, report.changes, t),
            how=how_to_read(snapshot, t, report.audit_head),
            warnings=[t("ranking.warning", name=name, n=count) for name, count in snapshot.warnings.items()],
            failures=[t("ranking.failure", name=name, n=count) for name, count in report.failures.items()],
            worse=[stage_name(stage, t) for stage in report.recognised_worse],
            picture=_picture(report, t),
            undrawn=max(0, len(snapshot.ranking.candidates) - MOST_DRAWN),
            stages=[t("ranking.stage_points", stage=stage_name(stage, t)) for stage in stages],
            rows=[words.row(one, stages) for one in snapshot.ranking.candidates],
            looked_at=t("candidate.looked_at", date=report.looked_at[:16].replace("T", " "))
            if report.looked_at
            else "",
            following=[words.following(one) for one in snapshot.ranking.candidates],
            apart=[words.next(one.id, words.reason(one)) for one in snapshot.apart],
            left=[words.name(one.id) for one in report.changes if one.cause == "left"],
            css=Markup(css),  # noqa: S704 - our own file
            csp=csp,
        )
    )


class _Words:
    """What candidates, reasons and changes are called in one language."""

    def __init__(self, report: RankingReport, t: Strings) -> None:
        self._report, self._t = report, t
        self._changes: Mapping[str, Change] = {one.id: one for one in report.changes}

    def name(self, identity: str) -> str:
        return self._report.names.get(identity) or identity

    def reason(self, one: Apart) -> str:
        said = self._t(f"ranking.apart.{one.reason}")
        return f"{said} ({stage_name(one.stage, self._t)})" if one.stage else said

    def row(self, one: RankedCandidate, stages: Sequence[Stage]) -> RowView:
        return RowView(
            rank=str(one.rank),
            name=self.name(one.id),
            composite=f"{fixed(one.composite, 1)} ± {fixed(one.sem, 1)}",
            ranks=ranks_of(one),
            top=share(one.p_top_k),
            sensitivity=share(one.sensitivity),
            stages=tuple(fixed(one.stages[stage], 1) if stage in one.stages else "" for stage in stages),
            together=str(_not_apart(one)),
            change=self._change(one),
        )

    def following(self, one: RankedCandidate) -> NextView:
        """What comes next for a ranked candidate, beside whom it is not told apart from."""
        together = self._report.together.get(one.id, ())
        return self.next(one.id, named(together, self._report.names, MOST_NAMED, _not_apart(one)))

    def next(self, identity: str, apart: str) -> NextView:
        """What comes next for an application; `apart` is printed as it is."""
        steps, tally = self._report.steps.get(identity, ()), self._report.insights.get(identity)
        language = self._t.language
        return NextView(
            name=self.name(identity),
            apart=apart,
            insights="" if tally is None else _insights(tally, self._t),
            step=steps[0].text.text(language) if steps else "",
            ground=steps[0].ground.text(language) if steps else "",
        )

    def _change(self, one: RankedCandidate) -> str:
        change = self._changes.get(one.id)
        if change is None:
            return ""
        said = self._t(f"ranking.cause.{change.cause}")
        return said if change.before is None else self._t("ranking.changed", cause=said, ranks=ranks_of(change.before))


def rank_set_picture(report: RankingReport, language: str) -> Markup | None:
    """The report's picture alone, as SVG: rank sets as bars; None with fewer than two candidates.

    Raises:
        ValueError: `language` is neither "ko" nor "en".
    """
    t = Strings(language)
    return _picture(report, t)


def _insights(tally: InsightTally, t: Strings) -> str:
    if not tally.undecided:
        return str(tally.approved)
    return t("ranking.insights_waiting", n=tally.approved, waiting=tally.undecided)


def _picture(report: RankingReport, t: Strings) -> Markup | None:
    drawn = report.snapshot.ranking.candidates[:MOST_DRAWN]
    return None if len(drawn) < 2 else rank_sets_picture(drawn, report.names, report.snapshot.k, t)
