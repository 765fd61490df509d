"""Preparing an executive interview through the real local Airflow: questions are stored, and Airflow keeps no words."""

from __future__ import annotations

import pytest

from cli.local import LocalAirflow
from cli.session import local_stores
from tasks.executive.preparation import preparation_flow, preparation_run_id
from tests.support.executive_sessions import application, good_interview
from tests.support.local_airflow import follow

pytestmark = [pytest.mark.airflow, pytest.mark.slow]


def test_the_dag_prepares_questions_and_keeps_nothing_personal(local_airflow: LocalAirflow) -> None:
    settings, dag_id = local_airflow.settings, preparation_flow().dag_id
    with local_stores(settings) as (stores, _):
        session = application(stores, "ko", [("ai", good_interview("ko"))]).session.id
        run = preparation_run_id(stores, session)
    with local_airflow.rest() as rest:
        assert rest.trigger(dag_id, run, {"interview_id": session})
        assert not rest.trigger(dag_id, run, {"interview_id": session}), "while nothing changed it is one run"
    outcome = follow(local_airflow, run, dag_id=dag_id)
    assert outcome.state == "success"
    assert {t.task_id for t in outcome.tasks} == {"gather", "write", "store"}
    with local_stores(settings) as (stores, _):
        found = stores.prepared_questions.find(session)
    assert found is not None
    assert 1 <= len(found.questions) <= 8
    canaries = [e.quote.encode() for q in found.questions for e in q.evidence]
    assert canaries
    files = [path for path in local_airflow.home.rglob("*") if path.is_file()]
    assert [path.name for path in files for canary in canaries if canary in path.read_bytes()] == []
