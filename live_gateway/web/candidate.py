"""The candidate's own page: invitations, interviews and consents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from litestar import Response, get

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Rubric
from include.interview.invitations import standing_of
from include.interview.records import Opening
from include.interview.scoring.card import effective_weights
from include.security.access import Owners
from live_gateway.web.page_scope import PageRequest, page_scope, require_page
from live_gateway.web.rendering import page

CONSENT_TEXT = "2026-12"
"""Version of the consent's wording on these pages: a changed word is a new version."""
CHUNK_BYTES = 4 * 1024 * 1024
"""What the page sends of a recording in one request."""


def explanation(opening: Opening, rubric: Rubric, profile: Profile) -> dict[str, Any]:
    """What a candidate reads after an interview: how it is evaluated, who decides, what they may ask for."""
    return {
        "opening": opening,
        "rubric": rubric,
        "profile": profile,
        "points": effective_weights(rubric, profile),
    }


@get("/me")
async def own_page(request: PageRequest) -> Response[str]:
    """A candidate's invitations, interviews and consents."""
    scope = page_scope(request, "session.join_candidate")
    own = Owners(candidate_id=scope.caller.candidate_id)
    require_page(scope, own)
    candidate_id = scope.caller.candidate_id
    assert candidate_id is not None  # noqa: S101 - what the table calls a candidate's own has an id
    stores = scope.stores
    sessions = await scope.run(stores.live_sessions.list, candidate_id=candidate_id)
    interviews = await scope.run(stores.interviews.list, None, candidate_id)
    invitations = await scope.run(stores.invitations.list, None, candidate_id)
    applied = {one.opening_id for one in sessions} | {one.opening_id for one in interviews}
    applied |= {one.opening_id for one in invitations}
    openings = await scope.run(stores.openings.some, sorted(applied))
    contests = await scope.run(stores.contests.newest, [one.id for one in interviews])
    now = datetime.now(UTC)
    return await page(
        request,
        scope,
        "me.html.j2",
        titles={identity: opening.title.text(scope.language) for identity, opening in openings.items()},
        invitations=[(one, standing_of(one, now)) for one in invitations],
        sessions=sorted(sessions, key=lambda session: session.created_at, reverse=True),
        recorded=[one for one in interviews if one.stage == "ai"],
        contests=contests,
        consents=await scope.run(stores.consents.list, candidate_id),
    )
