"""Approval of insights in the real local Airflow: answered there, decided elsewhere, refused, and out of time.

What comes before the card (recording, words, judging) is another test's: here the tasks `score`, `compare` and
`delivery` are set to have succeeded, with the ref of a card that the same steps stored, and the run is cleared from
there on.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.local import LocalAirflow, RunOutcome
from cli.local.rest import AirflowRest, again_while_5xx
from cli.session import local_stores
from dags.insight_approval import DECIDE
from include.airflow_client import AirflowFailure
from include.interview.insight.records import Insight
from tasks.evaluation.context import StepContext
from tasks.evaluation.publish import stored_reports
from tasks.executive.approval import DEADLINE_ACTOR, decide
from tasks.live.handover import live_run_id
from tests.support.insight_sessions import let_pass, scored_session
from tests.support.local_airflow import RUN_TIMEOUT_S
from tests.support.patience import PATIENCE_S

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(600)]

DAG_ID, TASK = "executive_insight", "approve_insights"
LOOK_S = 0.3
REPORTED = timedelta(seconds=2)
"""From a task's parking to the executor's report of it, at the most."""


def _patiently(rest: AirflowRest, method: str, path: str, body: dict[str, Any]) -> None:
    """Ask until Airflow's database lets it: beside a scheduler that writes, SQLite refuses now and then."""
    again_while_5xx(lambda: rest.call(method, path, body=body), PATIENCE_S)


def _last_round(rest: AirflowRest) -> datetime:
    """When the scheduler last said that it had gone once round."""
    health = rest.call("GET", "/api/v2/monitor/health")
    return datetime.fromisoformat(health["scheduler"]["latest_scheduler_heartbeat"])


class Waiting:
    """A run of the DAG whose insights wait for people."""

    def __init__(self, airflow: LocalAirflow) -> None:
        self.airflow = airflow
        with local_stores(airflow.settings) as (stores, settings):
            session, card = scored_session(stores, settings)
        self.interview_id, self.run = session.id, live_run_id("executive", session.id)
        self.instances = f"/api/v2/dags/{DAG_ID}/dagRuns/{self.run}/taskInstances"
        with airflow.rest() as rest:
            rest.trigger(DAG_ID, self.run, {"interview_id": session.id})
            assert rest.wait(DAG_ID, self.run, timeout_s=RUN_TIMEOUT_S, alive=airflow.check).state == "failed"
            self._past_its_alarm()
            for task in ("score", "compare", "delivery"):
                _patiently(rest, "PATCH", f"{self.instances}/{task}", {"new_state": "success"})
            ref = {"id": card.id, "interview_id": card.interview_id, "kind": card.kind}
            _patiently(rest, "POST", f"{self.instances}/score/xcomEntries", {"key": "return_value", "value": ref})
            self.clear(rest, "draft_insights", "review")

    def clear(self, rest: AirflowRest, *tasks: str) -> None:
        """Clear tasks and all that follow, as an operator does."""
        body = {
            "dry_run": False, "dag_run_id": self.run, "only_failed": False, "include_downstream": True,
            "task_ids": list(tasks),
        }  # fmt: skip
        _patiently(rest, "POST", f"/api/v2/dags/{DAG_ID}/clearTaskInstances", body)

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
        """Follow the run; `when_waiting` is called once, when people are asked.

        The scheduler has looked around since: an answer that meets the executor's report of the parked task, which is
        taken up by the next round of the scheduler, makes Airflow 3.3.2 try the task again. Nobody reads that fast.
        """
        parked: datetime | None = None
        asked = False

        def seen(tasks: Any) -> None:
            nonlocal parked, asked
            if asked or not any(t.task_id == TASK and t.state == "awaiting_input" for t in tasks):
                return
            parked = parked or datetime.now(UTC)
            if _last_round(rest) > parked + REPORTED:
                asked = True
                when_waiting()

        return rest.wait(DAG_ID, self.run, seen, timeout_s=RUN_TIMEOUT_S, alive=self.airflow.check)

    def details(self, rest: AirflowRest) -> dict[str, Any]:
        """What Airflow shows of the question."""
        found: dict[str, Any] = rest.call("GET", f"{self.instances}/{TASK}/-1/hitlDetails")
        return found

    def answer(self, rest: AirflowRest, approved: object) -> None:
        """Answer in Airflow."""
        body = {"chosen_options": [DECIDE], "params_input": {"approved": approved}}
        rest.call("PATCH", f"{self.instances}/{TASK}/-1/hitlDetails", body=body)

    def insights(self) -> tuple[Insight, ...]:
        """The insights as they are stored now."""
        with local_stores(self.airflow.settings) as (stores, _):
            return stores.insights.list(self.interview_id)

    def decide(self, insight_id: str, decision: str) -> None:
        """Decide through another door."""
        with local_stores(self.airflow.settings) as (stores, settings):
            decide(StepContext(stores, settings, self.interview_id), insight_id, decision)  # type: ignore[arg-type]


def states(outcome: RunOutcome) -> dict[str, str | None]:
    return {t.task_id: t.state for t in outcome.tasks}


def test_answered_in_airflow_after_one_was_decided_elsewhere(local_airflow: LocalAirflow) -> None:
    run = Waiting(local_airflow)
    shown: dict[str, Any] = {}

    def answer() -> None:
        first, second, *_ = (one.id for one in run.insights())
        shown.update(run.details(rest), first=first, second=second)
        run.decide(first, "reject")
        with local_airflow.rest("reader") as reader, pytest.raises(AirflowFailure):
            run.answer(reader, [first])
        run.answer(rest, [first, second])

    with local_airflow.rest() as rest:
        outcome = run.until(rest, answer)
    assert outcome.state == "success"
    assert states(outcome)["review"] == "skipped"
    found = {one.id: one for one in run.insights()}
    assert (found[shown["first"]].status, found[shown["second"]].status) == ("rejected", "accepted")
    assert {one.status for one in found.values()} == {"accepted", "rejected"}
    assert [user["id"] for user in shown["assigned_users"]] == ["admin"]
    told = f"{shown['subject']} {shown['body']} {shown['params']}"
    assert all(one in told for one in found)
    for insight in found.values():
        words = [*(text for _, text in insight.text.given()), *(quote.text for quote in insight.quotes)]
        assert not [text for text in words if text in told]
    with local_stores(local_airflow.settings) as (stores, _):
        assert "airflow:admin" in {d.actor for d in stores.insights.decisions(run.interview_id)}
        page = stored_reports(stores, run.interview_id)["report.en.html"].decode()
    sentences = {i: one.text.en for i, one in found.items()}
    assert str(sentences[shown["second"]]) in page
    assert str(sentences[shown["first"]]) not in page


def test_a_wrong_answer_decides_nothing_and_what_is_decided_elsewhere_is_noticed(local_airflow: LocalAirflow) -> None:
    run = Waiting(local_airflow)

    def elsewhere() -> None:
        first, *rest = (one.id for one in run.insights())
        run.decide(first, "approve")
        with local_stores(local_airflow.settings) as (stores, _):
            let_pass(stores, run.interview_id, 48)
        assert rest

    with local_airflow.rest() as rest:
        outcome = run.until(rest, lambda: run.answer(rest, ["words that are no id"]))
        failed = next(t for t in outcome.tasks if t.task_id == TASK)
        assert (failed.state, failed.try_number) == ("failed", 1), "bad input must not be tried again"
        assert "names an insight that this interview does not have" in rest.task_log(DAG_ID, run.run, failed)
        assert {one.status for one in run.insights()} == {"draft"}
        run.clear(rest, TASK)
        outcome = run.until(rest, elsewhere)
    assert outcome.state == "success"
    assert states(outcome)[TASK] == "success"
    found = run.insights()
    assert [one.status for one in found] == ["accepted", *["rejected"] * (len(found) - 1)]
    with local_stores(local_airflow.settings) as (stores, _):
        assert DEADLINE_ACTOR in {d.actor for d in stores.insights.decisions(run.interview_id)}
