"""Ranking in a real scheduler: a published card alone ranks its opening, and the night ranks what changed."""

from __future__ import annotations

import time

import pytest

from cli.local import LocalAirflow
from cli.session import local_stores
from include.interview.errors import NotFound
from include.interview.ranking.records import Snapshot
from include.interview.records import Bilingual, CriterionScore, Opening, Scorecard
from include.storage import Stores
from tests.support.local_airflow import RUN_TIMEOUT_S, FinishedRun, follow

pytestmark = [pytest.mark.airflow, pytest.mark.slow]
LOOK_S = 0.3


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


def publish(stores: Stores, opening: Opening, number: int) -> str:
    """A person's published card with 25 points times `number`, in all three stages; returns the application."""
    application = stores.applications.ensure(stores.candidates.create(f"P{number}").id, opening.id)
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
