"""Airflow's own cost: the DAG's wall time against the time its steps ran, in a real scheduler."""

from __future__ import annotations

from typing import Any

from include.settings import Settings


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Seconds per step and Airflow's own share, for the demo interview; the second run is the warm one."""
    from cli.console import bars
    from cli.demo import _follow, _hand_in
    from cli.demo_media import build_demo_interview
    from cli.local.runtime import DEMO_COMPONENTS, LocalAirflow

    media = build_demo_interview(settings.models_dir, settings.home / "demo" / "media", "en")
    runs = []
    with LocalAirflow(settings, components=DEMO_COMPONENTS) as airflow, bars(quiet=True) as shown:
        for _ in range(1 if quick else 2):
            interview_id, run_id = _hand_in(settings, media, "en")
            outcome = _follow(airflow, interview_id, run_id, shown)
            runs.append(
                {
                    "dag_wall_s": outcome.wall_s,
                    "airflow_own_s": outcome.own_cost_s,
                    "steps_s": {t.name: t.seconds for t in outcome.tasks if t.seconds is not None},
                }
            )
    last = runs[-1]
    return {"first_dag_wall_s": runs[0]["dag_wall_s"], **last, "start_s": dict(airflow.timings)}
