"""Airflow's REST interface, as HR's own systems use it: log in, trigger, follow, answer a review."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from include.airflow_client import AirflowClient, AirflowFailure

T = TypeVar("T")
FINISHED = frozenset({"success", "failed"})
POLL_S = 0.5
"""How often a run that is being followed is asked for its tasks."""
TIMEOUT_S = 30.0
"""Longest wait for an answer: a loaded machine parses and schedules while it answers."""
TASKS_PER_PAGE = 100
AGAIN_S = 120.0
"""How long what may be asked twice is asked again while Airflow gives no answer or answers 5xx: on a busy machine its
server may wait for minutes until others have written the database."""


class TaskState(msgspec.Struct, frozen=True):
    """One task instance of a run. Times are UTC; None until the moment has come."""

    task_id: str
    map_index: int
    state: str | None
    try_number: int
    started: datetime | None
    ended: datetime | None
    percent: int | None = None

    @property
    def name(self) -> str:
        """The task id, with the map index in brackets for a mapped task."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"

    @property
    def seconds(self) -> float | None:
        """Wall time from start to end of the (last) try."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None


class RunOutcome(msgspec.Struct, frozen=True):
    """A finished run: its state, wall time and every task instance."""

    run_id: str
    state: str
    wall_s: float | None
    tasks: tuple[TaskState, ...]

    @property
    def own_cost_s(self) -> float | None:
        """Seconds of the run's wall time in which no task ran: scheduling, process starts, waiting for slots."""
        if self.wall_s is None:
            return None
        return self.wall_s - covered_seconds([(t.started, t.ended) for t in self.tasks if t.started and t.ended])


def again_while_busy(ask: Callable[[], T], alive: Callable[[], None] = lambda: None) -> T:
    """What `ask` answers, asked again for `AGAIN_S` while Airflow is away or answers 5xx: for what may be done twice.

    Args:
        ask: the request.
        alive: called before every try; may raise to give up.

    Raises:
        AirflowFailure: it still answers so, or something else went wrong. And what else `ask` and `alive` raise.
    """
    deadline = time.monotonic() + AGAIN_S
    while True:
        alive()
        try:
            return ask()
        except AirflowFailure as failure:
            busy = failure.status is None or failure.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(POLL_S)


def covered_seconds(spans: list[tuple[datetime, datetime]]) -> float:
    """Length of the union of `spans` in seconds."""
    total, reached = 0.0, None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        if end > begin:
            total += (end - begin).total_seconds()
            reached = end
    return total


def _task(raw: Mapping[str, Any]) -> TaskState:
    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(raw[name]) if raw.get(name) else None

    return TaskState(
        task_id=raw["task_id"],
        map_index=raw["map_index"],
        state=raw["state"],
        try_number=raw["try_number"],
        started=moment("start_date"),
        ended=moment("end_date"),
    )


class AirflowRest:
    """`AirflowClient` for code without an event loop, and what a run can be asked for. A context manager.

    What only reads, and the start of a run, is asked again while Airflow is busy; `alive` may raise to give up.

    Raises (every call):
        AirflowFailure: Airflow is away or broken, does not know what is meant, or does not allow it.
        AirflowRefusal: it refused the request itself.
    """

    def __init__(self, url: str, username: str, password: str, alive: Callable[[], None] = lambda: None) -> None:
        self.url = url
        self._alive = alive
        self._runner = asyncio.Runner()
        self._client = AirflowClient(url, username, password, timeout_s=TIMEOUT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.close())
        self._runner.close()

    def login(self) -> None:
        """Log in now instead of by the first request; a wrong name or password is an AirflowFailure of status 401."""
        self._runner.run(self._client.login())

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer to one authenticated request, whatever its status."""
        return self._runner.run(self._client.request(method, path, params=params, headers=headers))

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> Any:
        """The decoded JSON answer of a successful request; None when it is empty."""

        def ask() -> Any:
            return self._runner.run(self._client.call(method, path, body=body, params=params))

        return again_while_busy(ask, self._alive) if method == "GET" else ask()

    def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, str]) -> bool:
        """Start the run `run_id`; True when it is new, False when it existed already (409, which is success).

        The same id is one run however often it is started.

        Raises:
            AirflowRefusal: it refuses `conf`.
        """
        return again_while_busy(lambda: self._runner.run(self._client.trigger(dag_id, run_id, conf)), self._alive)

    def run(self, dag_id: str, run_id: str) -> dict[str, Any]:
        """The run as Airflow describes it."""
        found: dict[str, Any] = self.call("GET", f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}")
        return found

    def task_states(self, dag_id: str, run_id: str) -> tuple[TaskState, ...]:
        """Every task instance of the run, mapped ones one by one, in order of their start (unstarted last)."""
        path = f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}/taskInstances"
        raw = self.call("GET", path, params={"limit": TASKS_PER_PAGE})["task_instances"]
        states = [_task(item) for item in raw]
        return tuple(sorted(states, key=lambda t: (t.started is None, t.started and t.started.timestamp(), t.name)))

    def kept(self, dag_id: str, run_id: str, task: TaskState, key: str) -> Any:
        """What the task keeps under `key` in its state store, or None when it has not kept anything there."""
        path = (
            f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}/taskInstances/{quote(task.task_id)}"
            f"/state-store/{quote(key)}"
        )
        try:
            found: dict[str, Any] = self.call("GET", path, params={"map_index": task.map_index})
        except AirflowFailure as failure:
            if failure.status == HTTPStatus.NOT_FOUND:
                return None
            raise
        return found.get("value")

    def step_seconds(self, dag_id: str, run_id: str, task: TaskState) -> float | None:
        """Wall time of the task's step alone; the rest of the task's time is Airflow's own cost."""
        spent: dict[str, float] = self.kept(dag_id, run_id, task, "step_seconds") or {}
        return spent.get("wall")

    def processor_seconds(self, dag_id: str, run_id: str, task: TaskState) -> float | None:
        """Processor time of the task's process until its step ended, its own beginning included."""
        spent: dict[str, float] = self.kept(dag_id, run_id, task, "step_seconds") or {}
        return spent.get("processor")

    def wait(
        self,
        dag_id: str,
        run_id: str,
        on_tasks: Callable[[tuple[TaskState, ...]], None] | None = None,
        *,
        timeout_s: float | None = None,
    ) -> RunOutcome:
        """Follow the run to its end; `on_tasks` sees its tasks at every look.

        Raises:
            TimeoutError: the run did not end within `timeout_s`.
            AirflowFailure: no such run.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            run = self.run(dag_id, run_id)
            tasks = self.task_states(dag_id, run_id)
            if on_tasks is not None:
                on_tasks(tuple(self._with_percent(dag_id, run_id, task) for task in tasks))
            if run["state"] in FINISHED:
                return RunOutcome(run_id=run_id, state=run["state"], wall_s=_wall(run), tasks=tasks)
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutError(f"The run {run_id} did not end within {timeout_s:.0f} s.")
            time.sleep(POLL_S)

    def _with_percent(self, dag_id: str, run_id: str, task: TaskState) -> TaskState:
        if task.state != "running":
            return task
        progress = self.kept(dag_id, run_id, task, "progress")
        return msgspec.structs.replace(task, percent=progress["percent"] if progress else None)

    def answer_review(self, dag_id: str, run_id: str, decision: str, ground: str, task_id: str = "review") -> None:
        """Answer the run's waiting review task.

        Raises:
            AirflowFailure: nothing waits there, or this user may not answer.
        """
        path = f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}/taskInstances/{quote(task_id)}/-1/hitlDetails"
        self.call("PATCH", path, body={"chosen_options": [decision], "params_input": {"ground": ground}})

    def task_log(self, dag_id: str, run_id: str, task: TaskState) -> str:
        """The log of the task's last try as plain text."""
        path = (
            f"/api/v2/dags/{quote(dag_id)}/dagRuns/{quote(run_id)}/taskInstances/{quote(task.task_id)}"
            f"/logs/{max(task.try_number, 1)}"
        )
        content = self.call("GET", path, params={"map_index": task.map_index})["content"]
        return "\n".join(_log_line(item) for item in content)


def _log_line(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    line = str(item.get("event", ""))
    details = item.get("error_detail")
    if isinstance(details, list):
        line += "".join(f"\n{d.get('exc_type')}: {d.get('exc_value')}" for d in details if isinstance(d, dict))
    return line


def _wall(run: Mapping[str, Any]) -> float | None:
    start, end = run.get("start_date"), run.get("end_date")
    if not (start and end):
        return None
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
