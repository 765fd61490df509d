"""The offline evaluation of a live session through the real local Airflow, triggered as the gateway triggers it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from cli.demo.live_audio import build_demo_session
from cli.demo.video import SCRIPT
from cli.local import LocalAirflow, RunOutcome
from cli.session import local_stores
from include.airflow_client import AirflowClient
from include.interview.privacy.erasure import ErasureReceipt, SignedReceipt
from include.storage import Stores
from tasks.live.handover import live_run_id
from tasks.live.results import LiveResult, live_result
from tasks.privacy.erasure import Outside, erase_candidate
from tests.support.interview_clips import speak
from tests.support.local_airflow import MARKERS, follow, phrases, require_models
from tests.support.recorded_sessions import NOTE, two_channel_session

pytestmark = [pytest.mark.airflow, pytest.mark.models, pytest.mark.hears, pytest.mark.slow]

DAG_ID = "practical_interview_evaluation"


class FinishedSession:
    """One live session that was handed over and evaluated."""

    def __init__(self, interview_id: str, run: str, outcome: RunOutcome, result: LiveResult) -> None:
        self.interview_id = interview_id
        self.run_id = run
        self.outcome = outcome
        self.result = result


@pytest.fixture(scope="module")
def finished(local_airflow: LocalAirflow, tmp_path_factory: pytest.TempPathFactory) -> FinishedSession:
    settings = local_airflow.settings
    require_models(settings)
    speak(tmp_path_factory.mktemp("probe") / "probe.wav", "ready")  # skips where espeak-ng is missing
    recording = build_demo_session(tmp_path_factory.mktemp("session"))
    texts = [(one.question, one.answer) for one in SCRIPT["en"]]
    with local_stores(settings) as (stores, _):
        record = two_channel_session(
            stores, settings, recording, texts, name=MARKERS["name"], contact=MARKERS["contact"]
        )
    interview_id, run = record.session.id, live_run_id("practical", record.session.id)
    with local_airflow.rest() as rest:
        assert rest.trigger(DAG_ID, run, {"interview_id": interview_id})
        assert not rest.trigger(DAG_ID, run, {"interview_id": interview_id}), "a session handed over twice is one run"
    outcome = follow(local_airflow, run, dag_id=DAG_ID)
    with local_stores(settings) as (stores, _):
        return FinishedSession(interview_id, run, outcome, live_result(stores, interview_id))


def test_a_session_ends_with_both_cards(finished: FinishedSession) -> None:
    assert finished.outcome.state == "success"
    assert {t.state for t in finished.outcome.tasks} <= {"success", "skipped"}
    assert {t.try_number for t in finished.outcome.tasks if t.state == "success"} == {1}
    assert {t.task_id for t in finished.outcome.tasks} == {
        "assemble", "speech", "voice", "compare", "case", "judge", "score", "review", "publish",
    }  # fmt: skip
    found = finished.result
    assert found.state == "published"
    assert found.live is not None
    assert found.offline is not None
    assert found.comparison is not None
    assert {c.criterion for c in found.comparison.criteria} == {
        "answer_quality", "keyword_match", "emotion", "answer_flow",
    }  # fmt: skip


def test_airflow_keeps_nothing_personal_of_a_session(finished: FinishedSession, local_airflow: LocalAirflow) -> None:
    comparison = finished.result.comparison
    assert comparison is not None
    assert comparison.transcript is not None
    # What was heard live and offline is as personal as the name; the questions are the opening's own.
    answers = [p for p in comparison.transcript.pairs if "candidate" in (p.live_role, p.offline_role)]
    heard = [part for p in answers for text in (p.live_text, p.offline_text) for part in phrases(text)]
    assert heard
    canaries = [text.encode().lower() for text in (MARKERS["name"], MARKERS["contact"], NOTE, *heard)]
    files = [path for path in local_airflow.home.rglob("*") if path.is_file()]
    hits = [(path.name, canary) for path in files for canary in canaries if canary in path.read_bytes().lower()]
    assert hits == []
    assert any(finished.interview_id.encode() in path.read_bytes() for path in files if "airflow.db" in path.name)


@pytest.mark.parametrize(("language", "heading"), [("ko", "실시간 평가표와 오프라인 평가표"), ("en", "side by side")])
def test_the_scorecard_tab_shows_both_cards(
    finished: FinishedSession, local_airflow: LocalAirflow, language: str, heading: str
) -> None:
    path = f"/scorecard/dags/{DAG_ID}/runs/{finished.run_id}"
    with local_airflow.rest() as rest:
        page = rest.request("GET", path, headers={"Accept-Language": language})
    assert page.status_code == 200
    assert MARKERS["name"] in page.text
    assert heading in page.text


def test_a_session_that_was_not_handed_over_fails_at_once(local_airflow: LocalAirflow, tmp_path: Path) -> None:
    from tests.support.recorded_sessions import open_session

    with local_stores(local_airflow.settings) as (stores, _):
        session = open_session(stores)
    run = live_run_id("practical", session.id)
    with local_airflow.rest() as rest:
        rest.trigger(DAG_ID, run, {"interview_id": session.id})
        outcome = follow(local_airflow, run, dag_id=DAG_ID)
        failed = next(t for t in outcome.tasks if t.task_id == "assemble")
        log = rest.task_log(DAG_ID, run, failed)
    assert (failed.state, failed.try_number) == ("failed", 1), "bad input must not be tried again"
    assert "was not handed over" in log


def test_an_erased_person_leaves_no_run_and_no_log(finished: FinishedSession, local_airflow: LocalAirflow) -> None:
    """Last in this file: the session is gone afterwards."""
    settings, interview = local_airflow.settings, finished.interview_id
    logs = local_airflow.home / "logs"

    async def erased(stores: Stores, candidate: str) -> SignedReceipt | ErasureReceipt:
        airflow = AirflowClient(local_airflow.url, "admin", local_airflow.password)
        try:
            return await erase_candidate(stores, Outside(airflow=airflow, logs=logs), candidate)
        finally:
            await airflow.close()

    with local_stores(settings) as (stores, _):
        signed = asyncio.run(erased(stores, stores.interviews.get(interview).candidate_id))
    assert isinstance(signed, SignedReceipt)
    held = {one.sink: (one.before, one.after) for one in signed.receipt.sinks}
    assert held["workflow_runs"] == (1, 0)
    assert held["workflow_logs"] == (1, 0)
    with sqlite3.connect(local_airflow.home / "airflow.db") as database:
        for table in ("dag_run", "task_instance", "xcom", "rendered_task_instance_fields"):
            query = f"SELECT count(*) FROM {table} WHERE run_id = ?"  # noqa: S608 - names of our own
            assert database.execute(query, (finished.run_id,)).fetchone() == (0,), table
    assert not list(logs.glob(f"*/run_id=*{interview}*"))
