"""The WebSocket side of a live session: handshake, reader, writer."""

from __future__ import annotations

from litestar.handlers.websocket_handlers import WebsocketRouteHandler


def routes() -> list[WebsocketRouteHandler]:
    """The socket routes, for the application."""
    from live_gateway.socket.route import live_interview

    return [live_interview]
