"""The review task of a flow, as Airflow's REST interface has it: finding the run that waits, and answering it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from include.airflow_client.client import AirflowClient
from include.airflow_client.errors import AirflowFailure

REVIEW_TASK = "review"


async def waiting_run(client: AirflowClient, dag_id: str, interview_id: str) -> str | None:
    """Id of the newest run of `dag_id` whose review of this interview waits for a person; None when none does.

    Raises:
        AirflowFailure: Airflow is away, or does not let this login see it.
    """
    params: dict[str, str | int] = {
        "subject_search": interview_id,
        "task_id": REVIEW_TASK,
        "response_received": "false",
        "order_by": "-created_at",
        "limit": 1,
    }
    found = await client.call("GET", f"/api/v2/dags/{quote(dag_id)}/dagRuns/~/hitlDetails", params=params)
    for detail in found["hitl_details"]:
        run_id: str = detail["task_instance"]["dag_run_id"]
        return run_id
    return None


async def answer_review(client: AirflowClient, dag_id: str, run_id: str, decision: str, ground: str) -> bool:
    """Answer the waiting review of a run; False when somebody answered it meanwhile, or it waits no more.

    Raises:
        AirflowFailure: Airflow is away, or does not let this login answer. AirflowRefusal: it does not take the answer.
    """
    path = f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}/taskInstances/{REVIEW_TASK}/-1/hitlDetails"
    body: dict[str, Any] = {"chosen_options": [decision], "params_input": {"ground": ground}}
    try:
        await client.call("PATCH", path, body=body)
    except AirflowFailure as failure:
        if failure.status in (HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND):
            return False
        raise
    return True
