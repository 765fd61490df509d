"""The candidate's own page: interviews, consents, and the recording for the first stage."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from include.interview.assessment.policy import Profile, load_profile
from include.interview.assessment.rubric import Rubric
from include.interview.records import Opening
from include.interview.scoring.card import effective_weights
from include.security.access import Owners
from live_gateway.web.page_scope import PageRequest, page_scope, require_page
from live_gateway.web.rendering import page

CONSENT_TEXT = "2026-11"
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
    """A candidate's interviews and consents; the upload of a recording."""
    scope = page_scope(request, "session.join_candidate")
    own = Owners(candidate_id=scope.caller.candidate_id)
    require_page(scope, own)
    candidate_id = scope.caller.candidate_id
    assert candidate_id is not None  # noqa: S101 - what the table calls a candidate's own has an id
    stores = scope.stores
    openings = await scope.run(stores.openings.list)
    titles = {opening.id: opening.title.text(scope.language) for opening in openings}
    sessions = await scope.run(stores.live_sessions.list, candidate_id=candidate_id)
    interviews = await scope.run(stores.interviews.list, None, candidate_id)
    profiles = {opening.id: load_profile(opening.profile) for opening in openings}
    return await page(
        request,
        scope,
        "me.html.j2",
        titles=titles,
        openings=openings,
        profiles=profiles,
        sessions=sorted(sessions, key=lambda session: session.created_at, reverse=True),
        recorded=[one for one in interviews if one.stage == "ai"],
        consents=await scope.run(stores.consents.list, candidate_id),
        consent_text=CONSENT_TEXT,
        chunk_bytes=CHUNK_BYTES,
    )
