"""The local Airflow with its real scheduler, driven through REST as HR drives it."""

from __future__ import annotations

import os
import signal
import stat
import time
import uuid

import httpx
import pytest

from cli.local import LocalAirflow, LocalAirflowError
from cli.local.rest import covered_seconds
from cli.session import local_stores
from include.airflow_client import AirflowFailure, AirflowRefusal
from tasks.evaluation.outputs import SpeechOutput, load
from tests.support.local_airflow import DAG_ID, MARKERS, FinishedRun, follow, hand_in, phrases, require_models

pytestmark = [pytest.mark.airflow, pytest.mark.timeout(600)]
KILL_TIMEOUT_S = 120.0


def test_parameters_that_are_no_uuid_are_refused_with_a_sentence(local_airflow: LocalAirflow) -> None:
    with local_airflow.rest() as rest, pytest.raises(AirflowRefusal, match="interview_id") as refusal:
        rest.trigger(DAG_ID, "bad-params", {"interview_id": "Kim, second floor"})
    assert refusal.value.status == 400


def test_missing_parameters_are_refused(local_airflow: LocalAirflow) -> None:
    with local_airflow.rest() as rest, pytest.raises(AirflowRefusal) as refusal:
        rest.trigger(DAG_ID, "no-params", {})
    assert refusal.value.status == 400


def test_an_interview_that_does_not_exist_fails_at_once(local_airflow: LocalAirflow) -> None:
    interview_id = str(uuid.uuid4())
    run = f"ai-{interview_id}"
    with local_airflow.rest() as rest:
        rest.trigger(DAG_ID, run, {"interview_id": interview_id})
        outcome = follow(local_airflow, run)
        failed = next(t for t in outcome.tasks if t.task_id == "validate")
        log = rest.task_log(DAG_ID, run, failed)
    assert outcome.state == "failed"
    assert (failed.state, failed.try_number) == ("failed", 1), "bad input must not be tried again"
    assert interview_id in log
    assert "NotFound" in log


def test_conf_with_more_than_the_id_fails_at_once_and_says_so(local_airflow: LocalAirflow) -> None:
    interview_id = str(uuid.uuid4())
    run = f"extra-{interview_id}"
    with local_airflow.rest() as rest:
        rest.trigger(DAG_ID, run, {"interview_id": interview_id, "note": "see file"})
        outcome = follow(local_airflow, run)
        failed = next(t for t in outcome.tasks if t.task_id == "validate")
        assert (failed.state, failed.try_number) == ("failed", 1)
        assert "interview_id" in rest.task_log(DAG_ID, run, failed)


def test_a_wrong_password_is_refused(local_airflow: LocalAirflow) -> None:
    from cli.local import AirflowRest

    with AirflowRest(local_airflow.url, "admin", "guess") as rest, pytest.raises(AirflowFailure) as refusal:
        rest.login()
    assert refusal.value.status == 401


@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"Authorization": "Bearer wrong"}, 403)])
def test_a_missing_token_and_a_wrong_one_are_told_apart_as_the_readme_says(
    headers: dict[str, str], status: int, local_airflow: LocalAirflow
) -> None:
    run = {"dag_run_id": "never", "logical_date": None, "conf": {"interview_id": str(uuid.uuid4())}}
    place = f"{local_airflow.url}/api/v2/dags/{DAG_ID}/dagRuns"
    assert httpx.post(place, json=run, headers=headers, trust_env=False).status_code == status


def test_the_whole_flow_ends_with_a_published_card(finished_run: FinishedRun, local_airflow: LocalAirflow) -> None:
    assert finished_run.outcome.state == "success"
    assert {t.state for t in finished_run.outcome.tasks} <= {"success", "skipped"}
    assert {t.try_number for t in finished_run.outcome.tasks if t.state == "success"} == {1}
    assert {name for name in finished_run.tasks if name.startswith("judge")} == {"judge[0]", "judge[1]"}
    with local_stores(local_airflow.settings) as (stores, _):
        card = stores.scorecards.get(finished_run.interview_id)
        actions = [e.action for e in stores.audit.entries(f"interview:{finished_run.interview_id}")]
        assert stores.audit.verify().intact
    assert card.interview_id == finished_run.interview_id
    assert len(card.criteria) == 5
    if finished_run.tasks["review"].state == "success":
        assert "card.reviewed" in actions


def test_airflows_own_cost_is_told_apart_from_the_steps(finished_run: FinishedRun, local_airflow: LocalAirflow) -> None:
    with local_airflow.rest() as rest:
        step = rest.step_seconds(DAG_ID, finished_run.run_id, finished_run.tasks["speech"])
        processor = rest.processor_seconds(DAG_ID, finished_run.run_id, finished_run.tasks["speech"])
    whole = finished_run.tasks["speech"].seconds
    assert step is not None
    assert whole is not None
    assert 0 < step <= whole
    assert processor is not None
    assert processor > 0
    assert 0 <= (finished_run.outcome.own_cost_s or -1) < (finished_run.outcome.wall_s or 0)


def test_airflow_keeps_no_personal_data(finished_run: FinishedRun, local_airflow: LocalAirflow) -> None:
    """Names, contacts, file names, document text and spoken words are nowhere in Airflow's database and logs."""
    with local_stores(local_airflow.settings) as (stores, _):
        (words,) = stores.artifacts.list(finished_run.interview_id, "speech")
        said = load(stores, words, SpeechOutput).transcript.utterances
    heard = [phrase for u in said for phrase in phrases(u.text)]
    assert heard
    canaries = [text.encode().lower() for text in (*MARKERS.values(), *heard)]
    hits = [
        (path.name, canary)
        for path in local_airflow.home.rglob("*")
        if path.is_file()
        for canary in canaries
        if canary in path.read_bytes().lower()
    ]
    assert hits == []
    database = (local_airflow.home / "airflow.db").read_bytes() + (local_airflow.home / "airflow.db-wal").read_bytes()
    assert finished_run.interview_id.encode() in database, "the search must be able to find what is there"


def test_a_killed_task_is_run_again_and_nothing_is_doubled(local_airflow: LocalAirflow, tmp_path) -> None:
    require_models(local_airflow.settings)
    interview_id, run = hand_in(local_airflow.settings, tmp_path / "killed")
    killed = False
    path = f"/api/v2/dags/{DAG_ID}/dagRuns/{run}/taskInstances/speech"
    with local_airflow.rest() as rest:
        rest.trigger(DAG_ID, run, {"interview_id": interview_id})
        deadline = time.monotonic() + KILL_TIMEOUT_S
        while not killed and time.monotonic() < deadline:
            speech = rest.call("GET", path)
            if speech["state"] == "running" and speech["pid"]:
                os.kill(speech["pid"], signal.SIGKILL)
                killed = True
    assert killed, "speech ended before it could be killed"
    outcome = follow(local_airflow, run)
    speech = next(t for t in outcome.tasks if t.task_id == "speech")
    assert outcome.state == "success"
    assert speech.try_number == 2
    with local_stores(local_airflow.settings) as (stores, _):
        cards = stores.scorecards.list(interview_id=interview_id)
    assert len(cards) == 1


def test_a_second_airflow_in_the_same_home_is_refused(local_airflow: LocalAirflow) -> None:
    with pytest.raises(LocalAirflowError, match="Another Airflow is running"):
        LocalAirflow(local_airflow.settings).start()


def test_secrets_are_for_the_owner_only(local_airflow: LocalAirflow) -> None:
    for name in ("secrets.json", "passwords.json", "airflow.db"):
        assert stat.S_IMODE((local_airflow.home / name).stat().st_mode) == 0o600, name
    logs = b"".join(path.read_bytes() for path in local_airflow.component_logs())
    assert local_airflow.password.encode() not in logs


def test_covered_seconds_counts_overlaps_once() -> None:
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 1, 1, tzinfo=UTC)

    def at(seconds: float) -> datetime:
        return start + timedelta(seconds=seconds)

    assert covered_seconds([(at(0), at(4)), (at(2), at(6)), (at(10), at(11))]) == pytest.approx(7.0)
