"""`./triview up`: the local system kept running until Ctrl-C: Airflow, Redis and the live gateway."""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack

from cli.console import bars, out, print_json
from cli.local.gateway import LocalGateway
from cli.local.ports import asked_port, free_port
from cli.local.redis import LocalRedis
from cli.local.runtime import ADMIN, STOP_TIMEOUT_S, LocalAirflow
from cli.model_files import fetch_with_bars
from cli.session import local_stores
from include.gateway_client.addresses import DESCRIPTION, REFERENCE
from include.settings import Settings, load_settings

WATCH_S = 1.0
STOPPING = (
    "\nStopping: the gateway, then Airflow with the tasks that run (they begin again at the next start), then Redis, "
    f"which writes everything to disk first. At most {STOP_TIMEOUT_S:.0f} s each …"
)
GATEWAY_PORT = 8090


def serve(*, as_json: bool = False) -> None:
    """Start everything on the embedded defaults, print where it answers, and watch it until Ctrl-C or SIGTERM.

    Raises:
        SettingsError: TRIVIEW_WEB_PORT or TRIVIEW_LIVE_PORT names no free port.
        LocalAirflowError, LocalGatewayError: a part ended; the text shows the end of its log.
    """
    settings = load_settings()
    web_port, live_port = asked_port("TRIVIEW_WEB_PORT"), asked_port("TRIVIEW_LIVE_PORT")
    fetch_with_bars([], quiet=as_json)
    first = first_account(settings)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with ExitStack() as running:
        try:
            with bars(quiet=as_json) as shown:
                redis_url = settings.redis_url or running.enter_context(LocalRedis(settings.home)).url
                airflow = LocalAirflow(settings, port=web_port, progress=shown.of("airflow"))
                running.callback(airflow.stop)
                airflow.start()
                gateway = LocalGateway(
                    settings,
                    redis_url,
                    airflow=(airflow.url, ADMIN, airflow.password),
                    port=live_port or free_port(GATEWAY_PORT),
                    progress=shown.of("gateway"),
                )
                running.callback(gateway.stop)
                gateway.start()
                gateway.wait_ready()
            _tell(settings, airflow, gateway, first, as_json=as_json)
            while not ended.wait(WATCH_S):
                airflow.check()
                gateway.check()
        except KeyboardInterrupt:
            out.print(STOPPING, highlight=False)


def first_account(settings: Settings) -> tuple[str, str | None]:
    """Login and password of the first account; the password is None when it was shown before.

    Brings the database up to date and makes the master key on the way, before any service needs them.
    """
    from tasks.administration import ensure_first_account

    with local_stores(settings) as (stores, _):
        return ensure_first_account(stores, ADMIN)


def _tell(
    settings: Settings,
    airflow: LocalAirflow,
    gateway: LocalGateway,
    first: tuple[str, str | None],
    *,
    as_json: bool,
) -> None:
    login, password = first
    if as_json:
        print_json(
            {
                "url": airflow.url,
                "user": ADMIN,
                "password": airflow.password,
                "home": str(settings.home),
                "gateway": {
                    "url": gateway.url,
                    "login": login,
                    "password": password,
                    "reference": f"{gateway.url}{REFERENCE}",
                    "openapi": f"{gateway.url}{DESCRIPTION}",
                },
            }
        )
        return
    shown = password or "as shown the first time; `./triview accounts password` sets another"
    out.print(f"Interviews  {gateway.url}\n  login     {login}\n  password  {shown}", highlight=False)
    out.print(f"  REST      {gateway.url}{REFERENCE} (OpenAPI: {DESCRIPTION})", highlight=False)
    out.print(f"Airflow     {airflow.url}\n  login     {ADMIN}\n  password  {airflow.password}", highlight=False)
    out.print(f"data        {settings.home}\nlogs        {airflow.logs}", highlight=False)
    out.print(f"            {gateway.log}\nCtrl-C stops it.", highlight=False)
