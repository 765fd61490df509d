"""Rankings in a real scheduler: from cards that the real flows made to snapshots, reports and fairness figures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, get_args

import pytest
from sqlalchemy import update

from cli.local import LocalAirflow
from cli.local.rest import AirflowRest, again_while_busy
from cli.session import local_stores
from include.airflow_client import AirflowFailure
from include.interview.errors import NotFound
from include.interview.ranking.records import Snapshot
from include.interview.records import Bilingual, CriterionScore, Opening, Scorecard
from include.interview.stages import STAGES
from include.storage import Stores
from include.storage.database import tables as t
from tasks.ranking.stored_reports import Format, stored_report
from tests.support.local_airflow import MARKERS, RUN_TIMEOUT_S, follow
from tests.support.three_stages import OPENING, ThreeStages

pytestmark = [pytest.mark.airflow, pytest.mark.models, pytest.mark.hears, pytest.mark.slow, pytest.mark.timeout(600)]
LOOK_S = 0.3
PERSON = "Zyxwranked Person"
FIRST_NIGHT = datetime(2026, 11, 2, 2, tzinfo=UTC)
"""A Monday after the first day of every DAG."""
MONDAY = datetime(2026, 11, 2, 3, tzinfo=UTC)


def until(airflow: LocalAirflow, holds: Callable[[Stores], bool], what: str) -> None:
    """Return once it holds of the stores."""
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while True:
        airflow.check()
        with local_stores(airflow.settings) as (stores, _):
            if holds(stores):
                return
        assert time.monotonic() < deadline, what
        time.sleep(LOOK_S)


def served(stores: Stores, opening_id: str) -> Snapshot | None:
    """The opening's ranking, or None before there is one."""
    try:
        return stores.rankings.served(opening_id)
    except NotFound:
        return None


def backfilled(rest: AirflowRest, asked: dict[str, Any]) -> None:
    """Ask for a backfill once.

    Beside a scheduler that writes, SQLite may refuse in the middle; Airflow answers 503 and takes back what it began,
    if SQLite lets it. What it could not take back is cancelled here, or it would stand in the way (409).
    """
    try:
        rest.call("POST", "/api/v2/backfills", body=asked)
    except AirflowFailure as failure:
        if failure.status == HTTPStatus.SERVICE_UNAVAILABLE:
            begun = rest.call("GET", "/api/v2/backfills", params={"dag_id": asked["dag_id"]})["backfills"]
            for left in (one for one in begun if one["completed_at"] is None):
                rest.call("PUT", f"/api/v2/backfills/{left['id']}/cancel")
        raise


def scheduled(airflow: LocalAirflow, rest: AirflowRest, dag_id: str, tick: datetime) -> str:
    """Let the scheduler make the run that the DAG's schedule has on the day of `tick`, and follow it; its id.

    It is the only run of that day, and it is due at `tick`.
    """
    day = tick.replace(hour=0)
    asked = {
        "dag_id": dag_id, "from_date": day.isoformat(), "to_date": (day + timedelta(hours=23)).isoformat(),
        "run_backwards": False, "dag_run_conf": {}, "reprocess_behavior": "failed", "max_active_runs": 1,
    }  # fmt: skip
    again_while_busy(lambda: backfilled(rest, asked))
    dates = {"logical_date_gte": day.isoformat(), "logical_date_lte": (day + timedelta(hours=23)).isoformat()}
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while not found:
        found = rest.call("GET", f"/api/v2/dags/{dag_id}/dagRuns", params=dates)["dag_runs"]
        assert time.monotonic() < deadline, f"{dag_id} has no run at {tick}"
    (run,) = found
    assert (run["run_type"], datetime.fromisoformat(run["logical_date"])) == ("backfill", tick)
    name: str = run["dag_run_id"]
    assert follow(airflow, name, dag_id=dag_id).state == "success"
    return name


def publish(stores: Stores, opening: Opening, number: int, like: Sequence[Scorecard] = ()) -> str:
    """A person's published card with 25 points times `number`, in all three stages; returns the application.

    Args:
        like: cards under whose rules the person's are.
    """
    application = stores.applications.ensure(stores.candidates.create(f"{PERSON} {number}").id, opening.id)
    rules = {card.stage: (card.profile, card.rubric_version, card.pipeline_version) for card in like}
    for stage in STAGES:
        interview = stores.interviews.create(application, stage, "standard").id
        line = CriterionScore("all", "scored", 100.0, 100.0, score=number / 4, sem=0.02, points=25.0 * number)
        made_by = rules.get(stage, ("standard", "1", "p"))
        stores.scorecards.publish(Scorecard(interview, stage, "complete", 25.0 * number, 2.0, (line,), *made_by))
        stores.interviews.set_status(interview, "published")
    return application


def break_total(stores: Stores, application: str, by: float) -> None:
    """Change one stored total of the application, as somebody would who works in the database by hand."""
    table = t.card_totals
    with stores.db.begin() as connection:
        connection.execute(
            update(table)
            .where(table.c.application_id == application, table.c.stage == "ai")
            .values(total=table.c.total + by, updated_at=datetime.now(UTC))
        )


def test_from_the_cards_of_three_real_stages_to_ranking_reports_and_fairness(
    local_airflow: LocalAirflow, three_stages: ThreeStages
) -> None:
    opening, person = three_stages.opening.id, three_stages.application_id
    # Each published card alone has its opening ranked; with the third the person has a place.
    until(
        local_airflow,
        lambda stores: bool((now := served(stores, opening)) and len(now.inputs) == len(STAGES)),
        "the published cards did not rank their opening",
    )
    with local_stores(local_airflow.settings) as (stores, _):
        (alone,) = stores.rankings.served(opening).ranking.candidates
        assert (alone.id, alone.best, alone.worst) == (person, 1, 1)
        cards = [stores.scorecards.get(run.interview_id) for run in three_stages.runs.values()]
        assert [(card.stage, card.status) for card in cards] == [(stage, "complete") for stage in STAGES]
        composite = sum(OPENING.stage_weights[card.stage] * (card.total or 0.0) for card in cards) / 100
        assert alone.composite == pytest.approx(composite)
        # Cards of others, under the same rules, of which no event tells: the night finds them.
        low, high = (publish(stores, OPENING, n, like=cards) for n in (0, 4))
        before = stores.rankings.served_id(opening)
    with local_airflow.rest() as rest:
        runs = rest.call("GET", "/api/v2/dags/opening_ranking/dagRuns")["dag_runs"]
        assert {run["run_type"] for run in runs} == {"asset_triggered"}
        assert opening in {run["partition_key"] for run in runs}
        scheduled(local_airflow, rest, "nightly_ranking", FIRST_NIGHT)
        with local_stores(local_airflow.settings) as (stores, _):
            ranked = stores.rankings.served(opening).ranking.candidates
            assert [one.id for one in ranked] == [high, person, low]
            assert ranked[0].best == 1
            assert ranked[-1].worst == 3
            night = stores.rankings.served_id(opening)
            assert night != before
            # The next morning one total is not what its criteria make.
            break_total(stores, high, -1.0)
        until(local_airflow, lambda stores: opening not in stores.ranking_reports.due(), "no report of the night")
        reads_in_all_formats(local_airflow, night, [high, person, low])
        rest.trigger("nightly_ranking", "broken", {})
        assert follow(local_airflow, "broken", dag_id="nightly_ranking").state == "success"
        with local_stores(local_airflow.settings) as (stores, _):
            assert stores.rankings.served_id(opening) == night, "yesterday's stays"
            state = stores.rankings.state(opening)
            assert state is not None
            assert state.failures == {"total_equals_recomputed": 1}
        assert "RANKING STOPPED" in log_of(rest, "nightly_ranking", "broken", "rank")
        scheduled(local_airflow, rest, "fairness_report", MONDAY)
        # Put right, the opening is ranked on request.
        with local_stores(local_airflow.settings) as (stores, _):
            break_total(stores, high, 1.0)
        rest.trigger("opening_ranking", "mended", {"opening_id": opening})
        assert follow(local_airflow, "mended", dag_id="opening_ranking").state == "success"
        reported = rest.call("GET", "/api/v2/dags/ranking_reports/dagRuns")["dag_runs"]
    assert {run["run_type"] for run in reported} == {"asset_triggered"}
    assert all(run["conf"] in (None, {}) for run in reported)
    with local_stores(local_airflow.settings) as (stores, _):
        state = stores.rankings.state(opening)
        assert state is not None
        assert state.failures == {}
        assert {one.subject for one in stores.fairness_reports.newest(opening)} >= set(STAGES)
    until(local_airflow, lambda stores: opening not in stores.ranking_reports.due(), "no report without the banner")
    nobody_is_named(local_airflow)


def test_openings_without_cards_are_not_ranked_and_what_did_not_change_is_left_alone(
    local_airflow: LocalAirflow,
) -> None:
    openings = [Opening(name, Bilingual("공고", "Opening"), Bilingual("일", "Work")) for name in ("night-one", "empty")]
    with local_stores(local_airflow.settings) as (stores, _):
        for opening in openings:
            stores.openings.put(opening)
        low, high = (publish(stores, openings[0], n) for n in (1, 3))
    with local_airflow.rest() as rest:
        for run in ("night-1", "night-2"):
            rest.trigger("nightly_ranking", run, {})
            assert follow(local_airflow, run, dag_id="nightly_ranking").state == "success"
    with local_stores(local_airflow.settings) as (stores, _):
        ranked = {one.id: (one.best, one.worst) for one in stores.rankings.served("night-one").ranking.candidates}
        # 25 and 75 points with errors of about 2: the second is above the first beyond doubt.
        assert ranked == {high: (1, 1), low: (2, 2)}
        assert len(stores.rankings.list("night-one")) == 1, "the second night found nothing new"
        assert served(stores, "empty") is None


def reads_in_all_formats(airflow: LocalAirflow, snapshot: str, applications: Sequence[str]) -> None:
    """The stored report is of the snapshot, in all formats, with names and blind."""
    begins = {"html": b"<!doctype", "pdf": b"%PDF-", "xlsx": b"PK", "csv": "\ufeffrank,".encode()}
    with local_stores(airflow.settings) as (stores, _):
        for kind in get_args(Format):
            found, data = stored_report(stores, OPENING.id, kind, "ko")
            assert found == snapshot
            assert data.lower().startswith(begins[kind].lower())
        table = stored_report(stores, OPENING.id, "csv", "en")[1].decode()
        blind = stored_report(stores, OPENING.id, "csv", "en", blind=True)[1].decode()
    assert all(name in table for name in (MARKERS["name"], f"{PERSON} 4"))
    assert not any(name in blind for name in (MARKERS["name"], PERSON))
    assert all(application in blind for application in applications)


def log_of(rest: AirflowRest, dag_id: str, run: str, task_id: str) -> str:
    """The logs of the run's tasks of that id."""
    tasks = [one for one in rest.task_states(dag_id, run) if one.task_id == task_id]
    return "\n".join(rest.task_log(dag_id, run, one) for one in tasks)


def nobody_is_named(airflow: LocalAirflow) -> None:
    """No name is in Airflow's database or logs, and the reports' logs tell what was stored."""
    files = {path: path.read_bytes() for path in airflow.home.rglob("*") if path.is_file()}
    names = [name.lower().encode() for name in (PERSON, MARKERS["name"])]
    assert [path.name for path, data in files.items() if any(name in data.lower() for name in names)] == []
    logs = [data.decode(errors="replace") for path, data in files.items() if "dag_id=ranking_reports" in str(path)]
    assert any(f"report of opening={OPENING.id}: stored" in log for log in logs)
