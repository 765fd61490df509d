"""Airflow's own cost: the DAG's wall time against the time its steps ran, in a real scheduler."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from include.settings import PROJECT_ROOT, Settings


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:  # noqa: ARG001 - one run is the shortest
    """Seconds per step and Airflow's own share, as `./triview demo --json` reports them for the demo interview."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", "demo", "--json"], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )
    report = json.loads(done.stdout)
    names = ("seconds", "dag_wall_s", "airflow_own_s", "airflow_start_s", "steps_s", "airflow_per_task_s")
    return {name: report[name] for name in names}
