"""The whole flow in one process by `dag.test`: the graph, the bindings and every step on a real clip."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.local.environment import airflow_environment, airflow_home, load_secrets
from cli.local.ports import free_port
from cli.session import local_stores
from include.settings import PROJECT_ROOT
from tests.support.local_airflow import hand_in, require_models, settings_in

PROGRAM = """
import json, sys
from dags.ai_interview import dag
dag.deadline = None  # dag.test of Airflow 3.3.2 looks for deadline rows that only the DAG processor writes
run = dag.test(run_conf={"interview_id": sys.argv[1]}, mark_success_pattern="review")
print("STATES", json.dumps({f"{t.task_id}[{t.map_index}]": t.state for t in run.get_task_instances()}))
"""


@pytest.mark.airflow
@pytest.mark.models
@pytest.mark.slow
def test_every_step_of_the_dag_works_on_a_real_clip(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home")
    require_models(settings)
    interview_id, _ = hand_in(settings, tmp_path / "hand-in")
    env = airflow_environment(settings, free_port(), load_secrets(airflow_home(settings)))
    env |= {"TRIVIEW_MEDIA_SLOTS": "2", "TRIVIEW_JUDGE_SLOTS": "2"}
    subprocess.run([sys.executable, "-m", "cli.local.metadata"], env=env, cwd=PROJECT_ROOT, check=True)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, interview_id],
        env=env, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("STATES ")]
    assert lines, done.stderr[-3000:]
    states = json.loads(lines[0].removeprefix("STATES "))
    assert set(states.values()) == {"success"}
    assert {name for name in states if name.startswith("judge")} == {"judge[0]", "judge[1]"}
    with local_stores(settings) as (stores, _):
        assert len(stores.scorecards.list(interview_id=interview_id)) == 1
