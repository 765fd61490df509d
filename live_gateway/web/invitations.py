"""The pages of invitations: HR's list of an opening, and the page that a candidate's link opens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from include.interview.assessment.policy import load_profile, profile_ids
from include.interview.assessment.public_opening import public_view
from include.interview.assessment.rubric import opening_rubric
from include.interview.errors import NotFound
from include.interview.invitations import (
    ANSWER_S,
    ATTEMPTS,
    EXTRA_S,
    THINKING_S,
    UNFINISHED,
    Invitation,
    Standing,
    Terms,
    standing_of,
)
from include.interview.records import Candidate
from include.interview.scoring.card import effective_weights
from include.security.access import Owners
from live_gateway.identity import invited_cookie, invited_of
from live_gateway.request_scope import RequestScope
from live_gateway.services import Services
from live_gateway.web.candidate import CHUNK_BYTES, CONSENT_TEXT
from live_gateway.web.page_scope import PageRequest, language_of
from live_gateway.web.rendering import page, public_page
from live_gateway.web.staff import PER_PAGE, PageNumber, Part, staff_scope

CHOICES = 200
"""Candidates offered at once; others are searched by name."""


@dataclass(frozen=True)
class InvitationRow:
    """One invitation as listed; `open`: it may still be answered."""

    id: str
    name: str
    standing: Standing
    answered: int
    asked: int
    deadline: str
    reminded: str | None
    interview_id: str | None
    open: bool


@get("/openings/{opening_id:str}/invitations")
async def invitations_page(request: PageRequest, opening_id: FromPath[str], number: PageNumber = 1) -> Response[str]:
    """Whom HR invited to the opening and how far they are; the form to invite more, and new links to remind by."""
    scope = staff_scope(request, "invitation.list")
    opening = await scope.run(scope.stores.openings.get, opening_id)
    rows, part = await scope.run(_rows, scope, opening_id, number)
    return await page(
        request,
        scope,
        "invitations.html.j2",
        opening=opening,
        rows=rows,
        part=part,
        candidates=await scope.run(_candidates, scope),
        choices=CHOICES,
        profiles=[load_profile(name) for name in profile_ids()],
        usual=Terms(opening.profile, ""),
        ranges={"attempts": ATTEMPTS, "thinking": THINKING_S, "answer": ANSWER_S, "extra": EXTRA_S},
    )


def _rows(scope: RequestScope, opening_id: str, number: int) -> tuple[list[InvitationRow], Part]:
    store, now = scope.stores.invitations, datetime.now(UTC)
    start = (number - 1) * PER_PAGE
    found = store.list(opening_id)[start : start + PER_PAGE + 1]
    shown = found[:PER_PAGE]
    people = scope.stores.candidates.some([one.candidate_id for one in shown])
    answered = store.numbers([one.id for one in shown])
    rows = [_row(one, people, answered.get(one.id, 0), now) for one in shown]
    return rows, Part(number, len(found) > PER_PAGE)


def _row(one: Invitation, people: dict[str, Candidate], answered: int, now: datetime) -> InvitationRow:
    standing = standing_of(one, now)
    person = people.get(one.candidate_id)
    return InvitationRow(
        one.id,
        "" if person is None else person.name,
        standing,
        answered,
        len(one.questions),
        one.terms.deadline,
        one.reminded_at,
        one.interview_id if standing == "submitted" else None,
        standing in UNFINISHED,
    )


def _candidates(scope: RequestScope) -> Collection[Candidate]:
    """The newest candidates, newest first."""
    store = scope.stores.candidates
    return store.list(CHOICES, max(0, store.count() - CHOICES))[::-1]


@get("/invitation")
async def invited_page(request: PageRequest) -> Response[str]:
    """The page of who came by a link; without the link's cookie, the door at which its secret is exchanged."""
    services: Services = request.app.state.services
    caller = invited_of(request, services)
    if caller is None:
        return public_page(request, "invitation_door.html.j2")
    scope = RequestScope(services, caller, language_of(request), "invitation.answer")
    try:
        found = await scope.run(scope.stores.invitations.get, caller.account_id)
    except NotFound:  # its person was erased
        return public_page(request, "invitation_door.html.j2")
    scope.check("There is no such invitation.", Owners(invitation_id=found.id))
    answer = public_page(request, "invited.html.j2", **await scope.run(_asked, scope, found))
    answer.set_cookie(invited_cookie(found.id, services))
    return answer


def _asked(scope: RequestScope, found: Invitation) -> dict[str, Any]:
    terms = found.terms
    opening, profile = scope.stores.openings.get(found.opening_id), load_profile(terms.profile)
    rubric = opening_rubric(terms.stage, opening)
    standing = standing_of(found, datetime.now(UTC))
    return {
        "opening": public_view(opening),
        "profile": profile,
        "rubric": rubric,
        "points": effective_weights(rubric, profile),
        "terms": terms,
        "asked": len(found.questions),
        "thinking_s": terms.thinking_s + terms.accommodations.extra_thinking_s,
        "answer_s": terms.answer_s + terms.accommodations.extra_answer_s,
        "standing": standing,
        "consent_text": CONSENT_TEXT,
        "setup": {"chunk": CHUNK_BYTES, "invitation": found.id, "standing": standing},
    }
