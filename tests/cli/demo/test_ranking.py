"""The demo's ranking: of whom it is awaited, and what is said when every card waits for a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.demo.ranking import DemoRanking, HandedIn, await_ranking, demo_opening, show_ranking
from cli.session import local_stores
from include.interview.records import CriterionScore, Opening, Scorecard
from include.settings import Settings
from tasks.ranking.flow import rank_openings
from tests.support.local_airflow import settings_in

pytestmark = pytest.mark.slow


def handed_in(settings: Settings, opening: Opening, totals: list[float | None]) -> list[HandedIn]:
    """One applicant per total; None stands for a card that waits for a person and so is not published."""
    people = []
    with local_stores(settings) as (stores, _):
        stores.openings.put(opening)
        for number, total in enumerate(totals):
            application = stores.applications.ensure(stores.candidates.create(f"P{number}").id, opening.id)
            interview = stores.interviews.create(application, "ai", "standard").id
            people.append(HandedIn(f"P{number}", application, interview, f"run-{number}"))
            if total is not None:
                line = CriterionScore("all", "scored", 100.0, 100.0, score=total / 100, sem=0.02, points=total)
                stores.scorecards.publish(
                    Scorecard(interview, "ai", "complete", total, 2.0, (line,), "standard", "1", "p")
                )
    return people


@pytest.mark.parametrize(("language", "said"), [("ko", "검토를 기다리고"), ("en", "every card waits for a person")])
def test_without_a_published_card_nothing_is_awaited_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    settings, opening = settings_in(tmp_path / "home"), demo_opening()
    people = handed_in(settings, opening, [None, None, None])
    found = await_ranking(settings, opening, people, lambda: None)
    assert found is None
    show_ranking(DemoRanking(found, {}), language)
    assert said in " ".join(capsys.readouterr().out.split())


def test_a_ranking_made_before_the_last_card_is_not_taken(tmp_path: Path) -> None:
    settings, opening = settings_in(tmp_path / "home"), demo_opening()
    people = handed_in(settings, opening, [40.0, None, None])
    looks = []

    def check() -> None:
        """The DAG ranks anew between two looks."""
        looks.append(len(looks))
        if len(looks) == 2:
            with local_stores(settings) as (stores, _):
                rank_openings(stores, [opening.id])

    with local_stores(settings) as (stores, _):
        rank_openings(stores, [opening.id])
        line = CriterionScore("all", "scored", 100.0, 100.0, score=0.8, sem=0.02, points=80.0)
        second = Scorecard(people[1].interview_id, "ai", "complete", 80.0, 2.0, (line,), "standard", "1", "p")
        stores.scorecards.publish(second)
    found = await_ranking(settings, opening, people, check)
    assert found is not None
    assert len(looks) == 2
    assert [one.id for one in found.ranking.candidates] == [people[1].application_id, people[0].application_id]
    assert [one.id for one in found.apart] == [people[2].application_id], "who waits for a person is listed apart"
