"""A live stage's socket, `<path>{session_id}`: from the upgrade to the connection, and every reason why not."""

from __future__ import annotations

import logging
from typing import Any

from litestar import WebSocket, websocket
from litestar.params import FromPath

from include.interview.errors import BadInput, NotFound, ServiceFailure, TriviewError
from include.interview.live import wire
from include.interview.stages import STAGES
from include.storage.live.records import Ticket
from live_gateway import metrics
from live_gateway.refusals import NOBODY
from live_gateway.services import Services
from live_gateway.sessions.errors import JoinRefused
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.replica import Replica
from live_gateway.socket.connection import Connection
from live_gateway.socket.events import Rules
from live_gateway.socket.handshake import Offer, offer_of, origin_allowed

AWAY = "Sessions cannot be reached just now; connect again."

NOT_LET_IN = (wire.BAD_TICKET, wire.FORBIDDEN)
"""Closes that say: not you. They are counted into the audit trail."""
log = logging.getLogger("live_gateway.socket")


PATHS = [f"{facts.socket_path}{{session_id:str}}" for facts in STAGES.values() if facts.live]


@websocket(PATHS, opt={"public": True})
async def live_interview(socket: WebSocket[Any, Any, Any], session_id: FromPath[str]) -> None:
    """Accept, so that a browser sees the reason of a refusal; then serve the connection until it is closed."""
    services: Services = socket.app.state.services
    replica: Replica = socket.app.state.sessions
    offer = offer_of(socket.scope["subprotocols"])
    await socket.accept(subprotocols=wire.SUBPROTOCOL if offer.speaks else None)
    try:
        _check_page(socket, services.settings.origins)
        _check_offer(offer)
        handle, ticket = await _let_in(services, replica, session_id, offer.ticket)
        _check_path(socket, handle)
    except JoinRefused as refusal:
        if refusal.close_code in NOT_LET_IN:
            services.refusals.note(NOBODY, "session.join", refusal.code)
        await _refuse(socket, refusal)
        return
    actor = f"{ticket.role}:{ticket.account_id}"
    await services.record(actor, "session.joined", f"interview:{session_id}")
    settings = services.settings
    rules = Rules(settings.hello_timeout_s, settings.idle_s, settings.max_ahead_s)
    connection = Connection(handle, rules, ticket, socket.receive, socket.send)
    try:
        await replica.enter(handle, connection)
    except ServiceFailure:
        await _refuse(socket, JoinRefused(wire.INTERNAL, "storage_away", AWAY))
        return
    try:
        await connection.run()
    finally:
        await replica.leave(handle, connection)


def _check_page(socket: WebSocket[Any, Any, Any], allowed: tuple[str, ...]) -> None:
    if not origin_allowed(socket.headers.get("origin"), socket.headers.get("host", ""), allowed):
        raise JoinRefused(wire.FORBIDDEN, "origin_not_allowed", "Pages of this origin may not open sockets here.")


def _check_path(socket: WebSocket[Any, Any, Any], handle: SessionHandle) -> None:
    if socket.url.path != f"{STAGES[handle.meta.stage].socket_path}{handle.id}":
        raise JoinRefused(wire.UNKNOWN_SESSION, "session_unknown", "There is no such session at this address.")


def _check_offer(offer: Offer) -> None:
    if not offer.speaks:
        raise JoinRefused(wire.BAD_MESSAGE, "subprotocol", f"The subprotocol {wire.SUBPROTOCOL} is spoken here.")
    if not offer.ticket:
        raise JoinRefused(wire.BAD_TICKET, "ticket_missing", "A ticket is needed; get one for this session.")


async def _let_in(services: Services, replica: Replica, session_id: str, ticket: str) -> tuple[SessionHandle, Ticket]:
    """The session that the ticket is for, and the ticket, whose login goes on. Raises JoinRefused."""
    try:
        found = await services.live.redeem_ticket(ticket)
        if found.session_id != session_id:
            raise JoinRefused(wire.BAD_TICKET, "ticket_foreign", "This ticket is for another session.")
        if await services.run(services.stores.logins.ended, [found.login_id]):
            raise JoinRefused(wire.BAD_TICKET, "logged_out", "The login of this ticket has ended; log in again.")
        handle = await replica.registry.open(session_id)
    except NotFound:
        raise JoinRefused(wire.UNKNOWN_SESSION, "session_unknown", "There is no such session.") from None
    except BadInput as error:
        raise JoinRefused(
            wire.BAD_TICKET, error.code, "The ticket is unknown, used or expired; get a new one."
        ) from None
    except ServiceFailure:
        raise JoinRefused(wire.INTERNAL, "storage_away", AWAY) from None
    if replica.draining:
        raise JoinRefused(wire.DRAINING, "draining", "This server stops; connect again, another one answers.")
    if not replica.admits(handle):
        raise JoinRefused(wire.FULL, "full", "There is no room for a new session just now; try again soon.")
    return handle, found


async def _refuse(socket: WebSocket[Any, Any, Any], refusal: JoinRefused) -> None:
    metrics.socket_closes.labels(str(refusal.close_code)).inc()
    error = wire.ErrorMessage(refusal.code, refusal.cause, refusal.close_code)
    try:
        await socket.send_text(wire.encode(error).decode())
        await socket.close(refusal.close_code, refusal.code)
    except (OSError, RuntimeError, TriviewError):
        log.info("A refused socket was gone already.", extra={"code": refusal.code})
