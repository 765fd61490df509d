"""`./triview up`: the local system kept running until Ctrl-C."""

from __future__ import annotations

import signal
import threading

from cli.console import bars, out, print_json
from cli.local.runtime import ADMIN, LocalAirflow
from cli.model_files import fetch_with_bars
from cli.session import local_stores
from include.settings import load_settings

WATCH_S = 1.0


def serve(*, as_json: bool = False) -> None:
    """Start Airflow on the embedded defaults, print where it answers, and watch it until Ctrl-C or SIGTERM.

    Raises:
        LocalAirflowError: a component ended; the text shows the end of its log.
    """
    settings = load_settings()
    fetch_with_bars([], quiet=as_json)
    with local_stores(settings):
        pass  # brings the database up to date and makes the master key before Airflow's first task needs them
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with bars(quiet=as_json) as shown:
        airflow = LocalAirflow(settings, progress=shown.of("airflow"))
        airflow.start()
    try:
        facts = {"url": airflow.url, "user": ADMIN, "password": airflow.password, "home": str(settings.home)}
        if as_json:
            print_json(facts)
        else:
            out.print(f"Airflow   {airflow.url}\nuser      {ADMIN}\npassword  {airflow.password}", highlight=False)
            out.print(f"data      {settings.home}\nlogs      {airflow.logs}\nCtrl-C stops it.", highlight=False)
        while not ended.wait(WATCH_S):
            airflow.check()
    except KeyboardInterrupt:
        out.print("\nStopping …")
    finally:
        airflow.stop()
