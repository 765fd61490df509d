"""What holds for every DAG of the house."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from cli.dag_docs import load_dags, render
from include.interview.records import Stage
from include.interview.stages import LIVE_STAGES, STAGES, flow_of
from include.settings import PROJECT_ROOT

pytestmark = pytest.mark.airflow
DAGS = load_dags()
FLOWS = [facts.flow.dag_id for facts in STAGES.values()]
LONGEST = timedelta(hours=12)
HANGUL = re.compile("[가-힣]")
LATIN = re.compile("[A-Za-z]{4,}")
HEAVY = (
    "torch", "torchaudio", "mediapipe", "cv2", "faster_whisper", "ctranslate2", "pyannote", "chromadb",
    "weasyprint", "kiwipiepy", "great_expectations", "av", "openai", "onnxruntime",
)  # fmt: skip
PARSE_BUDGET_S = 1.0
"""What a DAG file may cost beyond Airflow's own import."""


def test_there_are_dags() -> None:
    assert set(FLOWS) <= set(DAGS)


@pytest.mark.parametrize("dag_id", FLOWS)
def test_an_interview_is_triggered_by_its_id_alone(dag_id: str) -> None:
    assert set(DAGS[dag_id].params) == {"interview_id"}
    assert {a.name for t in DAGS[dag_id].tasks for a in t.outlets} == {"scorecards", "cards_of_openings"}


@pytest.mark.parametrize("dag", DAGS.values(), ids=DAGS)
def test_a_dag_is_its_operators_manual(dag: Any) -> None:
    manual = dag.doc_md or ""
    assert len(manual) > 500
    assert HANGUL.search(manual)
    assert LATIN.search(manual)
    assert re.search("fail", manual, re.IGNORECASE), "the manual must say what to do when it fails"
    assert dag.description
    assert dag.tags


@pytest.mark.parametrize("dag", DAGS.values(), ids=DAGS)
def test_a_dag_is_owned_bounded_and_does_not_catch_up(dag: Any) -> None:
    assert dag.catchup is False
    assert 1 <= dag.max_active_runs <= 16
    assert all(task.owner == "hr-operations" for task in dag.tasks)
    assert dag.deadline, "a late run must be noticed"


@pytest.mark.parametrize(("dag_id", "task"), [(d, t) for d, dag in DAGS.items() for t in dag.tasks])
def test_a_task_is_retried_with_back_off_within_a_time_limit(dag_id: str, task: Any) -> None:
    assert task.retries == 3
    assert task.retry_exponential_backoff > 1
    assert task.retry_policy is not None
    assert timedelta(0) < task.execution_timeout <= LONGEST


def test_a_published_card_starts_the_ranking_of_its_opening() -> None:
    assert {"nightly_ranking", "opening_ranking"} <= set(DAGS)
    assert DAGS["nightly_ranking"].schedule == "0 2 * * *"
    assert set(DAGS["opening_ranking"].params) == {"opening_id"}
    assert "cards_of_openings" in str(DAGS["opening_ranking"].timetable.asset_condition)


def test_reports_follow_on_rankings_one_task_per_opening_and_take_nothing_but_what_is_due() -> None:
    reports = DAGS["ranking_reports"]
    assert "rankings" in str(reports.timetable.asset_condition)
    assert not reports.params
    tasks = {t.task_id: t for t in reports.tasks}
    assert {name: t.upstream_task_ids for name, t in tasks.items()} == {"due": set(), "report": {"due"}}
    assert tasks["report"].pool == "media"
    for name in ("nightly_ranking", "opening_ranking"):
        assert "rankings" in {asset.name for t in DAGS[name].tasks for asset in t.outlets}


def test_heavy_tasks_share_the_media_pool() -> None:
    tasks = {t.task_id: t for t in DAGS["ai_interview_analysis"].tasks}
    assert {name for name, t in tasks.items() if t.pool == "media"} == {
        "validate", "prepare_media", "speech", "vision", "voice",
    }  # fmt: skip
    assert tasks["judge"].pool == "judge"


@pytest.mark.parametrize("stage", LIVE_STAGES)
def test_a_live_recording_is_heard_and_measured_side_by_side_and_compared(stage: Stage) -> None:
    tasks = {t.task_id: t for t in DAGS[flow_of(stage).dag_id].tasks}
    described = {"delivery"} if STAGES[stage].voice_compared else set()
    assert {name for name, t in tasks.items() if t.pool == "media"} == {"assemble", "speech", "voice"} | described
    assert tasks["judge"].pool == "judge"
    upstream = {name: tasks[name].upstream_task_ids for name in ("speech", "voice", "compare", "case", "judge")}
    assert upstream == {
        "speech": {"assemble"}, "voice": {"assemble"}, "compare": {"speech"}, "case": {"speech", "voice"},
        "judge": {"case"},
    }  # fmt: skip
    assert tasks["publish"].upstream_task_ids >= {"compare", "review"} | described


def test_questions_are_gathered_written_and_stored_by_the_interviews_id_alone() -> None:
    dag = DAGS[STAGES["executive"].preparation.dag_id]
    assert set(dag.params) == {"interview_id"}
    tasks = {t.task_id: t for t in dag.tasks}
    assert {n: t.upstream_task_ids for n, t in tasks.items()} == {
        "gather": set(), "write": {"gather"}, "store": {"write"},
    }  # fmt: skip
    assert tasks["write"].pool == "judge"


def test_speech_vision_and_voice_run_side_by_side() -> None:
    tasks = {t.task_id: t for t in DAGS["ai_interview_analysis"].tasks}
    upstream = {name: tasks[name].upstream_task_ids for name in ("speech", "vision", "voice")}
    assert upstream == {"speech": {"prepare_media"}, "voice": {"prepare_media"}, "vision": {"validate"}}


@pytest.mark.parametrize("dag_id", FLOWS)
def test_every_judge_group_of_the_flow_is_judged(dag_id: str) -> None:
    (flow,) = (facts.flow for facts in STAGES.values() if facts.flow.dag_id == dag_id)
    judge = next(t for t in DAGS[dag_id].tasks if t.task_id == "judge")
    assert judge.upstream_task_ids == {"case"}
    assert tuple(judge.op_kwargs_expand_input.value["group"]) == flow.judge_groups


def test_a_picture_is_looked_at_where_the_stage_has_one() -> None:
    for facts in STAGES.values():
        assert facts.has_picture == ("vision" in DAGS[facts.flow.dag_id].task_ids)
        assert set(facts.consulted_tasks) <= set(DAGS[facts.flow.dag_id].task_ids)


@pytest.mark.parametrize("path", sorted((PROJECT_ROOT / "dags").glob("*.py")), ids=lambda p: p.name)
def test_parsing_is_quick_and_imports_nothing_heavy(path: Any) -> None:
    program = (
        "import sys, time\n"
        "from airflow.sdk import DAG, Asset, DeadlineAlert, ExceptionRetryPolicy, Param, SyncCallback, task\n"
        "from airflow.providers.standard.operators.hitl import HITLOperator\n"
        "from airflow.sdk.exceptions import AirflowSkipException\n"
        "started = time.process_time()\n"
        f"import dags.{path.stem}\n"
        "spent = time.process_time() - started\n"
        f"print(spent, *sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    seconds, *heavy = done.stdout.splitlines()[-1].split()
    assert heavy == []
    assert float(seconds) < PARSE_BUDGET_S


def test_the_generated_manual_is_current() -> None:
    written = (PROJECT_ROOT / "docs" / "DAGS.md").read_text(encoding="utf-8")
    assert written == render(), "run `python -m cli.dag_docs`"
