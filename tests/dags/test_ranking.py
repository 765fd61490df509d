"""The ranking DAGs by `dag.test`: the graph, the bindings and every step on stored cards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.local.environment import airflow_environment, airflow_home, load_secrets
from cli.local.ports import free_port
from cli.session import local_stores
from include.interview.records import Bilingual, CriterionScore, Opening, Scorecard
from include.settings import PROJECT_ROOT
from tests.support.local_airflow import settings_in

PROGRAM = """
import json, sys
import dags.nightly_ranking, dags.opening_ranking
found = {}
for module, conf in ((dags.opening_ranking, {"opening_id": "one"}), (dags.nightly_ranking, {})):
    module.dag.deadline = None  # dag.test of Airflow 3.3.2 looks for deadline rows that only the DAG processor writes
    run = module.dag.test(run_conf=conf)
    found[module.dag.dag_id] = {f"{t.task_id}[{t.map_index}]": t.state for t in run.get_task_instances()}
print("STATES", json.dumps(found))
"""
OPENING = Opening("one", Bilingual("공고", "Opening"), Bilingual("일", "Work"), stage_weights={"ai": 1.0})


@pytest.mark.airflow
@pytest.mark.slow
def test_both_dags_rank_stored_cards(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "home")
    with local_stores(settings) as (stores, _):
        for opening in (OPENING, Opening("two", OPENING.title, OPENING.description, stage_weights={"ai": 1.0})):
            stores.openings.put(opening)
            for number in range(3):
                application = stores.applications.ensure(stores.candidates.create(f"P{number}").id, opening.id)
                interview = stores.interviews.create(application, "ai", "standard").id
                line = CriterionScore("all", "scored", 100.0, 100.0, score=number / 4, sem=0.02, points=25.0 * number)
                card = Scorecard(interview, "ai", "complete", 25.0 * number, 2.0, (line,), "standard", "1", "p")
                stores.scorecards.publish(card)
    env = airflow_environment(settings, free_port(), load_secrets(airflow_home(settings)))
    env |= {"TRIVIEW_MEDIA_SLOTS": "2", "TRIVIEW_JUDGE_SLOTS": "2"}
    subprocess.run([sys.executable, "-m", "cli.local.metadata"], env=env, cwd=PROJECT_ROOT, check=True)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("STATES ")]
    assert lines, done.stderr[-3000:]
    states = json.loads(lines[0].removeprefix("STATES "))
    assert {state for tasks in states.values() for state in tasks.values()} == {"success"}
    assert "rank[0]" in states["nightly_ranking"]
    with local_stores(settings) as (stores, _):
        for opening in ("one", "two"):
            assert len(stores.rankings.served(opening).ranking.candidates) == 3
            assert len(stores.rankings.list(opening)) == 1
