"""Live interviews: created here, held over the socket."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, JSONBody

from include.interview.assessment.policy import load_profile
from include.interview.errors import BadInput, ServiceFailure
from include.interview.live.session import LiveSession
from include.interview.live.wire import SocketRole
from include.interview.stages import STAGES, LiveStage
from include.security.access import Owners, may_join
from include.storage import Stores
from include.storage.live.records import SessionMeta
from live_gateway import metrics
from live_gateway.http.guarding import ACTION, limit
from live_gateway.http.idempotency import IdempotencyKey, once
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.schemas import EXAMPLE_UUID, CandidateFilter, OpeningFilter, OpeningId, ProfileId, Uuid
from live_gateway.identity import Forbidden
from live_gateway.request_scope import RequestScope
from tasks.evaluation.consent_gate import covering_consent


class SessionIn(msgspec.Struct, forbid_unknown_fields=True):
    """A new live session: its candidate, opening and terms. HR may name who leads it; else the caller does.

    `microphones`: "shared" is one microphone in the room (or two channels of one device), "separate" one per person.
    """

    candidate_id: Uuid
    opening_id: OpeningId
    stage: LiveStage = "practical"
    language: Literal["ko", "en"] = "ko"
    profile: ProfileId | None = None
    microphones: Literal["shared", "separate"] = "separate"
    interviewer_id: Uuid | None = None


class NewSession(msgspec.Struct, frozen=True):
    """The session and where its socket is. `consent_id` is None until the candidate agrees."""

    session_id: str
    socket_url: str
    consent_id: str | None


class TicketOut(msgspec.Struct, frozen=True):
    """A single-use ticket for the caller's own role, valid for `expires_in` seconds from now."""

    ticket: str
    role: SocketRole
    socket_url: str
    expires_in: int
    consent_id: str | None


EXAMPLE = {
    "candidate_id": EXAMPLE_UUID,
    "opening_id": "backend-2026",
    "language": "ko",
    "profile": "kr",
    "microphones": "separate",
}


class SessionsController(Controller):
    """Whoever conducts a session, and the candidate it is about, see it; HR sees all."""

    path = "/sessions"
    tags = ("sessions",)

    @post(operation_class=example(EXAMPLE), summary="Create a live session", opt={ACTION: "session.create"})
    async def create_session(
        self,
        data: JSONBody[SessionIn],
        request_scope: NamedDependency[RequestScope],
        request: Request[Any, Any, Any],
        idempotency_key: IdempotencyKey = None,
    ) -> NewSession:
        """Create a live interview of either live stage; its id is the id of the interview it becomes.

        Whoever takes part asks for a ticket of their own by `POST /sessions/{id}/tickets`; nobody gets another's.
        """
        services = request_scope.services
        if services.draining:
            raise ServiceFailure("This replica is about to stop.", "Try again.", code="draining")
        await limit(services, "session", request_scope.caller.account_id, services.limits.session)

        async def make() -> LiveSession:
            made = await request_scope.run(_create, request_scope, data)
            await services.live.create(SessionMeta.of(made))
            metrics.sessions.labels("created").inc()
            return made

        session = await once(
            request_scope,
            idempotency_key,
            data,
            make,
            lambda made: (made.id,),
            lambda ids: request_scope.run(request_scope.stores.live_sessions.get, *ids),
        )
        return NewSession(
            session_id=session.id,
            socket_url=socket_url(request, session, secure=services.settings.secure_cookie),
            consent_id=await request_scope.run(consent_for, request_scope.stores, session),
        )

    @get(summary="List live sessions", opt={ACTION: "session.list"})
    async def list_sessions(
        self,
        request_scope: NamedDependency[RequestScope],
        candidate_id: CandidateFilter = None,
        opening_id: OpeningFilter = None,
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[LiveSession]:
        """The sessions that the caller may see, newest first."""
        reach = request_scope.require_reach()
        found = await request_scope.run(
            request_scope.stores.live_sessions.list,
            interviewer_id=reach.account_id,
            candidate_id=reach.candidate_id,
        )
        chosen = [
            session
            for session in found
            if candidate_id in (None, session.candidate_id) and opening_id in (None, session.opening_id)
        ]
        return page(chosen, limit, offset)

    @get("/{session_id:str}", summary="Read a live session", opt={ACTION: "session.read"})
    async def get_session(self, session_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> LiveSession:
        """One live session and its state."""
        return await _session(request_scope, session_id)

    @post("/{session_id:str}/tickets", summary="Get a ticket", opt={ACTION: "session.read"})
    async def create_ticket(
        self, session_id: FromPath[str], request_scope: NamedDependency[RequestScope], request: Request[Any, Any, Any]
    ) -> TicketOut:
        """A single-use ticket for the caller's own role: the candidate's for the candidate, else an interviewer's.

        Each member of a panel gets tickets for a socket of their own.
        """
        services = request_scope.services
        session = await _session(request_scope, session_id)
        role: SocketRole = "candidate" if request_scope.caller.role == "candidate" else "interviewer"
        if not may_join(request_scope.caller, role, _owners(session)):
            raise Forbidden("Only who conducts the session may join it in this role.", "Ask who leads it.")
        await limit(services, "ticket", request_scope.caller.account_id, services.limits.ticket)
        lifetime, caller = services.settings.ticket_ttl_s, request_scope.caller
        return TicketOut(
            ticket=await services.live.issue_ticket(session.id, role, caller.account_id, caller.login_id, lifetime),
            role=role,
            socket_url=socket_url(request, session, secure=services.settings.secure_cookie),
            expires_in=lifetime,
            consent_id=await request_scope.run(consent_for, request_scope.stores, session),
        )


def socket_url(request: Request[Any, Any, Any], session: LiveSession, *, secure: bool) -> str:
    """The address (ws:// or wss://) of the session's socket, under the host name by which the caller asked."""
    scheme = "wss" if secure or request.url.scheme == "https" else "ws"
    return f"{scheme}://{request.headers.get('host', '')}{STAGES[session.stage].socket_path}{session.id}"


def consent_for(stores: Stores, session: LiveSession) -> str | None:
    """Id of the newest consent that covers this session's policy profile; None when the candidate has given none."""
    found = covering_consent(stores, session.candidate_id, session.id, load_profile(session.profile))
    return None if found is None else found.id


def _create(request_scope: RequestScope, data: SessionIn) -> LiveSession:
    leader = request_scope.caller.account_id
    if data.interviewer_id not in (None, leader):
        if request_scope.caller.role != "hr":
            raise Forbidden("Only HR may let somebody else lead a session.", "Leave interviewer_id out.")
        account = request_scope.stores.accounts.get(data.interviewer_id)
        if account.role not in ("interviewer", "hr") or not account.active:
            raise BadInput("This account cannot lead a session.", "Name an interviewer's account.")
        leader = account.id
    profile = load_profile(data.profile or request_scope.stores.openings.get(data.opening_id).profile)
    return request_scope.stores.live_sessions.create(
        interviewer_id=leader,
        candidate_id=data.candidate_id,
        opening_id=data.opening_id,
        profile=profile.id,
        language=data.language,
        microphones=data.microphones,
        stage=data.stage,
    )


async def _session(request_scope: RequestScope, session_id: str) -> LiveSession:
    session = await request_scope.run(request_scope.stores.live_sessions.get, session_id)
    request_scope.check(f"There is no session {session_id}.", _owners(session))
    return session


def _owners(session: LiveSession) -> Owners:
    return Owners(session.interviewer_id, session.candidate_id, session.panel)
