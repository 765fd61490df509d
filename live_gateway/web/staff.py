"""The pages of HR and interviewers: interviews, openings, candidates, accounts. Forms are sent to the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from include.interview.assessment.policy import load_profile, profile_ids
from include.interview.assessment.rubric import Criterion, load_rubric
from include.interview.live.session import LiveSession
from include.interview.records import DEFAULT_PLACES, STAGE_WEIGHTS, Opening
from include.interview.stages import LIVE_STAGES, STAGES
from include.security.access import ROLES, SECOND_PERSON, Action, Owners, may
from include.storage.repositories.account_rows import Account
from include.storage.repositories.applications import Application
from live_gateway.identity import Forbidden, actor_of
from live_gateway.request_scope import RequestScope
from live_gateway.web.page_scope import PageRequest, page_scope
from live_gateway.web.rendering import page
from tasks.evaluation.card_standing import is_withheld
from tasks.executive.insight_results import awaits_decision
from tasks.ranking.listing import candidates_named

OPEN_STATES = ("created", "live")
"""States in which a session can be joined."""
EVALUATION_STATES = ("processing", "review", "published", "failed")
"""Where an interview stands once its session was handed over."""
PER_PAGE = 50
MAX_PAGE = 10_000
MAX_SEARCH = 100
MOST_OFFERED = 50
"""Candidates that the form for a new session offers before one is searched."""
PageNumber = Annotated[int, QueryParameter(name="page", ge=1, le=MAX_PAGE)]


@dataclass(frozen=True)
class Row:
    """One interview as listed. `open`: it can still be held; `joins`: by the reader, who conducts it."""

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


@dataclass(frozen=True)
class AccountRow:
    """One account as listed: its state, and what the reader may do to it, as the interface calls it.

    `second`: a new link makes it wait for a second person.
    """

    account: Account
    state: str
    acts: tuple[str, ...]
    second: bool = False


def _part(found: list[Row], number: int) -> tuple[list[Row], Part]:
    start = (number - 1) * PER_PAGE
    return found[start : start + PER_PAGE], Part(number, len(found) > start + PER_PAGE)


def staff_scope(request: PageRequest, action: Action) -> RequestScope:
    """The scope of a page for staff that does `action`; candidates have a page of their own.

    Raises:
        NotLoggedIn: nobody asks. Forbidden: not theirs.
    """
    scope = page_scope(request, action)
    if scope.caller.role == "candidate":
        raise Forbidden("Your role may not open this page.", "Your own page is /me.")
    scope.require()
    return scope


@get("/interviews")
async def interviews(request: PageRequest, number: PageNumber = 1) -> Response[str]:
    """Live sessions and recorded interviews that the reader may see, and the form for a new session."""
    scope = staff_scope(request, "opening.list")
    openings = await scope.run(scope.stores.openings.list)
    listed, part = _part(await scope.run(_rows, scope, openings), number)
    rows = await scope.run(_reviewed, scope, await scope.run(_named, scope, listed))
    return await page(
        request,
        scope,
        "interviews.html.j2",
        openings=openings,
        offered=await scope.run(_offered, scope),
        rows=rows,
        part=part,
        profiles=[load_profile(name) for name in profile_ids()],
        live_stages=LIVE_STAGES,
        panel_stages=[stage for stage in LIVE_STAGES if STAGES[stage].interviewers > 1],
        preparing_stages=[stage for stage in LIVE_STAGES if STAGES[stage].preparation],
        conductors=await scope.run(_conductors, scope),
        account_id=scope.caller.account_id,
        deciding=await scope.run(_deciding, scope, rows),
        operation=await scope.services.unready() if scope.may("operations.read") else None,
    )


def _offered(scope: RequestScope) -> dict[str, str]:
    """Candidate id -> name of the newest ones, newest first, for who plans interviews; others are searched by name."""
    if not (scope.may("candidate.list") and scope.may("session.create")):
        return {}
    first = max(0, scope.stores.candidates.count() - MOST_OFFERED)
    return {one.id: one.name for one in reversed(scope.stores.candidates.list(MOST_OFFERED, first))}


def _named(scope: RequestScope, rows: list[Row]) -> list[Row]:
    """The rows with names in place of ids, read for these alone; without names for who may not read them."""
    found = (
        scope.stores.candidates.some({row.candidate for row in rows}) if rows and scope.may("candidate.list") else {}
    )
    return [replace(row, candidate=found[row.candidate].name if row.candidate in found else "") for row in rows]


def _conductors(scope: RequestScope) -> dict[str, str]:
    """Account id -> login of everybody who may conduct an interview; for who plans interviews of others."""
    if not (scope.may("account.list") and scope.may("session.create")):
        return {}
    found = scope.stores.accounts.list()
    return {one.id: one.login for one in found if one.active and may(one.role, "session.join_interviewer")}


def _deciding(scope: RequestScope, rows: list[Row]) -> frozenset[str]:
    """Ids of the listed interviews whose insights wait for the reader's decision."""
    if not scope.may("insight.decide"):
        return frozenset()
    held = [row.id for row in rows if not row.open and STAGES[row.stage].has_insights]  # type: ignore[index]
    return frozenset(one for one in held if awaits_decision(scope.stores, one, scope.caller.account_id))


def _sessions(scope: RequestScope) -> Sequence[LiveSession]:
    """The reader's sessions; for who only reads results, all that were held."""
    reach = scope.reach("session.list")
    if reach is not None:
        return scope.stores.live_sessions.list(interviewer_id=reach.account_id)
    if scope.reach("live_result.read") != Owners():
        return ()
    return [one for one in scope.stores.live_sessions.list() if one.state not in OPEN_STATES]


def _rows(scope: RequestScope, openings: tuple[Opening, ...]) -> list[Row]:
    """Newest first; `candidate` is the id yet."""
    titles = {opening.id: opening.title.text(scope.language) for opening in openings}
    rows = []
    sessions = _sessions(scope)
    evaluated = {one.id: one.status for one in scope.stores.interviews.list(None, None)} if sessions else {}
    for session in sessions:
        status = evaluated.get(session.id, "")
        rows.append(
            Row(
                id=session.id,
                stage=session.stage,
                state=status if session.state == "handed_over" and status in EVALUATION_STATES else session.state,
                candidate=session.candidate_id,
                opening=titles.get(session.opening_id, session.opening_id),
                created=session.created_at,
                open=session.state in OPEN_STATES,
                joins=session.state in OPEN_STATES and scope.caller.account_id in session.interviewers,
            )
        )
    return sorted(rows, key=lambda row: row.created, reverse=True) + _recorded(scope, titles)


def _reviewed(scope: RequestScope, rows: list[Row]) -> list[Row]:
    """The rows with those told apart whose card a reviewer withheld: the interview's status stays `review`."""
    return [
        replace(row, state="withheld") if row.state == "review" and is_withheld(scope.stores, row.id) else row
        for row in rows
    ]


def _recorded(scope: RequestScope, titles: dict[str, str]) -> list[Row]:
    """Interviews of stage 1: nobody leads them, so only who may see all interviews sees them."""
    if scope.reach("interview.list") != Owners():
        return []
    found = [one for one in scope.stores.interviews.list(None, None) if one.stage == "ai"]
    return [
        Row(
            id=one.id,
            stage=one.stage,
            state=one.status,
            candidate=one.candidate_id,
            opening=titles.get(one.opening_id, one.opening_id),
            created="",
        )
        for one in reversed(found)
    ]


@get("/openings")
async def openings(request: PageRequest) -> Response[str]:
    """The list of all openings."""
    scope = staff_scope(request, "opening.list")
    return await page(request, scope, "openings.html.j2", openings=await scope.run(scope.stores.openings.list))


async def _opening_form(request: PageRequest, scope: RequestScope, opening: Opening | None) -> Response[str]:
    return await page(
        request,
        scope,
        "opening.html.j2",
        opening=opening,
        stored=None if opening is None else msgspec.to_builtins(opening),
        default_places=DEFAULT_PLACES,
        mapped=_mapped(opening),
        weights=_weights(opening),
        profiles=[load_profile(name) for name in profile_ids()],
        writes=scope.may("opening.write"),
    )


def _mapped(opening: Opening | None) -> dict[str, list[Criterion]]:
    """Stage -> the criteria that its questions may be mapped to, by the rubric the opening is judged by."""
    rubrics = {
        stage: load_rubric(stage, facts.rubric_version if opening is None else facts.rubric_version_of(opening))
        for stage, facts in STAGES.items()
    }
    return {stage: [c for c in rubric.criteria if c.scope == "mapped"] for stage, rubric in rubrics.items()}


def _weights(opening: Opening | None) -> dict[str, float]:
    """Stage -> weight as the form shows it: the opening's, or those of an opening that states none."""
    stated = STAGE_WEIGHTS if opening is None else opening.stage_weights
    return {stage: stated.get(stage, 0.0) for stage in STAGES}


@get("/openings/new")
async def new_opening(request: PageRequest) -> Response[str]:
    """The form for a new opening."""
    scope = staff_scope(request, "opening.write")
    return await _opening_form(request, scope, None)


@get("/openings/{opening_id:str}")
async def edit_opening(request: PageRequest, opening_id: FromPath[str]) -> Response[str]:
    """An opening, as a form for who may change it."""
    scope = staff_scope(request, "opening.read")
    return await _opening_form(request, scope, await scope.run(scope.stores.openings.get, opening_id))


class NameSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is searched by name, and which part of it is shown: in a body, for a name never stands in an address."""

    q: Annotated[str, msgspec.Meta(max_length=MAX_SEARCH)]
    page: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = 1


@get("/candidates")
async def candidates(request: PageRequest, number: PageNumber = 1) -> Response[str]:
    """The candidates with what they applied for, a search by name, and the form for a new one."""
    return await _candidates(request, number, "")


@post("/candidates", status_code=200)
async def candidates_found(request: PageRequest, data: JSONBody[NameSearch]) -> Response[str]:
    """The candidates whose name holds what is searched."""
    return await _candidates(request, data.page, data.q)


async def _candidates(request: PageRequest, number: int, search: str) -> Response[str]:
    scope = staff_scope(request, "candidate.list")
    offset = (number - 1) * PER_PAGE
    if search.strip():
        found = (await scope.run(candidates_named, scope.stores, search))[offset:]
    else:
        found = list(await scope.run(scope.stores.candidates.list, PER_PAGE + 1, offset))
    shown, part = found[:PER_PAGE], Part(number, len(found) > PER_PAGE)
    applications: Mapping[str, tuple[Application, ...]] = {}
    if scope.may("application.list"):
        ids = [one.id for one in shown]
        applications = await scope.run(scope.stores.applications.of_candidates, ids)
    openings = await scope.run(scope.stores.openings.list)
    return await page(
        request,
        scope,
        "candidates.html.j2",
        candidates=shown,
        applications=applications,
        titles={one.id: one.title.text(scope.language) for one in openings},
        search=search,
        part=part,
    )


@get("/accounts")
async def accounts(request: PageRequest) -> Response[str]:
    """The logins, and the form for a new one."""
    scope = staff_scope(request, "account.list")
    roles = [role for role in ROLES if role not in ("candidate", "service")]
    found = await scope.run(scope.stores.accounts.list)
    rows = [_account_row(account, actor_of(scope.caller)) for account in found]
    return await page(request, scope, "accounts.html.j2", accounts=rows, roles=roles)


def _account_row(account: Account, reader: str) -> AccountRow:
    if not account.active:
        erased = account.candidate_id is not None and not account.activated and account.login.startswith("erased-")
        return AccountRow(account, "closed", () if erased else ("open",))
    acts: tuple[str, ...] = ("activation", "close")
    second = account.role in SECOND_PERSON
    if account.proposed_by:
        mine = account.proposed(reader)
        return AccountRow(account, "awaiting_second", acts if mine else ("confirm", *acts), second)
    return AccountRow(account, "active" if account.activated else "awaiting_activation", acts, second)
