"""The offline evaluation of a live session through the real local Airflow, triggered as the gateway triggers it."""

from __future__ import annotations

import pytest

from cli.local import LocalAirflow
from cli.session import local_stores
from tasks.live.handover import live_run_id
from tasks.live.results import LiveResult, live_result
from tests.support.local_airflow import MARKERS, FinishedRun, follow, phrases
from tests.support.recorded_sessions import NOTE, open_session
from tests.support.three_stages import ThreeStages

pytestmark = [pytest.mark.airflow, pytest.mark.models, pytest.mark.hears, pytest.mark.slow, pytest.mark.timeout(600)]

DAG_ID = "practical_interview_evaluation"


class FinishedSession:
    """One live session that was handed over and evaluated."""

    def __init__(self, run: FinishedRun, result: LiveResult) -> None:
        self.interview_id = run.interview_id
        self.run_id = run.run_id
        self.outcome = run.outcome
        self.result = result


@pytest.fixture(scope="module")
def finished(local_airflow: LocalAirflow, three_stages: ThreeStages) -> FinishedSession:
    run = three_stages.runs["practical"]
    with local_stores(local_airflow.settings) as (stores, _):
        return FinishedSession(run, live_result(stores, run.interview_id))


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


def test_a_session_that_was_not_handed_over_fails_at_once(local_airflow: LocalAirflow) -> None:
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
