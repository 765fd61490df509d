"""The pages of a live interview: the interviewer's, the candidate's, and what came of it."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from include.interview.assessment.policy import Profile, load_profile
from include.interview.assessment.rubric import Rubric, opening_rubric
from include.interview.live import wire
from include.interview.live.session import LiveSession
from include.interview.preparation.open_matters import criteria_shares
from include.interview.records import Opening
from include.interview.scoring.card import effective_weights
from include.interview.scoring.review import REVIEW_GROUNDS
from include.interview.stages import STAGES
from include.security.access import Owners
from live_gateway.request_scope import RequestScope
from live_gateway.web.candidate import CONSENT_TEXT, explanation
from live_gateway.web.contests import own_contests
from live_gateway.web.insights import insights_page
from live_gateway.web.page_scope import PageRequest, page_scope, require_page
from live_gateway.web.player import player_of
from live_gateway.web.ratings import ratings_page
from live_gateway.web.rendering import page, renew_s
from live_gateway.web.results import result_view
from live_gateway.web.staff import OPEN_STATES
from tasks.evaluation.card_standing import rates_first
from tasks.evaluation.consent_gate import covering_consent, purposes_given
from tasks.executive.questions import accepted_questions

LOOK_AGAIN_S = 10
"""How often the result page looks whether the offline evaluation is there."""


def _owners(session: LiveSession) -> Owners:
    return Owners(session.interviewer_id, session.candidate_id, session.panel)


async def _session(scope: RequestScope, session_id: str) -> LiveSession:
    return await scope.run(scope.stores.live_sessions.get, session_id)


def _rubric(session: LiveSession, opening: Opening) -> Rubric:
    return opening_rubric(session.stage, opening)


async def _setup(scope: RequestScope, session: LiveSession, role: wire.SocketRole, profile: Profile) -> dict[str, Any]:
    """What the page's script needs to know."""
    consent = await scope.run(covering_consent, scope.stores, session.candidate_id, session.id, profile)
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
        "renew_s": renew_s(scope),
        "keepalive_s": max(5.0, scope.services.settings.idle_s / 4),
    }


@get("/sessions/{session_id:str}")
async def session_page(request: PageRequest, session_id: FromPath[str]) -> Response[str] | Redirect:
    """The interviewer's page while the interview can still be held; afterwards its result."""
    scope = page_scope(request, "session.read")
    session = await _session(scope, session_id)
    require_page(scope, _owners(session))
    if scope.caller.role == "candidate":
        return Redirect(f"/join/{session_id}", status_code=303)
    if session.state not in OPEN_STATES:
        return Redirect(f"/sessions/{session_id}/result", status_code=303)
    require_page(scope, _owners(session), "session.join_interviewer")
    opening = await scope.run(scope.stores.openings.get, session.opening_id)
    candidate = await scope.run(scope.stores.candidates.get, session.candidate_id)
    rubric, profile = _rubric(session, opening), load_profile(session.profile)
    given = await scope.run(purposes_given, scope.stores, session.candidate_id, session.id)
    points = effective_weights(rubric, profile.agreed(given))
    language = scope.language
    panel = await scope.run(_panel, scope, session)
    blind = await scope.run(rates_first, scope.stores, session, scope.caller.account_id)
    hears = panel is None or bool(panel["leads"])
    facts, names = STAGES[session.stage], {c.id: c.name.text(language) for c in rubric.criteria}
    prepared = await scope.run(accepted_questions, scope.stores, session.id) if facts.preparation else ()
    covered = criteria_shares(opening, rubric, profile) if facts.probes else {}
    setup = {
        **(await _setup(scope, session, "interviewer", profile)),
        "panel": panel,
        "hears": hears,
        "criteria": [
            {"id": c.id, "name": c.name.text(language), "points": points[c.id]} for c in rubric.criteria if points[c.id]
        ],
        "questions": [{"id": q.id, "text": q.text.text(session.language)} for q in opening.questions],
        "prepared": [{"id": q.id, "text": q.wording, "about": names.get(q.criterion, q.criterion)} for q in prepared],
        "covered": [{"id": c, "name": names[c]} for c in covered],
        "keywords": [keyword.term for keyword in opening.keywords],
    }
    return await page(
        request,
        scope,
        "session.html.j2",
        session=session,
        opening=opening,
        candidate=candidate,
        profile=profile,
        setup=setup,
        panel=panel,
        hears=hears,
        blind=blind,
    )


def _panel(scope: RequestScope, session: LiveSession) -> dict[str, Any] | None:
    """What the page needs to show and change the panel; None for a stage that one person conducts."""
    if STAGES[session.stage].interviewers == 1:
        return None
    account = scope.caller.account_id
    return {
        "url": f"/api/v1/sessions/{session.id}/panel",
        "account": account,
        "leads": account == session.interviewer_id,
        "manages": scope.caller.role == "hr",
        "members": [
            {
                "account_id": member,
                "login": scope.stores.accounts.get(member).login,
                "leads": member == session.interviewer_id,
                "here": False,
            }
            for member in session.interviewers
        ],
    }


@get("/join/{session_id:str}")
async def join_page(request: PageRequest, session_id: FromPath[str]) -> Response[str] | Redirect:
    """The candidate's page: what is done with what they say, their consent, and then their own state only."""
    scope = page_scope(request, "session.join_candidate")
    session = await _session(scope, session_id)
    require_page(scope, _owners(session))
    if session.state not in OPEN_STATES:
        return Redirect(f"/sessions/{session_id}/result", status_code=303)
    opening = await scope.run(scope.stores.openings.get, session.opening_id)
    rubric, profile = _rubric(session, opening), load_profile(session.profile)
    return await page(
        request,
        scope,
        "join.html.j2",
        session=session,
        opening=opening,
        profile=profile,
        rubric=rubric,
        panel=STAGES[session.stage].interviewers > 1,
        points=effective_weights(rubric, profile),
        consent_text=CONSENT_TEXT,
        setup=await _setup(scope, session, "candidate", profile),
    )


@get("/sessions/{session_id:str}/result")
async def result_page(request: PageRequest, session_id: FromPath[str]) -> Response[str] | Redirect:
    """Live and offline cards side by side; a candidate gets the notice and how to have it explained."""
    scope = page_scope(request, "live_result.read")
    session = await _session(scope, session_id)
    candidate = scope.caller.role == "candidate"
    require_page(scope, _owners(session), "session.read" if candidate else None)
    opening = await scope.run(scope.stores.openings.get, session.opening_id)
    rubric, profile = _rubric(session, opening), load_profile(session.profile)
    if candidate:
        interview = await scope.run(scope.stores.interviews.get, session_id)
        contests = await scope.run(own_contests, scope.stores, interview)
        values = explanation(opening, rubric, profile)
        return await page(request, scope, "notice.html.j2", session=session, contests=contests, **values)
    view = ratings = insights = player = None
    if session.state not in OPEN_STATES:
        if STAGES[session.stage].has_insights and scope.may("insight.read"):
            insights = await scope.run(insights_page, scope, session.id, session.stage)
        player = await scope.run(player_of, scope, session.id)
        reader, language = scope.caller.account_id, scope.language
        ratings = await scope.run(ratings_page, scope.stores, session, opening, rubric, reader, language)
        reviewing = scope.may("card.review")
        view = await scope.run(
            result_view,
            scope.stores,
            session,
            rubric,
            scope.language,
            reviewing=reviewing,
            reader=scope.caller.account_id,
            moments=() if insights is None else insights.moments,
        )
    name = await scope.run(_name, scope, session.candidate_id)
    return await page(
        request,
        scope,
        "result.html.j2",
        session=session,
        opening=opening,
        profile=profile,
        points=effective_weights(rubric, profile),
        view=view,
        ratings=ratings,
        insights=insights,
        player=player,
        candidate_name=name,
        review_grounds=REVIEW_GROUNDS,
        again_s=LOOK_AGAIN_S,
    )


def _name(scope: RequestScope, candidate_id: str) -> str:
    return scope.stores.candidates.get(candidate_id).name if scope.may("candidate.read") else ""
