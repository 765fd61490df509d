"""Which interviews of any stage wait for their DAG run, as the database knows it: the way back after a lost queue."""

from __future__ import annotations

from include.interview.records import Record
from include.interview.stages import STAGES
from include.storage import Stores
from tasks.ai.intake import run_id as recorded_run_id
from tasks.live.handover import live_run_id


class WaitingRun(Record, frozen=True):
    """A DAG run that should exist: what Airflow is asked for."""

    dag_id: str
    run_id: str
    interview_id: str


def waiting_runs(stores: Stores) -> list[WaitingRun]:
    """Return the run of every interview that is `uploaded`: its recording is stored and no step of its run has begun.

    Asking Airflow for a run that it already has changes nothing, so the list may be worked off at any time.

    Raises:
        ServiceFailure: the database cannot be used.
    """
    found = []
    for interview in stores.interviews.list():
        facts = STAGES[interview.stage]
        if interview.status == "uploaded":
            run_id = live_run_id(interview.stage, interview.id) if facts.live else recorded_run_id(stores, interview.id)
            found.append(WaitingRun(facts.flow.dag_id, run_id, interview.id))
    return found
