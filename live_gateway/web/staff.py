"""The pages of HR and interviewers: interviews, openings, candidates, accounts. Forms are sent to the interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import Request, Response, get
from litestar.params import QueryParameter

from include.interview.assessment.policy import load_profile, profile_ids
from include.interview.records import Opening
from include.security.access import ROLES, Action, Owners
from live_gateway.identity import Forbidden
from live_gateway.web.rendering import page
from live_gateway.web.visit import Visit, visit_of

OPEN_STATES = ("created", "live")
"""States in which a session can be joined."""
PER_PAGE = 50
MAX_PAGE = 10_000
PageNumber = Annotated[int, QueryParameter(name="page", ge=1, le=MAX_PAGE)]


@dataclass(frozen=True)
class Row:
    """One interview as listed. `open`: it can still be held; `joins`: by the reader, who leads it."""

    id: str
    stage: str
    state: str
    candidate: str
    opening: str
    created: str
    open: bool = False
    joins: bool = False


@dataclass(frozen=True)
class Part:
    """One page of a list."""

    number: int
    more: bool


def _part(found: list[Row], number: int) -> tuple[list[Row], Part]:
    start = (number - 1) * PER_PAGE
    return found[start : start + PER_PAGE], Part(number, len(found) > start + PER_PAGE)


def _staff(request: Request, action: Action) -> Visit:
    """The visit of somebody who works here and may do `action`; candidates have a page of their own.

    Raises:
        NotLoggedIn: nobody asks. Forbidden: not theirs.
    """
    visit = visit_of(request)
    if visit.me.role == "candidate":
        raise Forbidden("Your role may not open this page.", "Your own page is /me.")
    visit.require(action)
    return visit


@get("/interviews")
async def interviews(request: Request, number: PageNumber = 1) -> Response[str]:
    """Live sessions and recorded interviews that the reader may see, and the form for a new session."""
    visit = _staff(request, "opening.list")
    openings = await visit.run(visit.stores.openings.list)
    names = await visit.run(_names, visit)
    rows, part = _part(await visit.run(_rows, visit, openings, names), number)
    return await page(
        visit,
        "interviews.html.j2",
        openings=openings,
        names=names,
        rows=rows,
        part=part,
        profiles=[load_profile(name) for name in profile_ids()],
        operation=await visit.services.unready() if visit.may("operations.read") else None,
    )


def _names(visit: Visit) -> dict[str, str]:
    """Candidate id -> name, for who may read them."""
    return {one.id: one.name for one in visit.stores.candidates.list()} if visit.may("candidate.list") else {}


def _rows(visit: Visit, openings: tuple[Opening, ...], names: dict[str, str]) -> list[Row]:
    """Newest first."""
    titles = {opening.id: opening.title.text(visit.t.language) for opening in openings}
    rows = []
    share = visit.share("session.list")
    sessions = () if share is None else visit.stores.live_sessions.list(interviewer_id=share.account_id)
    for session in sessions:
        rows.append(
            Row(
                id=session.id,
                stage=session.stage,
                state=session.state,
                candidate=names.get(session.candidate_id, ""),
                opening=titles.get(session.opening_id, session.opening_id),
                created=session.created_at,
                open=session.state in OPEN_STATES,
                joins=session.state in OPEN_STATES and session.interviewer_id == visit.me.account_id,
            )
        )
    return sorted(rows, key=lambda row: row.created, reverse=True) + _recorded(visit, titles, names)


def _recorded(visit: Visit, titles: dict[str, str], names: dict[str, str]) -> list[Row]:
    """Interviews of stage 1: nobody leads them, so only who may see all interviews sees them."""
    if visit.share("interview.list") != Owners():
        return []
    found = [one for one in visit.stores.interviews.list(None, None) if one.stage == "ai"]
    return [
        Row(
            id=one.id,
            stage=one.stage,
            state=one.status,
            candidate=names.get(one.candidate_id, ""),
            opening=titles.get(one.opening_id, one.opening_id),
            created="",
        )
        for one in reversed(found)
    ]


@get("/openings")
async def openings(request: Request) -> Response[str]:
    """All openings."""
    visit = _staff(request, "opening.list")
    return await page(visit, "openings.html.j2", openings=await visit.run(visit.stores.openings.list))


async def _opening_form(visit: Visit, opening: Opening | None) -> Response[str]:
    return await page(
        visit,
        "opening.html.j2",
        opening=opening,
        stored=None if opening is None else msgspec.to_builtins(opening),
        profiles=[load_profile(name) for name in profile_ids()],
        writes=visit.may("opening.write"),
    )


@get("/openings/new")
async def new_opening(request: Request) -> Response[str]:
    """The form for a new opening."""
    visit = _staff(request, "opening.write")
    return await _opening_form(visit, None)


@get("/openings/{opening_id:str}")
async def edit_opening(request: Request, opening_id: str) -> Response[str]:
    """An opening, as a form for who may change it."""
    visit = _staff(request, "opening.read")
    return await _opening_form(visit, await visit.run(visit.stores.openings.get, opening_id))


@get("/candidates")
async def candidates(request: Request, number: PageNumber = 1) -> Response[str]:
    """The candidates, and the form for a new one."""
    visit = _staff(request, "candidate.list")
    found = await visit.run(visit.stores.candidates.list, PER_PAGE + 1, (number - 1) * PER_PAGE)
    part = Part(number, len(found) > PER_PAGE)
    return await page(visit, "candidates.html.j2", candidates=found[:PER_PAGE], part=part)


@get("/accounts")
async def accounts(request: Request) -> Response[str]:
    """The logins, and the form for a new one."""
    visit = _staff(request, "account.list")
    roles = [role for role in ROLES if role not in ("candidate", "service")]
    return await page(visit, "accounts.html.j2", accounts=await visit.run(visit.stores.accounts.list), roles=roles)
