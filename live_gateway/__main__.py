"""`python -m live_gateway`: one replica. SIGTERM drains it: running sessions go on elsewhere, then it ends."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

import uvloop

from include.settings import SettingsError
from live_gateway.app import create_app
from live_gateway.logs import configure_logs
from live_gateway.settings import GatewaySettings, load_gateway_settings

log = logging.getLogger("live_gateway")
BACKLOG = 1024


async def serve(settings: GatewaySettings) -> int:
    """Serve until SIGTERM or SIGINT, then drain. Returns the exit status: 1 when it could not start or broke down."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    app = create_app(settings)
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=True,
        backlog=BACKLOG,
        log_level=LogLevels.critical,
        log_dictconfig={"loggers": {"_granian": {"propagate": True}}},
    )
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        waiting.cancel()
        error = serving.exception()
        log.error("the server ended by itself", extra={"error": type(error).__name__ if error else None})
        return 1
    log.info("draining")
    await app.state.services.drain()
    server.stop()  # type: ignore[no-untyped-call]
    await serving
    log.info("ended")
    return 0


def main() -> int:
    """Run one replica as the environment says."""
    configure_logs()
    try:
        settings = load_gateway_settings()
    except SettingsError as error:
        log.error("bad setting", extra={"reason": str(error)})  # noqa: TRY400 - the place of it tells nothing
        return 2
    return uvloop.run(serve(settings))


if __name__ == "__main__":
    sys.exit(main())
