"""`./triview severity`: agreement, divergence and severity of raters, from a table of ratings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.console import out, print_json
from cli.options import Json, read_table_file

if TYPE_CHECKING:
    from include.interview.agreement.records import Agreement, Divergence, Estimate, RatingAnalysis, Severity

MAX_SHOWN = 20


def severity(
    ratings: Annotated[Path, typer.Argument(help="CSV with the columns candidate, rater, criterion, level (1 to 5).")],
    as_json: Json = False,
) -> None:
    """How far raters agree, where they are apart, and how strict each is.

    A rater called "machine" is the program: its levels count as one more rater's. Severity needs raters that are linked
    by candidates rated in common and at least 8 ratings of each; otherwise a sentence says what is missing. Adjusted
    levels stand beside the given ones and replace nothing.
    """
    from include.interview.agreement.ratings_file import read_ratings
    from include.statistics.severity import analyse_ratings

    analysis = analyse_ratings(read_ratings(read_table_file(ratings), ratings.name))
    if as_json:
        print_json(analysis)
    else:
        _show(analysis)


def _show(analysis: RatingAnalysis) -> None:
    out.print(_agreement_view(analysis.agreement))
    for line in {one.reason.en: None for one in analysis.agreement if one.reason is not None}:
        out.print(f"[yellow]![/] {escape(line)}")
    out.print(_divergence_view(analysis.divergence) if analysis.divergence else "Nobody is far apart.")
    if len(analysis.divergence) > MAX_SHOWN:
        out.print(f"… and {len(analysis.divergence) - MAX_SHOWN} more.")
    if analysis.severity is not None:
        out.print(_severity_view(analysis.severity))
    elif analysis.why_not is not None:
        out.print(f"[yellow]![/] No severities: {escape(analysis.why_not.en)}", highlight=False)


def _agreement_view(found: tuple[Agreement, ...]) -> Table:
    view = Table("criterion", "among", "candidates × raters", "ICC(2,1)", "ICC(2,k)", "weighted kappa", show_edge=False)
    for one in found:
        size = f"{one.candidates} × {len(one.raters)}"
        view.add_row(escape(one.criterion), one.among, size, *map(_estimate, (one.icc_2_1, one.icc_2_k, one.kappa)))
    return view


def _estimate(one: Estimate) -> str:
    if one.value is None:
        return "–"
    return f"{one.value:.2f}" + ("" if one.interval is None else f" ({one.interval[0]:.2f}–{one.interval[1]:.2f})")


def _divergence_view(found: tuple[Divergence, ...]) -> Table:
    view = Table("candidate", "criterion", "rater", "level", "rater", "level", title="For review", show_edge=False)
    for one in found[:MAX_SHOWN]:
        sides = [text for i in (0, 1) for text in (escape(one.raters[i]), f"{one.levels[i]:g}")]
        view.add_row(escape(one.candidate), escape(one.criterion), *sides)
    return view


def _severity_view(found: Severity) -> Table:
    view = Table("rater", "ratings", "severity, in levels (positive: stricter)", "± SE", show_edge=False)
    for one in found.raters:
        view.add_row(escape(one.rater), str(one.ratings), f"{one.severity:+.2f}", f"{one.standard_error:.2f}")
    return view
