"""Ratings of an interview by who conducts it: each for themselves, once, before seeing a number of the machine."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import opening_rubric
from include.interview.errors import BadInput, NotFound
from include.interview.live.session import OVER, LiveSession
from include.interview.records import Bilingual
from include.interview.scoring.ratings import MAX_REASON_CHARS, Rating, RatingSheet, checked_ratings, rateable
from include.security.access import Owners
from include.storage import Stores
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.request_scope import RequestScope


class RatingIn(msgspec.Struct, forbid_unknown_fields=True):
    """The level of one criterion on the rubric's anchors; a reason is required at 1 and 5."""

    criterion: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    level: Annotated[int, msgspec.Meta(ge=1, le=5)]
    reason: Annotated[str, msgspec.Meta(max_length=MAX_REASON_CHARS)] = ""


class RatingsIn(msgspec.Struct, forbid_unknown_fields=True):
    """All criteria of the interview's stage, each once."""

    ratings: list[RatingIn]


class Rateable(msgspec.Struct, frozen=True):
    """A criterion to be rated, with what each level looks like (level -> text)."""

    id: str
    name: Bilingual
    description: Bilingual
    anchors: dict[str, Bilingual]


class RatingsView(msgspec.Struct, frozen=True):
    """What is to be rated, the caller's own ratings, and everybody's.

    `rates`: whether the caller conducts this interview and has yet to rate it; meanwhile nobody else's are shown.
    """

    criteria: list[Rateable]
    rates: bool
    own: RatingSheet | None
    all: list[RatingSheet]


EXAMPLE = {
    "ratings": [
        {"criterion": "leadership", "level": 4},
        {"criterion": "strategic_thinking", "level": 3},
        {"criterion": "experience", "level": 5, "reason": "Two turnarounds of different size, with figures."},
        {"criterion": "culture_fit", "level": 3},
    ]
}


class RatingsController(Controller):
    """Levels of people beside the machine's."""

    path = "/interviews/{interview_id:str}/ratings"
    tags = ("interviews",)

    @get(summary="Ratings of an interview", opt={ACTION: "rating.read"})
    async def get_ratings(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> RatingsView:
        """What is to be rated and what was; who conducts the interview sees others' ratings after their own."""
        session = await _session(request_scope, interview_id)
        return await request_scope.run(_view, request_scope.stores, session, request_scope.caller.account_id)

    @post(operation_class=example(EXAMPLE), summary="Rate an interview", opt={ACTION: "rating.write"})
    async def create_ratings(
        self, interview_id: FromPath[str], data: JSONBody[RatingsIn], request_scope: NamedDependency[RequestScope]
    ) -> RatingSheet:
        """Give the caller's own ratings, of every criterion at once. They do not change afterwards (409).

        Who conducts an executive interview sees no number of the machine about it before this.
        """
        session = await _session(request_scope, interview_id)
        given = [Rating(one.criterion, one.level, one.reason) for one in data.ratings]
        return await request_scope.run(_rate, request_scope.stores, session, request_scope.caller.account_id, given)


async def _session(request_scope: RequestScope, interview_id: str) -> LiveSession:
    """The live session that the interview was, if the action reaches it. Raises NotFound."""
    absent = f"There is no live interview {interview_id}."
    try:
        session = await request_scope.run(request_scope.stores.live_sessions.get, interview_id)
    except NotFound:
        raise NotFound(absent, "Check the id.") from None
    request_scope.check(absent, Owners(session.interviewer_id, session.candidate_id, session.panel))
    return session


def _rate(stores: Stores, session: LiveSession, account_id: str, given: list[Rating]) -> RatingSheet:
    if account_id not in session.interviewers:
        raise NotFound("Only who conducts the interview rates it.", "Have yourself added to its panel.")
    if session.state not in OVER:
        raise BadInput("This interview is not over.", "Rate it when it was held.", code="not_over")
    opening = stores.openings.get(session.opening_id)
    criteria = rateable(opening_rubric(session.stage, opening), load_profile(session.profile), opening)
    return stores.ratings.submit(session.id, account_id, checked_ratings(given, criteria))


def _view(stores: Stores, session: LiveSession, account_id: str) -> RatingsView:
    opening = stores.openings.get(session.opening_id)
    criteria = rateable(opening_rubric(session.stage, opening), load_profile(session.profile), opening)
    conducts = account_id in session.interviewers
    own = next(iter(stores.ratings.list(session.id, account_id)), None) if conducts else None
    rates = conducts and own is None
    return RatingsView(
        criteria=[Rateable(c.id, c.name, c.description, {str(a.level): a.text for a in c.anchors}) for c in criteria],
        rates=rates,
        own=own,
        all=[] if rates else list(stores.ratings.list(session.id)),
    )
