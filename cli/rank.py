"""`./triview rank`: the order of a table of stage totals, and what its errors leave open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.console import complain, out, print_json
from cli.options import Json, check_choice, read_table_file
from include.interview.errors import BadInput
from include.interview.ranking.records import Apart, Ranking
from include.interview.ranking.table import ScoreTable, parse_table
from include.interview.ranking.weights import check_k, parse_weights, present_weights
from include.interview.records import DEFAULT_PLACES

METHODS = ("exact", "interval")
"""A million lines are about 60 MB."""
LISTED = 2_000
"""Largest table for which those are named whom a candidate cannot be told apart from: n² names in all."""


def rank(
    table: Annotated[
        Path, typer.Argument(help="CSV: candidate, ai, ai_sem, practical, practical_sem, executive, executive_sem.")
    ],
    weights: Annotated[
        str, typer.Option("--weights", help="Of ai, practical, executive; they sum to 100.")
    ] = "40,30,30",
    k: Annotated[
        int | None, typer.Option("--k", help=f"Places at stake. Default: {DEFAULT_PLACES}, or all if fewer are ranked.")
    ] = None,
    method: Annotated[
        str | None, typer.Option("--method", help="exact or interval. Default: exact up to 2,000 candidates.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Rank the candidates of TABLE with rank sets that hold together with 95 % confidence.

    Scores and standard errors (SEM) are in points of 0 to 100. A stage's two columns may be left out for all.
    """
    chosen = None if method is None else check_choice(method, METHODS, "--method")
    given = parse_weights(weights)
    read = parse_table(read_table_file(table), table.name, given)
    used = present_weights(given, read.stages)
    if not read.entrants:
        raise BadInput(f"{table.name}: no candidate has all stages.", "A missing stage is never counted as 0.")
    places = min(DEFAULT_PLACES, len(read.entrants)) if k is None else check_k(k, len(read.entrants))

    from include.statistics.ranking import rank as ranking_of

    ranking = ranking_of(read.entrants, used, places, chosen)  # type: ignore[arg-type]  # one of METHODS
    if read.off_scale:
        complain(f"{read.off_scale} score(s) are below 0 or above 100; they are ranked as they are.")
    if as_json:
        print_json(as_plain(ranking, read.apart))
    else:
        _show(ranking, read)


def as_plain(ranking: Ranking, apart: tuple[Apart, ...]) -> dict[str, Any]:
    """The ranking as JSON: who is not apart from whom is listed up to 2,000 candidates, and counted always."""
    from include.statistics.ranking import not_apart_counts, not_apart_lists

    listed = len(ranking.candidates) <= LISTED
    together = not_apart_lists(ranking) if listed else [None] * len(ranking.candidates)
    return {
        "method": ranking.method,
        "critical": ranking.critical,
        "k": ranking.k,
        "weights": ranking.weights,
        "candidates": [
            {
                "candidate": one.id,
                "rank": one.rank,
                "composite": one.composite,
                "sem": one.sem,
                "rank_set": [one.best, one.worst],
                "p_top_k": one.p_top_k,
                "not_apart": others,
                "not_apart_count": count,
                "top_k_sensitivity": one.sensitivity,
                "contributions": one.stages,
            }
            for one, others, count in zip(ranking.candidates, together, not_apart_counts(ranking), strict=True)
        ],
        "apart": [{"candidate": one.id, "reason": one.reason, "stage": one.stage} for one in apart],
    }


def _show(ranking: Ranking, read: ScoreTable) -> None:
    table = Table("rank", "candidate", "composite ± SEM", "rank set", f"P(top {ranking.k})", "sensitivity")
    for one in ranking.candidates:
        table.add_row(
            str(one.rank), escape(one.id), f"{one.composite:.1f} ± {one.sem:.1f}", f"{one.best}–{one.worst}",
            f"{one.p_top_k:.2f}", f"{one.sensitivity:.2f}",
        )  # fmt: skip
    out.print(table)
    out.print("All rank sets hold together with 95 % confidence.", style="dim")
    out.print("Who cannot be told apart from whom: not_apart in --json.", style="dim")
    for other in read.apart:
        out.print(f"not ranked: {escape(other.id)} ({other.reason}, {other.stage})", highlight=False)
