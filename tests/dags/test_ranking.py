"""Ranking in a real scheduler: a published card alone ranks its opening, the night what changed; reports follow."""

from __future__ import annotations

import time
from typing import get_args

import pytest

from cli.local import LocalAirflow
from cli.session import local_stores
from include.interview.errors import NotFound
from include.interview.ranking.records import Snapshot
from include.interview.records import Bilingual, CriterionScore, Opening, Scorecard
from include.storage import Stores
from tasks.ranking.stored_reports import Format, stored_report
from tests.support.local_airflow import RUN_TIMEOUT_S, FinishedRun, follow

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
LOOK_S = 0.3
PERSON = "Zyxwranked Person"


def served(airflow: LocalAirflow, opening_id: str) -> Snapshot:
    """The opening's ranking, as soon as there is one."""
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while True:
        airflow.check()
        with local_stores(airflow.settings) as (stores, _):
            try:
                return stores.rankings.served(opening_id)
            except NotFound:
                assert time.monotonic() < deadline, f"{opening_id} was not ranked"
        time.sleep(LOOK_S)


def reported(airflow: LocalAirflow, *openings: str) -> None:
    """Return once the served rankings of these openings have their reports."""
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while True:
        airflow.check()
        with local_stores(airflow.settings) as (stores, _):
            waiting = set(openings) & set(stores.ranking_reports.due())
        if not waiting:
            return
        assert time.monotonic() < deadline, f"no reports of {waiting}"
        time.sleep(LOOK_S)


def publish(stores: Stores, opening: Opening, number: int) -> str:
    """A person's published card with 25 points times `number`, in all three stages; returns the application."""
    application = stores.applications.ensure(stores.candidates.create(f"{PERSON} {number}").id, opening.id)
    for stage in ("ai", "practical", "executive"):
        interview = stores.interviews.create(application, stage, "standard").id
        line = CriterionScore("all", "scored", 100.0, 100.0, score=number / 4, sem=0.02, points=25.0 * number)
        stores.scorecards.publish(
            Scorecard(interview, stage, "complete", 25.0 * number, 2.0, (line,), "standard", "1", "p")
        )
        stores.interviews.set_status(interview, "published")
    return application


def test_a_published_card_alone_starts_the_ranking_of_its_opening(
    finished_run: FinishedRun, local_airflow: LocalAirflow
) -> None:
    with local_stores(local_airflow.settings) as (stores, _):
        interview = stores.interviews.get(finished_run.interview_id)
        application = stores.applications.get(interview.application_id)
        card = stores.scorecards.get(interview.id)
    snapshot = served(local_airflow, application.opening_id)
    (apart,) = [one for one in snapshot.apart if one.id == application.id]
    # With the first of three stages nobody has a place yet, and it is said why.
    assert apart.reason == ("stage_missing" if card.status == "complete" else "insufficient")
    with local_airflow.rest() as rest:
        runs = rest.call("GET", "/api/v2/dags/opening_ranking/dagRuns")["dag_runs"]
    assert {run["run_type"] for run in runs} == {"asset_triggered"}
    assert application.opening_id in {run.get("partition_key") for run in runs}


def test_the_night_ranks_every_opening_that_changed_and_no_other(local_airflow: LocalAirflow) -> None:
    openings = [
        Opening(name, Bilingual("공고", "Opening"), Bilingual("일", "Work"))
        for name in ("night-one", "night-two", "night-empty")
    ]
    with local_stores(local_airflow.settings) as (stores, _):
        for opening in openings:
            stores.openings.put(opening)
        people = {opening.id: [publish(stores, opening, n) for n in (1, 3)] for opening in openings[:2]}
    with local_airflow.rest() as rest:
        for run in ("night-1", "night-2"):
            rest.trigger("nightly_ranking", run, {})
            outcome = follow(local_airflow, run, dag_id="nightly_ranking")
            assert outcome.state == "success"
    with local_stores(local_airflow.settings) as (stores, _):
        for opening_id, (low, high) in people.items():
            ranked = {one.id: one for one in stores.rankings.served(opening_id).ranking.candidates}
            # 25 and 75 points with errors of about 2: the second is above the first beyond doubt.
            assert (ranked[high].best, ranked[high].worst) == (1, 1)
            assert (ranked[low].best, ranked[low].worst) == (2, 2)
            assert len(stores.rankings.list(opening_id)) == 1, "the second night found nothing new"
        with pytest.raises(NotFound):
            stores.rankings.served("night-empty")
    reported(local_airflow, "night-one", "night-two")


def test_a_ranking_from_cards_of_three_stages_is_followed_by_its_reports_and_counted_for_fairness(
    local_airflow: LocalAirflow,
) -> None:
    opening = Opening("reported", Bilingual("공고", "Opening"), Bilingual("일", "Work"))
    with local_stores(local_airflow.settings) as (stores, _):
        stores.openings.put(opening)
        people = [publish(stores, opening, n) for n in (1, 2, 3)]
    with local_airflow.rest() as rest:
        rest.trigger("opening_ranking", "reported-1", {"opening_id": opening.id})
        assert follow(local_airflow, "reported-1", dag_id="opening_ranking").state == "success"
    reported(local_airflow, opening.id)
    with local_stores(local_airflow.settings) as (stores, _):
        served = stores.rankings.served_id(opening.id)
        begins = {"html": b"<!doctype", "pdf": b"%PDF-", "xlsx": b"PK", "csv": "\ufeffrank,".encode()}
        for kind in get_args(Format):
            snapshot, data = stored_report(stores, opening.id, kind, "ko")
            assert snapshot == served
            assert data.lower().startswith(begins[kind].lower())
        table = stored_report(stores, opening.id, "csv", "en")[1].decode()
        blind = stored_report(stores, opening.id, "csv", "en", blind=True)[1].decode()
        assert all(f"{PERSON} {n}" in table for n in (1, 2, 3))
        assert PERSON not in blind
        assert all(application in blind for application in people)
    with local_airflow.rest() as rest:
        rest.trigger("fairness_report", "fair-1", {})
        assert follow(local_airflow, "fair-1", dag_id="fairness_report").state == "success"
        runs = rest.call("GET", "/api/v2/dags/ranking_reports/dagRuns")["dag_runs"]
    assert {run["run_type"] for run in runs} == {"asset_triggered"}
    assert all(run["conf"] in (None, {}) for run in runs)
    with local_stores(local_airflow.settings) as (stores, _):
        subjects = {one.subject for one in stores.fairness_reports.newest(opening.id)}
    assert subjects >= {"ai", "practical", "executive"}
    files = [path for path in local_airflow.home.rglob("*") if path.is_file()]
    hits = [path.name for path in files if PERSON.lower().encode() in path.read_bytes().lower()]
    assert hits == [], "a name is in Airflow's database or logs"
    logs = [path.read_text(errors="replace") for path in files if "dag_id=ranking_reports" in str(path)]
    assert any(f"report of opening={opening.id}: stored" in log for log in logs)
