"""The pages of reviewers: which cards wait for them, and a recorded interview's card with the form to answer in."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from include.interview.stages import STAGES
from include.security.access import Owners
from live_gateway.request_scope import RequestScope
from live_gateway.web.page_scope import PageRequest, page_scope, require_page
from live_gateway.web.player import player_of
from live_gateway.web.rendering import page
from live_gateway.web.results import recorded_view
from live_gateway.web.staff import PER_PAGE, PageNumber, Part
from tasks.evaluation.card_review import card_under_review, reviews_for

LIVE_PREFIX = "live."
"""Begins the code of a reason that concerns the card made during a live interview."""


@dataclass(frozen=True)
class WaitingReview:
    """One line of the list. `codes`: why a person is asked, none twice; `asked`: since when (ISO 8601, UTC)."""

    id: str
    stage: str
    candidate: str
    opening: str
    codes: tuple[str, ...]
    asked: str


@get("/reviews")
async def reviews_page(request: PageRequest, number: PageNumber = 1) -> Response[str]:
    """A part of the reviews that wait for an answer, oldest first."""
    scope = page_scope(request, "card.review")
    scope.require()
    waiting, part = await scope.run(_waiting, scope, number)
    return await page(request, scope, "reviews.html.j2", waiting=waiting, part=part)


def _waiting(scope: RequestScope, number: int) -> tuple[tuple[WaitingReview, ...], Part]:
    """Part `number` of the list; names are read for that part alone, by one query."""
    stores, start = scope.stores, (number - 1) * PER_PAGE
    found = reviews_for(stores, scope.caller.account_id)
    shown = found[start : start + PER_PAGE]
    titles = {opening.id: opening.title.text(scope.language) for opening in stores.openings.list()}
    read = scope.may("candidate.read") and bool(shown)
    names = stores.candidates.some({one.candidate_id for _, one in shown}) if read else {}
    lines = tuple(
        WaitingReview(
            id=one.id,
            stage=one.stage,
            candidate=names[one.candidate_id].name if one.candidate_id in names else "",
            opening=titles.get(one.opening_id, one.opening_id),
            codes=tuple(dict.fromkeys(code.removeprefix(LIVE_PREFIX) for code in asked.codes)),
            asked=asked.at,
        )
        for asked, one in shown
    )
    return lines, Part(number, len(found) > start + PER_PAGE)


@get("/reviews/{interview_id:str}")
async def review_page(request: PageRequest, interview_id: FromPath[str]) -> Response[str] | Redirect:
    """The card that waits, its evidence and the form; a live interview's are on its result page."""
    scope = page_scope(request, "card.review")
    interview = await scope.run(scope.stores.interviews.get, interview_id)
    require_page(scope, Owners(candidate_id=interview.candidate_id))
    if STAGES[interview.stage].live:
        return Redirect(f"/sessions/{interview_id}/result", status_code=303)
    stores, reader = scope.stores, scope.caller.account_id
    asked = await scope.run(card_under_review, stores, interview_id, reader)
    view = None if asked is None else await scope.run(recorded_view, stores, interview_id, asked, scope.language)
    player = None if view is None else await scope.run(player_of, scope, interview_id)
    candidate = await scope.run(stores.candidates.get, interview.candidate_id)
    opening = await scope.run(stores.openings.get, interview.opening_id)
    return await page(
        request,
        scope,
        "review.html.j2",
        interview=interview,
        opening=opening,
        candidate_name=candidate.name,
        view=view,
        player=player,
    )
