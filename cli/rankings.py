"""`./triview rankings|applications`: what is served of an opening, how it changed, and decisions about applications."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from cli.console import complain, out, print_json, show_written
from cli.options import Json
from cli.session import local_stores
from include.interview.applications import GROUNDS, STATES, Decision, EvidenceOpened
from include.interview.errors import BadInput, NotFound
from include.interview.ranking.records import Change, Snapshot
from include.interview.ranking.snapshots import changes

OpeningArgument = Annotated[str, typer.Argument(metavar="OPENING", help="The opening's id.")]

rankings_app = typer.Typer(no_args_is_help=True, help="Rankings of openings: list, show, diff, run.")
applications_app = typer.Typer(no_args_is_help=True, help="Applications: list, report, decide, decisions.")


@rankings_app.command("run")
def run_ranking(opening: OpeningArgument, as_json: Json = False) -> None:
    """Rank OPENING now, in this process, through the same gates as the DAG; exit code 1 when a gate stops it."""
    from tasks.ranking.flow import rank_openings

    with local_stores() as (stores, _):
        (outcome,) = rank_openings(stores, [opening])
    if as_json:
        print_json(outcome)
    elif outcome.failures:
        found = ", ".join(f"{name} ({count})" for name, count in outcome.failures.items())
        complain(f"A gate stopped the ranking: {found}. The last one is still served.")
    else:
        out.print(f"{outcome.opening_id}: {outcome.result}", highlight=False)
    if outcome.result == "stopped":
        raise typer.Exit(1)


@rankings_app.command("list")
def list_rankings(opening: OpeningArgument, as_json: Json = False) -> None:
    """List the snapshots of OPENING, newest first."""
    with local_stores() as (stores, _):
        stores.openings.get(opening)
        found, state = stores.rankings.list(opening), stores.rankings.state(opening)
    if as_json:
        print_json({"state": state, "snapshots": found})
        return
    table = Table("number", "id", "taken (UTC)", "ranked", "apart", "method", "served")
    for head in found:
        served = "yes" if state is not None and head.id == state.served_id else ""
        table.add_row(
            str(head.number), head.id, head.taken_at[:16], str(head.ranked), str(head.listed_apart), head.method, served
        )
    out.print(table)
    if state is not None and state.failures:
        complain(f"A gate stopped the last run: {state.failures}.")


@rankings_app.command("show")
def show_ranking(
    opening: OpeningArgument,
    snapshot: Annotated[str | None, typer.Option("--snapshot", help="Its id; default: the one that is served.")] = None,
    as_json: Json = False,
) -> None:
    """Show what is served of OPENING, or one snapshot of it."""
    from tasks.ranking.fairness import stages_recognised_worse

    with local_stores() as (stores, _):
        found = stores.rankings.served(opening) if snapshot is None else stores.rankings.get(snapshot)
        state = stores.rankings.state(opening)
        worse = stages_recognised_worse(stores, opening)
    if found.opening_id != opening:
        raise NotFound(f"The snapshot {snapshot} is not of the opening {opening!r}.", "Check both ids.")
    if as_json:
        print_json(found)
        return
    if state is not None and state.failures:
        complain(f"A gate stopped the last run: {state.failures}. This is the ranking before it.")
    for stage in worse:
        complain(f"warning: in the stage {stage} a group's speech was recognised worse; see the fairness report.")
    show_snapshot(found)


def show_snapshot(snapshot: Snapshot, names: Mapping[str, str] | None = None) -> None:
    """Print a ranking: its warnings, who is ranked, who is not and why. `names`: application id -> what to call it."""
    called = names or {}
    for name, count in snapshot.warnings.items():
        complain(f"warning: {name} ({count})")
    table = Table("rank", "application", "composite ± SEM", "rank set", f"P(top {snapshot.ranking.k})", "sensitivity")
    for one in snapshot.ranking.candidates:
        table.add_row(
            str(one.rank), called.get(one.id, one.id),
            f"{one.composite:.1f} ± {one.sem:.1f}", f"{one.best}–{one.worst}",
            f"{one.p_top_k:.2f}", f"{one.sensitivity:.2f}",
        )  # fmt: skip
    out.print(table)
    for other in snapshot.apart:
        out.print(
            f"not ranked: {called.get(other.id, other.id)} ({other.reason}{f', {other.stage}' if other.stage else ''})",
            highlight=False,
        )
    out.print(f"taken {snapshot.taken_at} · inputs {snapshot.inputs_sha256[:12]}", style="dim", highlight=False)


@rankings_app.command("diff")
def diff_rankings(
    opening: OpeningArgument,
    before: Annotated[int | None, typer.Option("--from", help="Number of the earlier snapshot.")] = None,
    after: Annotated[int | None, typer.Option("--to", help="Number of the later one. Default: the last two.")] = None,
    as_json: Json = False,
) -> None:
    """Show whose place changed between two snapshots of OPENING, and why."""
    with local_stores() as (stores, _):
        heads = {head.number: head.id for head in stores.rankings.list(opening)}
        last = max(heads, default=0)
        first, second = before or last - 1, after or last
        missing = [number for number in (first, second) if number not in heads]
        if missing:
            raise NotFound(f"The opening has no snapshot number {missing[0]}.", "See ./triview rankings list OPENING.")
        found = changes(stores.rankings.get(heads[first]), stores.rankings.get(heads[second]))
    if as_json:
        print_json({"from": first, "to": second, "changes": found})
        return
    table = Table("application", "cause", "before", "after")
    for change in found:
        table.add_row(change.id, change.cause, *_sides(change))
    out.print(table)


@rankings_app.command("explain")
def explain_ranking(
    opening: OpeningArgument,
    first: Annotated[str, typer.Argument(help="Application id of the one above.")],
    second: Annotated[str, typer.Argument(help="Application id of the one below.")],
    as_json: Json = False,
) -> None:
    """Show why FIRST is above SECOND in what is served of OPENING: differences per stage and criterion, with errors."""
    from tasks.ranking.explaining import compare

    with local_stores() as (stores, _):
        found = compare(stores, stores.rankings.served(opening), first, second)
    if as_json:
        print_json(found)
        return
    table = Table("stage", "criterion", "points", "± SEM")
    for one in (*found.stages, *found.criteria):
        error = "" if one.sem is None else f"{one.sem:.1f}"
        table.add_row(one.stage, one.criterion or "all", f"{one.points:+.1f}", error)
    table.add_row("all", "", f"{found.difference:+.1f}", f"{found.sem:.1f}")
    out.print(table)
    for stage in found.changed_since:
        complain(f"A card of the stage {stage} changed since the ranking; its criteria are left out.")


@rankings_app.command("signs")
def show_signs(opening: OpeningArgument, as_json: Json = False) -> None:
    """Show answers of ranked candidates that are nearly somebody else's: to be looked at, never scored."""
    from tasks.ranking.signs import signs_of

    with local_stores() as (stores, _):
        snapshot = stores.rankings.served(opening)
        found = signs_of(stores, snapshot, [one.id for one in snapshot.ranking.candidates])
    if as_json:
        print_json(found)
        return
    table = Table("application", "stage", "answer", "like that of", "shared phrases")
    for one in found:
        for sign in one.signs:
            table.add_row(
                one.application_id, sign.stage, sign.answer_id, sign.other_application_id, f"{sign.shared:.0%}"
            )
    out.print(table)
    uncompared = sum(bool(one.not_compared) for one in found)
    if uncompared:
        complain(f"Not everything of {uncompared} candidate(s) could be compared: their answers are not indexed.")


def _sides(change: Change) -> tuple[str, ...]:
    sides = (change.before, change.after)
    return tuple("–" if one is None else f"{one.composite:.1f}, {one.best}–{one.worst}" for one in sides)


@applications_app.command("list")
def list_applications(
    opening: Annotated[str | None, typer.Option("--opening", help="Only of this opening.")] = None,
    as_json: Json = False,
) -> None:
    """List applications and where they stand; no names."""
    with local_stores() as (stores, _):
        found = stores.applications.list(opening_id=opening)
    if as_json:
        print_json(found)
        return
    table = Table("id", "opening", "state")
    for one in found:
        table.add_row(one.id, one.opening_id, one.status)
    out.print(table)


@applications_app.command("report")
def report_application(
    application: Annotated[str, typer.Argument(help="Application id.")],
    folder: Annotated[Path, typer.Option("--out", help="Where to write; made where missing, readable by you alone.")],
    blind: Annotated[
        bool, typer.Option("--blind", help="Ids instead of names, and no words of the candidate.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the report of one candidate over all stages: HTML and PDF in both languages, CSV and XLSX.

    The same numbers stand in all of them. It recommends the next step of the process and decides about nobody.
    """
    from tasks.ranking.candidate_reports import write_candidate_report

    with local_stores() as (stores, _):
        written = [str(path) for path in write_candidate_report(stores, application, folder, blind=blind)]
    show_written(written, {"application_id": application, "files": written}, as_json=as_json)


@applications_app.command("decide")
def decide(
    application: Annotated[str, typer.Argument(help="Application id.")],
    to: Annotated[str, typer.Option("--to", help=f"One of: {', '.join(STATES)}.")],
    ground: Annotated[str, typer.Option("--ground", help=f"One of: {', '.join(GROUNDS)}.")],
    text: Annotated[str, typer.Option("--text", prompt=True, help="Why, in words; stored encrypted.")],
    opened: Annotated[
        list[str] | None, typer.Option("--opened", help="Evidence you opened, KIND:ID:SECONDS (repeatable).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Record your decision about an application; its state changes by nothing else."""
    pieces = [_opened(piece) for piece in opened or []]
    given = {"to": to, "ground": ground, "text": text, "evidence": pieces}
    try:
        decision = msgspec.convert(given, Decision)
    except msgspec.ValidationError as error:
        raise BadInput(f"This is no decision: {error}.", "See ./triview applications decide --help.") from None
    with local_stores() as (stores, _):
        recorded = stores.decisions.record(application, decision)
    if as_json:
        print_json(recorded)
    else:
        out.print(f"{application}: {recorded.before} → {recorded.decision}", highlight=False)


def _opened(text: str) -> EvidenceOpened:
    parts = text.split(":")
    try:
        kind, subject, seconds = parts
        return msgspec.convert({"kind": kind, "subject": subject, "seconds": float(seconds)}, EvidenceOpened)
    except (ValueError, msgspec.ValidationError):
        raise BadInput(f"{text!r} is no evidence.", "Write KIND:ID:SECONDS, for instance scorecard:…:120.") from None


@applications_app.command("decisions")
def list_decisions(application: Annotated[str, typer.Argument(help="Application id.")], as_json: Json = False) -> None:
    """Show the decisions about an application, oldest first (the reading is an audit entry)."""
    with local_stores() as (stores, _):
        found = stores.decisions.list(application)
    if as_json:
        print_json(found)
        return
    for one in found:
        seconds = sum(piece.seconds for piece in one.evidence)
        looked = f"{len(one.evidence)} opened, {seconds:.0f} s"
        out.print(
            f"{one.decided_at[:16]} {one.actor}: {one.before} → {one.decision} ({one.ground}; {looked})", markup=False
        )
