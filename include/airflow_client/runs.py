"""Runs of an interview, as Airflow's REST interface has them: finding and deleting them with all that belongs to them.

Source: Airflow 3's REST API v2. Deleting a run deletes its task instances, XCom, rendered fields and human tasks; task
logs stay in their folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import msgspec

from include.airflow_client.client import AirflowClient
from include.airflow_client.errors import AirflowFailure

PAGE = 100
"""Runs asked for at a time."""
ENDED = ("success", "failed")


class Run(msgspec.Struct, frozen=True):
    """One run of a DAG, and the state it is in."""

    dag_id: str
    run_id: str
    state: str


async def runs_of(client: AirflowClient, interview_ids: Sequence[str]) -> list[Run]:
    """All runs, of any DAG, whose id names one of the interviews.

    Raises:
        AirflowFailure: Airflow is away, or does not let this login see runs.
    """
    found: dict[tuple[str, str], Run] = {}
    for interview_id in interview_ids:
        offset = 0
        while True:
            params: dict[str, str | int] = {
                "run_id_pattern": f"%{interview_id}%",
                "limit": PAGE,
                "offset": offset,
                "order_by": "id",
            }
            page = (await client.call("GET", "/api/v2/dags/~/dagRuns", params=params))["dag_runs"]
            for one in page:
                found[one["dag_id"], one["dag_run_id"]] = Run(one["dag_id"], one["dag_run_id"], one["state"])
            if len(page) < PAGE:
                break
            offset += PAGE
    return list(found.values())


async def delete_run(client: AirflowClient, run: Run) -> None:
    """Delete the run; one that has not ended is ended first. Deleting one that is gone already is as good.

    Raises:
        AirflowFailure: Airflow is away, or does not let this login delete runs.
    """
    path = f"/api/v2/dags/{quote(run.dag_id)}/dagRuns/{quote(run.run_id)}"
    if run.state not in ENDED:
        await _unless_gone(client, "PATCH", path, {"state": "failed"})
    await _unless_gone(client, "DELETE", path, None)


async def _unless_gone(client: AirflowClient, method: str, path: str, body: dict[str, Any] | None) -> None:
    try:
        await client.call(method, path, body=body)
    except AirflowFailure as failure:
        if failure.status != HTTPStatus.NOT_FOUND:
            raise
