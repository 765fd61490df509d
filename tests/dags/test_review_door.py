"""A review answered by the gateway ends the task that waits in the real local Airflow, and publishes the card.

Then the person is erased: of the run, what was asked and what was logged nothing is left.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import httpx
import pytest

from cli.local import LocalAirflow
from cli.local.gateway import LocalGateway
from cli.local.redis import LocalRedis
from cli.local.runtime import ADMIN
from cli.session import local_stores
from include.airflow_client import AirflowClient
from include.interview.assessment.policy import load_profile
from include.interview.privacy.erasure import ErasureReceipt, SignedReceipt
from include.interview.stages import flow_of
from include.storage import Stores
from tasks.live.handover import live_run_id
from tasks.privacy.erasure import Outside, erase_candidate
from tests.support.live_world import QUICK
from tests.support.parked_runs import ParkedRun
from tests.support.patience import PATIENCE_S
from tests.support.reviewed_sessions import bring_into
from tests.support.spoken_sessions import opening

pytestmark = [pytest.mark.airflow, pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(600)]

PASSWORD = "a long enough password"
RIGHT = {"decision": "publish", "ground": "evidence_supports_card", "evidence": ["answer_quality"]}


def parked(airflow: LocalAirflow, stores: Stores) -> ParkedRun:
    """A run of a practical interview under `kr`, whose every card waits for a person."""
    stores.openings.put(opening("en"))
    candidate = stores.candidates.create("Zyxw Reviewed")
    leader = stores.accounts.create("leader-of-reviewed", PASSWORD, "interviewer")
    session = stores.live_sessions.create(
        interviewer_id=leader.id, candidate_id=candidate.id, opening_id=opening("en").id, profile="kr",
        language="en", microphones="shared",
    )  # fmt: skip
    stores.consents.grant(candidate.id, session.id, load_profile("kr").purposes, "2026-11")
    bring_into(stores, "kr", session)
    card = stores.artifacts.list(session.id, "score")[-1]
    return ParkedRun(
        airflow, flow_of("practical").dag_id, live_run_id("practical", session.id), card, task="review",
        scored=("score", "compare"), start=("review",),
    )  # fmt: skip


def test_an_answer_by_the_gateway_publishes_and_a_wrong_one_never_reaches_airflow(local_airflow: LocalAirflow) -> None:
    settings = local_airflow.settings
    access = (local_airflow.url, ADMIN, local_airflow.password)
    with (
        local_stores(settings) as (stores, _),
        LocalRedis(settings.home) as redis,
        LocalGateway(settings, redis.url, airflow=access, more=QUICK) as gateway,
        httpx.Client(base_url=f"{gateway.url}/api/v1", timeout=30.0, trust_env=False) as client,
        local_airflow.rest() as rest,
    ):
        run = parked(local_airflow, stores)
        stores.accounts.create("reviewer-of-cards", PASSWORD, "reviewer")
        token = client.post("/auth/login", json={"login": "reviewer-of-cards", "password": PASSWORD}).json()
        client.headers["Authorization"] = f"Bearer {token['access_token']}"
        door = f"/interviews/{run.interview_id}/review"

        def answer() -> None:
            asked = client.get(door).json()
            assert asked["waiting"]
            assert [reason["code"] for reason in asked["reasons"]] == ["policy"]
            assert asked["card"]["interview_id"] == run.interview_id
            wrong = client.post(door, json=RIGHT | {"ground": "because"})
            assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_request")
            assert not run.details(rest)["response_received"]
            assert client.post(door, json=RIGHT).raise_for_status().json()["run_id"] == run.run

        outcome = run.until(rest, answer)
        assert outcome.state == "success"
        assert {t.task_id: t.state for t in outcome.tasks}["publish"] == "success"
        assert client.get(f"/interviews/{run.interview_id}").json()["status"] == "published"
        assert not client.get(door).json()["waiting"]
        assert client.post(door, json=RIGHT).json()["code"] == "review_not_waiting"
        trail = [e for e in stores.audit.entries() if e.subject == f"interview:{run.interview_id}"]
        assert [e.action for e in trail if e.action.startswith("card.review")] == [
            "card.review_asked", "card.review_sending", "card.review_given", "card.reviewed",
        ]  # fmt: skip
        erased_with_everything_in_airflow(local_airflow, stores, run)


def erased_with_everything_in_airflow(airflow: LocalAirflow, stores: Stores, run: ParkedRun) -> None:
    """The run, its values, its question with the answer, and its logs are there before an erasure and not after it."""
    logs = airflow.home / "logs"

    async def erase() -> SignedReceipt | ErasureReceipt:
        client = AirflowClient(airflow.url, ADMIN, airflow.password)
        try:
            outside = Outside(airflow=client, logs=logs)
            return await erase_candidate(stores, outside, stores.interviews.get(run.interview_id).candidate_id)
        finally:
            await client.close()

    def rows() -> dict[str, int]:
        counts = {
            "dag_run": "SELECT count(*) FROM dag_run WHERE run_id = ?",
            "task_instance": "SELECT count(*) FROM task_instance WHERE run_id = ?",
            "xcom": "SELECT count(*) FROM xcom WHERE run_id = ?",
            "rendered": "SELECT count(*) FROM rendered_task_instance_fields WHERE run_id = ?",
            "question": "SELECT count(*) FROM hitl_detail WHERE subject LIKE '%' || ? || '%'",
        }
        with closing(sqlite3.connect(airflow.home / "airflow.db", timeout=PATIENCE_S)) as database:
            return {
                name: database.execute(query, (run.interview_id if name == "question" else run.run,)).fetchone()[0]
                for name, query in counts.items()
            }

    assert all(rows()[name] for name in ("dag_run", "task_instance", "xcom", "question")), rows()
    assert list(logs.glob(f"*/run_id=*{run.interview_id}*"))
    signed = asyncio.run(erase())
    assert isinstance(signed, SignedReceipt)
    held = {one.sink: (one.before, one.after) for one in signed.receipt.sinks}
    assert held["workflow_runs"] == (1, 0)
    assert held["workflow_logs"] == (1, 0)
    assert not any(rows().values()), rows()
    assert not list(logs.glob(f"*/run_id=*{run.interview_id}*"))
