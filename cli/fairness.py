"""`./triview fairness`: adverse impact of selections and scores, from a table of one row per person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.console import out, print_json
from cli.options import Json, read_table_file

if TYPE_CHECKING:
    from include.interview.fairness.records import Count, FairnessReport, Grouping, Outcome


def fairness(
    table: Annotated[Path, typer.Argument(help="CSV: one or more group columns, and selected, score or both.")],
    all_cells: Annotated[
        bool, typer.Option("--all-cells", help="Show counts under 5 as well. For your own eyes, not to be published.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Selection and scoring rates per group and intersection, with intervals, tests and flags.

    One row per person. Every column but selected, score and candidate is a group; an empty cell, "unknown" or "prefer
    not to say" is not declared. A flag needs an impact ratio below .8 and a difference that is significant after
    Holm's correction. Counts under 5 are "<5", and what would give them away is withheld.
    """
    from include.interview.fairness.sample_file import read_sample
    from include.statistics.fairness import fairness_report

    report = fairness_report(read_sample(read_table_file(table), table.name), publish=not all_cells)
    if as_json:
        print_json(report)
    else:
        _show(report)


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
