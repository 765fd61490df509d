"""The pages of a live interview: the interviewer's, the candidate's, and what came of it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect

from include.interview.assessment.policy import Profile, load_profile
from include.interview.assessment.rubric import Rubric, opening_rubric
from include.interview.live import wire
from include.interview.live.session import LiveSession
from include.interview.records import Opening
from include.interview.scoring.card import effective_weights
from include.interview.scoring.review import REVIEW_GROUNDS
from include.interview.stages import STAGES
from include.security.access import Owners
from live_gateway.web.candidate import CONSENT_TEXT, explanation
from live_gateway.web.rendering import page, renew_s
from live_gateway.web.results import result_view
from live_gateway.web.staff import OPEN_STATES
from live_gateway.web.visit import Visit, visit_of
from tasks.evaluation.consent_gate import covering_consent

LOOK_AGAIN_S = 10
"""How often the result page looks whether the offline evaluation is there."""


def _owners(session: LiveSession) -> Owners:
    return Owners(account_id=session.interviewer_id, candidate_id=session.candidate_id)


async def _session(visit: Visit, session_id: str) -> LiveSession:
    return await visit.run(visit.stores.live_sessions.get, session_id)


def _rubric(session: LiveSession, opening: Opening) -> Rubric:
    return opening_rubric(session.stage, opening)


async def _setup(visit: Visit, session: LiveSession, role: wire.SocketRole, profile: Profile) -> dict[str, Any]:
    """What the page's script needs to know."""
    consent = await visit.run(covering_consent, visit.stores, session.candidate_id, session.id, profile)
    return {
        "consent_id": None if consent is None else consent.id,
        "consents": f"/api/v1/consents?candidate_id={session.candidate_id}",
        "purposes": list(profile.consents),
        "session": session.id,
        "role": role,
        "socket": f"{STAGES[session.stage].socket_path}{session.id}",
        "tickets": f"/api/v1/sessions/{session.id}/tickets",
        "microphones": session.microphones,
        "language": session.language,
        "result": f"/sessions/{session.id}/result",
        "renew_s": renew_s(visit),
        "keepalive_s": max(5.0, visit.services.settings.idle_s / 4),
    }


@get("/sessions/{session_id:str}")
async def session_page(request: Request, session_id: str) -> Response[str] | Redirect:
    """The interviewer's page while the interview can still be held; afterwards its result."""
    visit = visit_of(request)
    session = await _session(visit, session_id)
    visit.require_for("session.read", _owners(session))
    if visit.me.role == "candidate":
        return Redirect(f"/join/{session_id}", status_code=303)
    if session.state not in OPEN_STATES:
        return Redirect(f"/sessions/{session_id}/result", status_code=303)
    visit.require_for("session.join_interviewer", _owners(session))
    opening = await visit.run(visit.stores.openings.get, session.opening_id)
    candidate = await visit.run(visit.stores.candidates.get, session.candidate_id)
    rubric, profile = _rubric(session, opening), load_profile(session.profile)
    points = effective_weights(rubric, profile)
    language = visit.t.language
    setup = {
        **(await _setup(visit, session, "interviewer", profile)),
        "criteria": [
            {"id": c.id, "name": c.name.text(language), "points": points[c.id]} for c in rubric.criteria if points[c.id]
        ],
        "questions": [{"id": q.id, "text": q.text.text(session.language)} for q in opening.questions],
        "keywords": [keyword.term for keyword in opening.keywords],
    }
    return await page(
        visit, "session.html.j2", session=session, opening=opening, candidate=candidate, profile=profile, setup=setup
    )


@get("/join/{session_id:str}")
async def join_page(request: Request, session_id: str) -> Response[str] | Redirect:
    """The candidate's page: what is done with what they say, their consent, and then their own state only."""
    visit = visit_of(request)
    session = await _session(visit, session_id)
    visit.require_for("session.join_candidate", _owners(session))
    if session.state not in OPEN_STATES:
        return Redirect(f"/sessions/{session_id}/result", status_code=303)
    opening = await visit.run(visit.stores.openings.get, session.opening_id)
    rubric, profile = _rubric(session, opening), load_profile(session.profile)
    return await page(
        visit,
        "join.html.j2",
        session=session,
        opening=opening,
        profile=profile,
        rubric=rubric,
        points=effective_weights(rubric, profile),
        consent_text=CONSENT_TEXT,
        setup=await _setup(visit, session, "candidate", profile),
    )


@get("/sessions/{session_id:str}/result")
async def result_page(request: Request, session_id: str) -> Response[str] | Redirect:
    """Live and offline cards side by side; a candidate gets the notice and how to have it explained."""
    visit = visit_of(request)
    session = await _session(visit, session_id)
    candidate = visit.me.role == "candidate"
    visit.require_for("session.read" if candidate else "live_result.read", _owners(session))
    opening = await visit.run(visit.stores.openings.get, session.opening_id)
    rubric, profile = _rubric(session, opening), load_profile(session.profile)
    if candidate:
        return await page(visit, "notice.html.j2", session=session, **explanation(opening, rubric, profile))
    view = None
    if session.state not in OPEN_STATES:
        reviewing = visit.may("card.review")
        view = await visit.run(result_view, visit.stores, session, rubric, visit.t.language, reviewing=reviewing)
    name = await visit.run(_name, visit, session.candidate_id)
    return await page(
        visit,
        "result.html.j2",
        session=session,
        opening=opening,
        profile=profile,
        points=effective_weights(rubric, profile),
        view=view,
        candidate_name=name,
        review_grounds=REVIEW_GROUNDS,
        again_s=LOOK_AGAIN_S,
    )


def _name(visit: Visit, candidate_id: str) -> str:
    return visit.stores.candidates.get(candidate_id).name if visit.may("candidate.read") else ""
