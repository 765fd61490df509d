"""Airflow on this machine, started and stopped as one thing: used by `./triview demo` and `./triview up`."""

from __future__ import annotations

from cli.local.rest import AirflowRest, RunOutcome, TaskState
from cli.local.runtime import LocalAirflow, LocalAirflowError

__all__ = ["AirflowRest", "LocalAirflow", "LocalAirflowError", "RunOutcome", "TaskState"]
