"""Approval of insights in the real local Airflow: answered there, decided elsewhere, refused, and out of time."""

from __future__ import annotations

from typing import Any

import pytest

from cli.local import LocalAirflow, RunOutcome
from cli.local.rest import AirflowRest
from cli.session import local_stores
from dags.insight_approval import DECIDE
from include.airflow_client import AirflowFailure
from include.interview.insight.records import Insight
from tasks.evaluation.context import StepContext
from tasks.evaluation.publish import stored_reports
from tasks.executive.approval import DEADLINE_ACTOR, decide
from tasks.live.handover import live_run_id
from tests.support.insight_sessions import let_pass, scored_session
from tests.support.parked_runs import ParkedRun

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(600)]

DAG_ID, TASK = "executive_insight", "approve_insights"


class Waiting(ParkedRun):
    """A run of the DAG whose insights wait for people."""

    def __init__(self, airflow: LocalAirflow) -> None:
        with local_stores(airflow.settings) as (stores, settings):
            session, card = scored_session(stores, settings)
        super().__init__(
            airflow, DAG_ID, live_run_id("executive", session.id), card, task=TASK,
            scored=("score", "compare", "delivery"), start=("draft_insights", "review"),
        )  # fmt: skip

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
