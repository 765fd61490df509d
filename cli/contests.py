"""`./triview contests`: what candidates contest of published results, and the answers of people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, cast

import typer
from rich.markup import escape
from rich.table import Table

from cli.console import out, print_json
from cli.options import Json, check_choice
from cli.session import local_stores
from include.interview.contests import (
    CONTEST_OUTCOMES,
    CONTEST_STATES,
    Contest,
    ContestAnswer,
    ContestOutcome,
    ContestStanding,
    ContestState,
    days_left,
)

ALL = "all"
ContestId = Annotated[str, typer.Argument(metavar="CONTEST", help="Id of the contest, as `contests list` shows it.")]

contests_app = typer.Typer(
    no_args_is_help=True, help="Contests of published results: list, show, answer within 30 days."
)


@contests_app.command("list")
def list_contests(
    state: Annotated[str, typer.Option("--state", help=f"One of: {', '.join((*CONTEST_STATES, ALL))}.")] = "open",
    as_json: Json = False,
) -> None:
    """List contests without anybody's words, by when their answer is due: those overdue first."""
    check_choice(state, (*CONTEST_STATES, ALL), "--state")
    with local_stores() as (stores, _):
        found = stores.contests.list(None if state == ALL else cast("ContestState", state))
    at = datetime.now(UTC)
    if as_json:
        print_json({"contests": [{"contest": one, "days_left": days_left(one.due_at, at)} for one in found]})
        return
    table = Table("contest", "interview", "stage", "grounds", "state", "due", "days left")
    for one in found:
        left = str(days_left(one.due_at, at)) if one.state == "open" else ""
        table.add_row(
            one.id, one.interview_id, one.stage, ", ".join(one.grounds), one.state, f"{one.due_at:%Y-%m-%d}", left
        )
    out.print(table)


@contests_app.command("show")
def show_contest(contest: ContestId, as_json: Json = False) -> None:
    """Show a contest with the candidate's words and the answer (the reading is an audit entry)."""
    with local_stores() as (stores, _):
        found = stores.contests.get(contest)
    if as_json:
        print_json(found)
    else:
        _show(found)


@contests_app.command("answer")
def answer(
    contest: ContestId,
    outcome: Annotated[str, typer.Option("--outcome", help=f"One of: {', '.join(CONTEST_OUTCOMES)}.")],
    text: Annotated[str, typer.Option("--text", prompt=True, help="For the candidate, in the contest's language.")],
    evidence: Annotated[
        list[str] | None, typer.Option("--evidence", help="A criterion whose evidence you opened (repeatable).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Answer a contest, once and for good. `upheld` needs evidence; `withheld` hides the card from everybody.

    You act under the operating system's name: answer on the page /contests for an account's name in the audit trail.
    """
    check_choice(outcome, CONTEST_OUTCOMES, "--outcome")
    from tasks.evaluation.contests import answer_contest

    with local_stores() as (stores, _):
        given = ContestAnswer(cast("ContestOutcome", outcome), text, tuple(evidence or ()))
        found = answer_contest(stores, contest, given)
    if as_json:
        print_json(found)
    else:
        _show(found)


def _show(found: Contest) -> None:
    at: ContestStanding = found.standing
    out.print(f"[bold]{at.id}[/]  {at.state}, {at.stage} interview {at.interview_id}", highlight=False)
    out.print(
        f"Opened {at.opened_at:%Y-%m-%d}, answer due {at.due_at:%Y-%m-%d} in {at.language}: {', '.join(at.grounds)}",
        highlight=False,
    )
    out.print(f"“{escape(found.words)}”", highlight=False)
    if found.answer is not None:
        out.print(f"{at.outcome} by {escape(at.answered_by or '')}: “{escape(found.answer)}”", highlight=False)
