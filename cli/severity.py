"""`./triview severity|ratings`: agreement, divergence and severity of raters, from a table or from what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.console import out, print_json
from cli.options import Json, read_table_file
from cli.session import local_stores
from include.interview.errors import BadInput

if TYPE_CHECKING:
    from include.interview.agreement.records import Agreement, Divergence, Estimate, RatingAnalysis, Severity

MAX_SHOWN = 20
ENTRY_CHARS = 12
"""Characters of an entry's id that tables show."""
ratings_app = typer.Typer(no_args_is_help=True, help="Ratings that people gave of interviews: agreement, divergences.")


def severity(
    ratings: Annotated[
        Path | None, typer.Argument(help="CSV with the columns candidate, rater, criterion, level (1 to 5).")
    ] = None,
    opening: Annotated[
        str | None, typer.Option("--opening", help="Instead of a table: an opening's id, for its stored ratings.")
    ] = None,
    as_json: Json = False,
) -> None:
    """How far raters agree, where they are apart, and how strict each is.

    A rater called "machine" is the program: its levels count as one more rater's. Severity needs raters that are linked
    by candidates rated in common and at least 8 ratings of each; otherwise a sentence says what is missing. Adjusted
    levels stand beside the given ones and replace nothing. Of stored ratings the candidates are interviews, by id, and
    the raters accounts.
    """
    if (ratings is None) == (opening is None):
        raise BadInput("Ratings come from a table or from an opening.", "Give RATINGS or --opening ID, and not both.")
    analysis = _of_opening(opening) if ratings is None else _of_table(ratings)
    if as_json:
        print_json(analysis)
    else:
        _show(analysis)


def _of_table(ratings: Path) -> RatingAnalysis:
    from include.interview.agreement.ratings_file import read_ratings
    from include.statistics.severity import analyse_ratings

    return analyse_ratings(read_ratings(read_table_file(ratings), ratings.name))


def _of_opening(opening: str | None) -> RatingAnalysis:
    from tasks.evaluation.agreement import rating_analysis

    with local_stores() as (stores, _):
        return rating_analysis(stores, opening or "")


@ratings_app.command("agreement")
def agreement(
    opening: Annotated[str, typer.Argument(metavar="OPENING", help="The opening's id.")], as_json: Json = False
) -> None:
    """Show how far the raters of OPENING agree, per criterion: ICC and weighted kappa with 95 % intervals."""
    found = _of_opening(opening)
    if as_json:
        print_json({"agreement": found.agreement, "methods": found.methods})
    else:
        _show_agreement(found)


@ratings_app.command("divergences")
def divergences(
    opening: Annotated[str, typer.Argument(metavar="OPENING", help="The opening's id.")],
    everything: Annotated[bool, typer.Option("--all", help="Also what was settled.")] = False,
    as_json: Json = False,
) -> None:
    """List where a person must look in OPENING: two people 2 levels apart, or a person and the program 1.5."""
    from tasks.evaluation.agreement import divergence_queue

    with local_stores() as (stores, _):
        found = divergence_queue(stores, opening, "all" if everything else "open")
    if as_json:
        print_json(found)
    elif not found:
        out.print("Nobody is far apart.")
    else:
        view = Table("entry", "interview", "criterion", "rater", "level", "rater", "level", "settled", show_edge=False)
        for one in found:
            sides = [text for i in (0, 1) for text in (one.raters[i], f"{one.levels[i]:g}")]
            settled = "" if one.settled is None else f"{one.settled.settled_at[:16]} {escape(one.settled.actor)}"
            view.add_row(one.id[:ENTRY_CHARS], one.interview_id, one.criterion, *sides, settled)
        out.print(view)


@ratings_app.command("settle")
def settle(
    opening: Annotated[str, typer.Argument(metavar="OPENING", help="The opening's id.")],
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Its id as `divergences` shows it, or the whole one.")],
    reason: Annotated[str, typer.Option("--reason", prompt=True, help="Why, in words; stored encrypted.")],
    as_json: Json = False,
) -> None:
    """Record that you looked at a divergence of OPENING and settled it; no level and no score changes."""
    from tasks.evaluation.agreement import divergence_queue, settle_divergence

    with local_stores() as (stores, _):
        whole = [one.id for one in divergence_queue(stores, opening, "all") if one.id.startswith(entry)]
        if len(whole) > 1:
            raise BadInput(f"{len(whole)} entries begin with {entry!r}.", "Give more characters of the id.")
        found = settle_divergence(stores, opening, whole[0] if whole else entry, reason)
    if as_json:
        print_json(found)
    else:
        out.print(f"settled: {found.interview_id} {found.criterion}", highlight=False)


def _show_agreement(analysis: RatingAnalysis) -> None:
    out.print(_agreement_view(analysis.agreement) if analysis.agreement else "Nobody has rated yet.")
    for line in {one.reason.en: None for one in analysis.agreement if one.reason is not None}:
        out.print(f"[yellow]![/] {escape(line)}")


def _show(analysis: RatingAnalysis) -> None:
    _show_agreement(analysis)
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
