"""The pages of contests: a candidate's own beside the result, the list with its clock, and one to read and answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from litestar import Response, get
from litestar.params import FromPath

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import opening_rubric
from include.interview.contests import CONTEST_GROUNDS, Contest, ContestGround, ContestStanding, days_left
from include.interview.entities import Interview
from include.interview.errors import ConsentMissing, NotFound
from include.interview.scoring.review import SHOWN
from include.security.access import Owners
from include.storage import Stores
from live_gateway.problems import sentences
from live_gateway.request_scope import RequestScope
from live_gateway.web.candidate import explanation
from live_gateway.web.contest_form import contest_form
from live_gateway.web.page_scope import PageRequest, page_scope, require_page
from live_gateway.web.player import player_of
from live_gateway.web.rendering import page
from live_gateway.web.results import ResultView, view_of
from live_gateway.web.staff import PER_PAGE, PageNumber, Part
from tasks.evaluation.contests import contested_card
from tasks.executive.insight_results import login_of
from tasks.live.results import LiveResult, LiveTalk


@dataclass(frozen=True)
class OwnContests:
    """A candidate's contests of one interview, newest first. `possible`: whether another can be opened now."""

    interview_id: str
    all: tuple[Contest, ...]
    possible: bool
    grounds: tuple[ContestGround, ...] = CONTEST_GROUNDS


@dataclass(frozen=True)
class WaitingContest:
    """One line of the list. `days`: begun days that are left, 0 or less when the time is over."""

    standing: ContestStanding
    candidate: str
    opening: str
    days: int


@dataclass(frozen=True)
class ContestView:
    """One contest as it is answered.

    `view`: the card with its evidence; None where `hidden` says why it is not shown. `own`: the reader conducted, rated
    or reviewed the interview, and another person answers. `answered_by`: a login.
    """

    contest: Contest
    days: int
    view: ResultView | None
    hidden: tuple[str, str] | None
    own: bool
    answered_by: str


def own_contests(stores: Stores, interview: Interview) -> OwnContests:
    """The candidate's contests of their interview. The read is an audit entry where there are any."""
    found = stores.contests.of_interview(interview.id)
    possible = interview.status == "published" and not any(one.standing.state == "open" for one in found)
    return OwnContests(interview.id, found, possible)


@get("/me/interviews/{interview_id:str}")
async def own_interview_page(request: PageRequest, interview_id: FromPath[str]) -> Response[str]:
    """What a candidate reads after an interview of any stage, and where they contest its published result."""
    scope = page_scope(request, "contest.open")
    interview = await scope.run(scope.stores.interviews.get, interview_id)
    require_page(scope, Owners(candidate_id=interview.candidate_id))
    opening = await scope.run(scope.stores.openings.get, interview.opening_id)
    rubric, profile = opening_rubric(interview.stage, opening), load_profile(interview.profile)
    contests = await scope.run(own_contests, scope.stores, interview)
    values = explanation(opening, rubric, profile)
    return await page(request, scope, "notice.html.j2", session=interview, contests=contests, **values)


@get("/contests")
async def contests_page(request: PageRequest, number: PageNumber = 1) -> Response[str]:
    """A part of the contests that wait for an answer, those overdue first."""
    scope = page_scope(request, "contest.list")
    scope.require()
    waiting, part = await scope.run(_waiting, scope, number)
    return await page(request, scope, "contests.html.j2", waiting=waiting, part=part)


def _waiting(scope: RequestScope, number: int) -> tuple[tuple[WaitingContest, ...], Part]:
    """Part `number` of the list; names are read for that part alone, by one query."""
    stores, start, at = scope.stores, (number - 1) * PER_PAGE, datetime.now(UTC)
    found = stores.contests.list()
    shown = found[start : start + PER_PAGE]
    titles = {opening.id: opening.title.text(scope.language) for opening in stores.openings.list()}
    names = stores.candidates.some({one.candidate_id for one in shown}) if shown else {}
    lines = tuple(
        WaitingContest(
            one,
            names[one.candidate_id].name if one.candidate_id in names else "",
            titles.get(one.opening_id, one.opening_id),
            days_left(one.due_at, at),
        )
        for one in shown
    )
    return lines, Part(number, len(found) > start + PER_PAGE)


@get("/contests/{contest_id:str}")
async def contest_page(request: PageRequest, contest_id: FromPath[str]) -> Response[str]:
    """What the candidate contests, the card's evidence beside it, and the form to answer in."""
    scope = page_scope(request, "contest.answer")
    scope.require()
    standing = await scope.run(scope.stores.contests.standing, contest_id)
    found = await scope.run(_contest_view, scope, contest_id)
    player = None if found.view is None else await scope.run(player_of, scope, standing.interview_id)
    candidate = await scope.run(scope.stores.candidates.get, standing.candidate_id)
    opening = await scope.run(scope.stores.openings.get, standing.opening_id)
    return await page(
        request,
        scope,
        "contest.html.j2",
        found=found,
        standing=found.contest.standing,
        view=found.view,
        opening=opening,
        candidate_name=candidate.name,
        player=player,
        form=await scope.run(contest_form, scope.stores, contest_id, standing.interview_id, scope.language),
    )


def _contest_view(scope: RequestScope, contest_id: str) -> ContestView:
    stores, reader = scope.stores, scope.caller.account_id
    contest = stores.contests.get(contest_id)
    at = contest.standing
    own = reader in stores.contests.taking_part(at.interview_id)
    view, hidden = None, None
    try:
        view = _card_view(scope, at, answering=at.state == "open" and not own)
    except (NotFound, ConsentMissing) as refused:  # withheld, or a consent was taken back: it is answered all the same
        hidden = sentences(refused, scope.language)
    by = "" if at.answered_by is None else login_of(stores, at.answered_by)
    return ContestView(contest, days_left(at.due_at, datetime.now(UTC)), view, hidden, own, by)


def _card_view(scope: RequestScope, standing: ContestStanding, *, answering: bool) -> ResultView:
    stores, language = scope.stores, scope.language
    found = contested_card(stores, standing, scope.caller.account_id)
    result = LiveResult(standing.interview_id, "published", SHOWN, offline=found.card)
    form = contest_form(stores, standing.id, standing.interview_id, language) if answering else None
    return view_of(result, LiveTalk(found.transcript, ()), found.transcript, found.rubric, language, form=form)
