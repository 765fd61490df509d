"""The client that starts DAG runs, against a real HTTP server."""

from __future__ import annotations

import msgspec
import pytest

from include.airflow_client import AirflowClient
from include.interview.errors import BadInput, ServiceFailure
from include.settings import AirflowSettings
from tests.support.services.airflow_rest import airflow_server

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
DAG = "ai_interview_analysis"


def client_of(settings: AirflowSettings) -> AirflowClient:
    """A client of the server with these settings."""
    return AirflowClient(settings.url, settings.user, settings.password)


async def test_triggers_with_ids_only_and_takes_409_as_success() -> None:
    with airflow_server() as airflow:
        client = client_of(airflow.settings)
        assert await client.trigger(DAG, "ai-1", {"interview_id": "1"}) is True
        assert await client.trigger(DAG, "ai-1", {"interview_id": "1"}) is False
        assert airflow.runs["ai-1"] == {
            "dag_id": DAG,
            "dag_run_id": "ai-1",
            "logical_date": None,
            "conf": {"interview_id": "1"},
        }
        assert airflow.logins == 1
        await client.close()


@pytest.mark.parametrize("status", [401, 403], ids=["it has run out", "Airflow signs with another secret"])
async def test_logs_in_again_when_the_token_is_refused(status: int) -> None:
    with airflow_server() as airflow:
        airflow.token_refusal = status
        client = client_of(airflow.settings)
        await client.trigger(DAG, "ai-1", {"interview_id": "1"})
        airflow.forget_tokens()
        assert await client.trigger(DAG, "ai-2", {"interview_id": "2"}) is True
        assert airflow.logins == 2
        await client.close()


async def test_says_that_airflow_is_away() -> None:
    with airflow_server() as airflow:
        gone = airflow.settings
    client = client_of(gone)
    with pytest.raises(ServiceFailure) as caught:
        await client.trigger(DAG, "ai-1", {"interview_id": "1"})
    assert caught.value.code == "airflow"
    assert gone.password not in str(caught.value)
    with airflow_server(int(gone.url.rpartition(":")[2])):
        assert await client.trigger(DAG, "ai-1", {"interview_id": "1"}) is True
    await client.close()


async def test_a_wrong_password_is_a_failure_that_does_not_repeat_it() -> None:
    with airflow_server() as airflow:
        client = client_of(msgspec.structs.replace(airflow.settings, password="guess-me-not"))
        with pytest.raises(ServiceFailure, match="login") as caught:
            await client.trigger(DAG, "ai-1", {"interview_id": "1"})
        assert "guess-me-not" not in str(caught.value) + repr(client)
        await client.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, BadInput), (422, BadInput), (404, ServiceFailure), (403, ServiceFailure), (500, ServiceFailure)],
)
async def test_tells_refusals_from_failures(status: int, kind: type[Exception]) -> None:
    with airflow_server() as airflow:
        airflow.refuse = (status, "interview_id: this is no uuid")
        client = client_of(airflow.settings)
        with pytest.raises(kind):
            await client.trigger(DAG, "ai-1", {"interview_id": "1"})
        await client.close()
