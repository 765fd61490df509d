"""`./triview fairness`: adverse impact of selections and scores, from a table of one row per person or as published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.console import out, print_json, show_written
from cli.options import Json, read_table_file
from cli.session import local_stores
from include.interview.errors import BadInput

if TYPE_CHECKING:
    from include.interview.fairness.records import Count, FairnessReport, Grouping, Outcome


def fairness(
    table: Annotated[
        Path | None, typer.Argument(help="CSV: one or more group columns, and selected, score or both.")
    ] = None,
    all_cells: Annotated[
        bool, typer.Option("--all-cells", help="Show counts under 5 as well. For your own eyes, not to be published.")
    ] = False,
    opening: Annotated[
        str | None, typer.Option("--opening", help="Id of an opening: its published report, in place of a table.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all-openings", help="The published report of all openings, in place of a table.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Where to write the published report; readable by you alone.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Selection and scoring rates per group and intersection, with intervals, tests and flags.

    Of a TABLE, or what was published of an opening: that with --out as HTML and PDF in both languages, CSV and XLSX.

    One row per person. Every column but selected, score and candidate is a group; an empty cell, "unknown" or "prefer
    not to say" is not declared. A flag needs an impact ratio below .8 and a difference that is significant after
    Holm's correction. Counts under 5 are "<5", and what would give them away is withheld.
    """
    if (table is None) + (opening is None) + (not everything) != 2:
        raise BadInput(
            "Figures come from a table, an opening, or all openings.",
            "Give one of TABLE, --opening ID and --all-openings.",
        )
    if table is None:
        _published(opening, folder, all_cells=all_cells, as_json=as_json)
        return
    if folder is not None:
        raise BadInput("--out writes a published report.", "Leave it out, or give --opening ID or --all-openings.")
    from include.interview.fairness.sample_file import read_sample
    from include.statistics.fairness import fairness_report

    report = fairness_report(read_sample(read_table_file(table), table.name), publish=not all_cells)
    if as_json:
        print_json(report)
    else:
        _show(report)


def _published(opening: str | None, folder: Path | None, *, all_cells: bool, as_json: bool) -> None:
    """What was published of an opening (None: of all): written to `folder`, or shown."""
    from tasks.ranking.fairness_reports import newest_reports, write_fairness_report

    if all_cells:
        raise BadInput("A published report has no further cells.", "Leave --all-cells out.")
    with local_stores() as (stores, _):
        if folder is not None:
            written = [str(path) for path in write_fairness_report(stores, opening, folder)]
            show_written(written, {"opening_id": opening, "files": written}, as_json=as_json)
            return
        _, reports = newest_reports(stores, opening)
    if as_json:
        print_json(reports)
        return
    for one in reports:
        out.print(f"[bold]{escape(one.subject)}[/] (published {one.published_at[:10]}, report {one.id})")
        _show(one.report)
    if not reports:
        out.print("No fairness report was published yet.")


def _show(report: FairnessReport) -> None:
    out.print(f"{_count(report.people)} people, {_count(report.selected)} selected")
    for grouping in (*report.groupings, *report.intersections):
        out.print(_view(grouping))
    for note in report.notes:
        out.print(f"[yellow]![/] {escape(note.en)}", highlight=False)
    if report.published:
        out.print(
            '[dim]"<5": fewer than five; "·": withheld, because it would give away one of those; '
            "in parentheses the range that follows from the rest.[/]"
        )
    else:
        out.print("[yellow]![/] Counts under 5 are shown: not to be published.")


def _view(grouping: Grouping) -> Table:
    unknown = "" if grouping.unknown is None else f" (not declared: {_count(grouping.unknown)})"
    view = Table(title=escape(" × ".join(grouping.attributes)) + unknown, title_justify="left", show_edge=False)
    for name in ("group", "n", "outcome", "count", "rate", "impact ratio (95 %)", "p, Holm", "shortfall", ""):
        view.add_column(name, justify="left" if name in ("group", "outcome", "") else "right")
    for group in grouping.groups:
        remark = "under 2 %" if group.under_two_percent else ""
        smd = "" if group.smd is None else f"d {group.smd:+.2f}"
        rows = [("selected", group.selection), ("above median", group.scoring)]
        for i, (name, outcome) in enumerate((n, o) for n, o in rows if o is not None):
            first = (escape(group.group), _count(group.n)) if i == 0 else ("", "")
            view.add_row(*first, name, *_outcome(outcome), smd if name == "above median" else remark)
        if group.selection is None and group.scoring is None:
            view.add_row(escape(group.group), _count(group.n), *[""] * 6, remark)
    return view


def _outcome(outcome: Outcome) -> Iterator[str]:
    spread = "" if outcome.count_between is None else f" ({outcome.count_between[0]}–{outcome.count_between[1]})"
    yield _count(outcome.count) + spread
    yield "·" if outcome.rate is None else f"{outcome.rate:.3f}"
    flag = "[bold red]⚑[/] " if outcome.flag else ""
    if outcome.impact_ratio_between is not None:
        yield f"{flag}{outcome.impact_ratio_between[0]:.2f} to {outcome.impact_ratio_between[1]:.2f}"
    elif outcome.impact_ratio is None:
        yield "·"
    elif outcome.interval is None:
        yield f"{outcome.impact_ratio:.3f}"
    else:
        yield f"{flag}{outcome.impact_ratio:.3f} ({outcome.interval[0]:.2f}–{outcome.interval[1]:.2f})"
    yield "" if outcome.holm_p is None else f"{outcome.holm_p:.4f}"
    yield "" if outcome.shortfall is None else str(outcome.shortfall)


def _count(value: Count) -> str:
    return "·" if value is None else str(value)
