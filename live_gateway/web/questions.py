"""The page on which interviewers prepare an executive interview: its questions, reasons and evidence, and no scores."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from include.interview.assessment.rubric import opening_rubric
from include.interview.live.session import LiveSession
from include.security.access import Owners
from live_gateway.request_scope import RequestScope
from live_gateway.web.page_scope import PageRequest, page_scope, require_page
from live_gateway.web.rendering import page
from tasks.executive.preparation import executive_interview
from tasks.executive.questions import readable

LOOK_AGAIN_S = 2
"""How often the page looks whether the questions are written, in seconds: writing takes about a second offline."""


@get("/sessions/{session_id:str}/questions")
async def questions_page(request: PageRequest, session_id: FromPath[str]) -> Response[str]:
    """The prepared questions of an executive session, for who conducts it and for HR."""
    scope = page_scope(request, "questions.read")
    session: LiveSession = await scope.run(scope.stores.live_sessions.get, session_id)
    require_page(scope, Owners(session.interviewer_id, session.candidate_id, session.panel))
    await scope.run(executive_interview, scope.stores, session_id)
    opening = await scope.run(scope.stores.openings.get, session.opening_id)
    rubric = opening_rubric(session.stage, opening)
    return await page(
        request,
        scope,
        "questions.html.j2",
        session=session,
        opening=opening,
        candidate_name=await scope.run(_name, scope, session.candidate_id),
        criteria={c.id: c for c in rubric.criteria},
        found=await scope.run(readable, scope.stores, session_id),
        decides=scope.may("questions.decide"),
        again_s=LOOK_AGAIN_S,
    )


def _name(scope: RequestScope, candidate_id: str) -> str:
    return scope.stores.candidates.get(candidate_id).name if scope.may("candidate.read") else ""
