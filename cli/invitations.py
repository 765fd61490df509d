"""`./triview invitations`: inviting candidates to record the first interview, by a link each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, cast

import typer
from rich.table import Table

from cli.console import out, print_json
from cli.options import Json, check_language
from cli.session import local_stores
from include.interview.invitations import Accommodations, Invitation, Terms, standing_of
from include.storage import Stores
from tasks.ai.invitations import Invited, invite, remind

Ids = Annotated[list[str], typer.Argument(metavar="INVITATION...", help="Ids of invitations.")]
Base = Annotated[str, typer.Option("--base", help="Where candidates reach the gateway; the links begin with it.")]
LOCAL = "http://127.0.0.1:8090"

invitations_app = typer.Typer(
    no_args_is_help=True, help="Invitations to record the first interview: create, list, show, remind, revoke."
)


@invitations_app.command("create")
def create_invitations(
    opening: Annotated[str, typer.Option("--opening", help="The opening's id.")],
    candidates: Annotated[list[str], typer.Option("--candidate", help="A candidate's id (repeatable).")],
    deadline: Annotated[str, typer.Option("--deadline", help="With its zone: 2026-12-24T18:00:00+09:00.")],
    profile: Annotated[str | None, typer.Option("--profile", help="Policy profile; default: the opening's.")] = None,
    language: Annotated[str, typer.Option("--language", help="auto, ko or en.")] = "auto",
    attempts: Annotated[int, typer.Option("--attempts", help="Recordings per question.")] = 2,
    thinking: Annotated[int, typer.Option("--thinking", help="Seconds to think before each answer.")] = 30,
    answer: Annotated[int, typer.Option("--answer", help="Seconds for each answer.")] = 180,
    extra_thinking: Annotated[int, typer.Option("--extra-thinking", help="Accommodation: more seconds to think.")] = 0,
    extra_answer: Annotated[int, typer.Option("--extra-answer", help="Accommodation: more seconds to answer.")] = 0,
    base: Base = LOCAL,
    as_json: Json = False,
) -> None:
    """Invite candidates to OPENING, all or none, and print the link of each: it is told this once."""
    with local_stores() as (stores, _):
        terms = Terms(
            profile or stores.openings.get(opening).profile,
            deadline,
            language=cast("Any", check_language(language)),
            attempts=attempts,
            thinking_s=thinking,
            answer_s=answer,
            accommodations=Accommodations(extra_thinking, extra_answer),
        )
        made = invite(stores, opening, candidates, terms)
    _show_links(made, base, as_json=as_json)


@invitations_app.command("list")
def list_invitations(
    opening: Annotated[str | None, typer.Option("--opening", help="Only of this opening.")] = None,
    as_json: Json = False,
) -> None:
    """List invitations and where they stand, newest first; no names."""
    with local_stores() as (stores, _):
        found = stores.invitations.list(opening)
        answered = stores.invitations.numbers([one.id for one in found])
    if as_json:
        print_json([_view(one, answered.get(one.id, 0)) for one in found])
        return
    table = Table("id", "opening", "standing", "answered", "deadline (UTC)")
    for one in found:
        standing = standing_of(one, datetime.now(UTC))
        count = f"{answered.get(one.id, 0)}/{len(one.questions)}"
        table.add_row(one.id, one.opening_id, standing, count, one.terms.deadline[:16])
    out.print(table)


@invitations_app.command("show")
def show_invitation(
    invitation: Annotated[str, typer.Argument(help="The invitation's id.")], as_json: Json = False
) -> None:
    """Show one invitation: its terms, accommodations, and the attempts at each question."""
    with local_stores() as (stores, _):
        found, answers = stores.invitations.get(invitation), stores.invitations.answers(invitation)
    view = _view(found, len({one.question_id for one in answers if one.complete}))
    if as_json:
        print_json(view | {"terms": found.terms, "answers": answers})
        return
    for name, value in view.items():
        out.print(f"{name:<14} {value}", highlight=False)
    terms = found.terms
    out.print(f"{'thinking':<14} {terms.thinking_s} s + {terms.accommodations.extra_thinking_s} s", highlight=False)
    out.print(f"{'answer':<14} {terms.answer_s} s + {terms.accommodations.extra_answer_s} s", highlight=False)
    for one in answers:
        state = "arrived" if one.complete else f"{one.received} of {one.size} bytes"
        out.print(f"{one.question_id:<14} attempt {one.attempt}: {state}", highlight=False)


@invitations_app.command("remind")
def remind_of(invitations: Ids, base: Base = LOCAL, as_json: Json = False) -> None:
    """Print new links of invitations that may still be answered; the links before open nothing any more."""
    with local_stores() as (stores, _):
        made = remind(stores, invitations)
    _show_links(made, base, as_json=as_json)


@invitations_app.command("revoke")
def revoke_invitations(invitations: Ids, as_json: Json = False) -> None:
    """Take invitations back: their links and whoever came by them can do nothing any more."""
    with local_stores() as (stores, _):
        revoked = [_revoked(stores, one) for one in invitations]
    if as_json:
        print_json(revoked)
        return
    for one in revoked:
        out.print(f"{one['id']}: {one['standing']}", highlight=False)


def _revoked(stores: Stores, invitation_id: str) -> dict[str, Any]:
    found = stores.invitations.revoke(invitation_id)
    return _view(found, stores.invitations.numbers([found.id]).get(found.id, 0))


def _view(one: Invitation, answered: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "opening_id": one.opening_id,
        "candidate_id": one.candidate_id,
        "standing": standing_of(one, datetime.now(UTC)),
        "stage": one.terms.stage,
        "profile": one.terms.profile,
        "language": one.terms.language,
        "attempts": one.terms.attempts,
        "deadline": one.terms.deadline,
        "asked": len(one.questions),
        "answered": answered,
        "interview_id": one.interview_id,
    }


def _show_links(made: tuple[Invited, ...], base: str, *, as_json: bool) -> None:
    rows = [
        {
            "invitation_id": one.invitation.id,
            "candidate_id": one.invitation.candidate_id,
            "deadline": one.invitation.terms.deadline,
            "link": base.rstrip("/") + one.link,
        }
        for one in made
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        out.print(f"{row['candidate_id']}  {row['deadline'][:16]} UTC  {row['link']}", highlight=False, soft_wrap=True)
