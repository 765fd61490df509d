"""The command line's client of Airflow: the one client of `include/airflow_client`, without an event loop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cli.local import rest as rest_module
from cli.local.rest import AirflowRest
from include.airflow_client import AirflowAway, AirflowFailure, AirflowRefusal
from tests.support.patience import PATIENCE_S
from tests.support.services.airflow_rest import PASSWORD, USER, airflow_server

pytestmark = pytest.mark.unit
DAG = "ai_interview_analysis"


def test_triggers_once_and_tells_a_refusal_in_airflows_words() -> None:
    with airflow_server() as airflow, AirflowRest(airflow.settings.url, USER, PASSWORD) as rest:
        assert rest.trigger(DAG, "ai-1", {"interview_id": "1"}) is True
        assert rest.trigger(DAG, "ai-1", {"interview_id": "1"}) is False
        airflow.refuse = (400, "interview_id: this is no uuid")
        with pytest.raises(AirflowRefusal, match="this is no uuid") as refusal:
            rest.trigger(DAG, "ai-2", {"interview_id": "2"})
    assert refusal.value.status == 400


def test_a_start_that_is_answered_5xx_is_tried_again_and_is_one_run() -> None:
    with airflow_server() as airflow, AirflowRest(airflow.settings.url, USER, PASSWORD) as rest:
        airflow.refuse = (500, "database is locked")

        def release() -> None:
            with airflow.asked:
                assert airflow.asked.wait_for(lambda: airflow.asked_for["ai-1"] == 2, PATIENCE_S)
                airflow.refuse = None

        with ThreadPoolExecutor(1) as pool:
            released = pool.submit(release)
            assert rest.trigger(DAG, "ai-1", {"interview_id": "1"}) is True
            released.result()
    assert list(airflow.runs) == ["ai-1"]


def test_a_start_that_is_answered_5xx_for_ever_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_module, "AGAIN_S", 1.0)
    with airflow_server() as airflow, AirflowRest(airflow.settings.url, USER, PASSWORD) as rest:
        airflow.refuse = (503, "gone")
        with pytest.raises(AirflowFailure, match="status 503"):
            rest.trigger(DAG, "ai-1", {"interview_id": "1"})
    assert airflow.asked_for["ai-1"] > 1


def test_a_look_without_an_answer_is_taken_again_until_whoever_asks_gives_up() -> None:
    with airflow_server() as airflow:
        url = airflow.settings.url
    tries: list[int] = []

    def alive() -> None:
        tries.append(len(tries))
        if len(tries) == 3:
            raise ConnectionAbortedError("its process ended")

    with AirflowRest(url, USER, PASSWORD, alive) as rest, pytest.raises(ConnectionAbortedError):
        rest.run(DAG, "ai-1")
    assert len(tries) == 3


def test_a_wrong_password_and_an_airflow_that_is_away_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_module, "AGAIN_S", 0.0)
    with airflow_server() as airflow:
        with AirflowRest(airflow.settings.url, USER, "guess-me-not") as rest:
            with pytest.raises(AirflowFailure) as refused:
                rest.login()
            assert refused.value.status == 401
            assert "guess-me-not" not in str(refused.value)
        url = airflow.settings.url
    with AirflowRest(url, USER, PASSWORD) as rest, pytest.raises(AirflowAway):
        rest.call("GET", "/api/v2/dags")
