"""Runs of the real local Airflow that wait for a person, made from a card that our own steps scored."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.local import LocalAirflow, RunOutcome, TaskState
from cli.local.rest import AirflowRest, again_while_busy
from include.interview.entities import ArtifactRef
from tests.support.local_airflow import RUN_TIMEOUT_S
from tests.support.patience import PATIENCE_S

LOOK_S = 0.3
REPORTED = timedelta(seconds=2)
"""From a task's parking to the executor's report of it, at the most."""


def _patiently(rest: AirflowRest, method: str, path: str, body: dict[str, Any]) -> None:
    """Ask until Airflow's database lets it: beside a scheduler that writes, SQLite refuses now and then."""
    again_while_busy(lambda: rest.call(method, path, body=body))


def _last_round(rest: AirflowRest) -> datetime:
    """When the scheduler last said that it had gone once round."""
    health = rest.call("GET", "/api/v2/monitor/health")
    return datetime.fromisoformat(health["scheduler"]["latest_scheduler_heartbeat"])


def once_parked(rest: AirflowRest, task: str, then: Callable[[], None]) -> Callable[[tuple[TaskState, ...]], None]:
    """What looks at a run's tasks and calls `then` once, when `task` waits for people.

    The scheduler has looked around since: an answer that meets the executor's report of the parked task, which is taken
    up by the next round of the scheduler, makes Airflow 3.3.2 try the task again. Nobody reads that fast.
    """
    parked: datetime | None = None
    asked = False

    def seen(tasks: tuple[TaskState, ...]) -> None:
        nonlocal parked, asked
        if asked or not any(t.task_id == task and t.state == "awaiting_input" for t in tasks):
            return
        parked = parked or datetime.now(UTC)
        if _last_round(rest) > parked + REPORTED:
            asked = True
            then()

    return seen


class ParkedRun:
    """A run of an interview DAG whose `task` waits for people.

    What comes before the card (recording, words, judging) is another test's: the run fails there, the tasks `scored`
    are set to have succeeded, with the ref of `card`, and the run is cleared from `start` on.
    """

    def __init__(
        self, airflow: LocalAirflow, dag_id: str, run: str, card: ArtifactRef, *,
        task: str, scored: tuple[str, ...], start: tuple[str, ...],
    ) -> None:  # fmt: skip
        self.airflow, self.dag_id, self.run, self.task = airflow, dag_id, run, task
        self.interview_id = card.interview_id
        self.instances = f"/api/v2/dags/{dag_id}/dagRuns/{run}/taskInstances"
        with airflow.rest() as rest:
            rest.trigger(dag_id, run, {"interview_id": self.interview_id})
            assert rest.wait(dag_id, run, timeout_s=RUN_TIMEOUT_S).state == "failed"
            self._past_its_alarm()
            for done in scored:
                _patiently(rest, "PATCH", f"{self.instances}/{done}", {"new_state": "success"})
            ref = {"id": card.id, "interview_id": card.interview_id, "kind": card.kind}
            _patiently(rest, "POST", f"{self.instances}/score/xcomEntries", {"key": "return_value", "value": ref})
            self.clear(rest, *start)

    def clear(self, rest: AirflowRest, *tasks: str) -> None:
        """Clear tasks and all that follow, as an operator does."""
        body = {
            "dry_run": False, "dag_run_id": self.run, "only_failed": False, "include_downstream": True,
            "task_ids": list(tasks),
        }  # fmt: skip
        _patiently(rest, "POST", f"/api/v2/dags/{self.dag_id}/clearTaskInstances", body)

    def _past_its_alarm(self) -> None:
        """Have the run's lateness alarm gone off, as it has after three hours.

        Until then Airflow 3.3.2 answers 500 to clearing: it reckons the alarm's interval anew and cannot read it.
        """
        gone_off = "UPDATE deadline SET missed = 1 WHERE dagrun_id = (SELECT id FROM dag_run WHERE run_id = ?)"
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            with closing(sqlite3.connect(self.airflow.home / "airflow.db", timeout=PATIENCE_S)) as database, database:
                if database.execute(gone_off, (self.run,)).rowcount == 1:
                    return
            time.sleep(LOOK_S)
        pytest.fail("the run has no lateness alarm")

    def until(self, rest: AirflowRest, when_waiting: Callable[[], None]) -> RunOutcome:
        """Follow the run; `when_waiting` is called once, when people are asked (see `once_parked`)."""
        seen = once_parked(rest, self.task, when_waiting)
        return rest.wait(self.dag_id, self.run, seen, timeout_s=RUN_TIMEOUT_S)

    def details(self, rest: AirflowRest) -> dict[str, Any]:
        """What Airflow shows of the question."""
        found: dict[str, Any] = rest.call("GET", f"{self.instances}/{self.task}/-1/hitlDetails")
        return found
