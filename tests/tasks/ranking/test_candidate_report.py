"""The candidate's report from stored cards, ratings and insights: what is shown, and what may not be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.session import local_stores
from include.interview.errors import NotFound
from include.interview.ranking.comparing import ranked
from include.storage import Stores
from tasks.ranking.candidate_reports import candidate_report
from tasks.ranking.flow import rank_openings
from tests.support.ranked_applications import (
    OPENING,
    Applicant,
    add_insights,
    all_stages,
    apply,
    hold_session,
    publish_executive,
    rate,
    stage_card,
)

pytestmark = [pytest.mark.slow, pytest.mark.unit]


@pytest.fixture
def stores(local_stores: Stores) -> Stores:
    for n in range(3):
        apply(local_stores, f"N{n}", all_stages(3.0 + n / 2))
    return local_stores


def held(stores: Stores) -> tuple[Applicant, list[str]]:
    """Somebody whose executive interview two people conducted, with its card published."""
    one = apply(stores, "Me", {"ai": 4.0, "practical": 3.5})
    raters = hold_session(stores, one)
    publish_executive(stores, one, 3.5)
    return one, raters


def test_stages_and_criteria_add_up_to_the_composite_of_the_ranking(stores: Stores) -> None:
    one, _ = held(stores)
    rank_openings(stores, [OPENING.id])
    report = candidate_report(stores, one.application)
    served = stores.rankings.served(OPENING.id)
    assert report.place == ranked(served.ranking, one.application)
    assert (report.snapshot_id, report.taken_at) == (stores.rankings.served_id(OPENING.id), served.taken_at)
    assert report.names[one.application] == "Me"
    # Levels 4, 3.5 and 3.5 are 75 and 62.5 points; 40, 30 and 30 % of them.
    assert [sheet.total for sheet in report.stages] == [pytest.approx(x) for x in (75.0, 62.5, 62.5)]
    assert [sheet.contribution for sheet in report.stages] == [pytest.approx(x) for x in (30.0, 18.75, 18.75)]
    assert report.place.composite == pytest.approx(67.5)
    for sheet in report.stages:
        assert sum(line.contribution or 0.0 for line in sheet.lines) == pytest.approx(sheet.contribution)
        assert sum((line.contribution_sem or 0.0) ** 2 for line in sheet.lines) ** 0.5 == pytest.approx(
            sheet.contribution_sem
        )
    assert report.place.sem == pytest.approx(sum((s.contribution_sem or 0.0) ** 2 for s in report.stages) ** 0.5)
    assert {*report.together} >= {drawn.id for drawn in report.drawn} - {one.application}
    stores.scorecards.publish(stage_card(one.interviews["ai"], "ai", 5.0))
    after = candidate_report(stores, one.application)
    assert [sheet.changed for sheet in after.stages] == [True, False, False]
    assert (after.stages[0].total, after.stages[0].contribution) == (100.0, pytest.approx(30.0))
    assert all(line.contribution is None for line in after.stages[0].lines), "they would not add up to the ranking's"


def test_ratings_stand_beside_the_machines_only_once_all_have_rated(stores: Stores) -> None:
    one, (first, second) = held(stores)
    rank_openings(stores, [OPENING.id])
    rate(stores, one, first, 4, leadership=2)
    sheet = candidate_report(stores, one.application).stages[2]
    assert (sheet.raters, sheet.raters_missing) == ((), 1)
    assert all(line.ratings == () for line in sheet.lines)
    with pytest.raises(NotFound) as refused:
        candidate_report(stores, one.application, reader=second)
    assert refused.value.code == "rate_first"
    rate(stores, one, second, 3)
    report = candidate_report(stores, one.application, reader=second)
    sheet = report.stages[2]
    assert sheet.raters_missing == 0
    assert {line.criterion: line.ratings for line in sheet.lines}["leadership"] == (2, 3)
    assert len(sheet.raters) == 2
    assert report.steps[0].code == "second_rater", "2 is 1.5 levels below the machine's 3.5"


def test_approved_insights_alone_are_shown_and_none_of_the_words_when_blind(stores: Stores) -> None:
    one, raters = held(stores)
    for rater in raters:
        rate(stores, one, rater, 3)
    add_insights(stores, one, {"승인됨": "strength", "미정": "risk"}, ("승인됨",))
    rank_openings(stores, [OPENING.id])
    report = candidate_report(stores, one.application)
    assert [insight.text.ko for insight in report.insights or ()] == ["승인됨"]
    entries = stores.audit.verify().entries
    blind = candidate_report(stores, one.application, blind=True)
    assert (blind.insights, blind.names) == (None, {})
    assert blind.tally is not None
    assert (blind.tally.approved, blind.tally.undecided) == (1, 1)
    assert stores.audit.verify().entries > entries, "who reads a report is recorded"


def test_cards_that_wait_for_a_person_or_lost_their_consent_are_not_shown(stores: Stores) -> None:
    one, _ = held(stores)
    stores.reviews.ask(one.interviews["ai"], "card", ("policy",))
    stores.interviews.set_status(one.interviews["ai"], "review")
    own = next(c for c in stores.consents.list(one.candidate) if c.interview_id == one.interviews["practical"])
    stores.consents.withdraw(own.id)
    rank_openings(stores, [OPENING.id])
    report = candidate_report(stores, one.application)
    assert [(sheet.state, sheet.total, sheet.lines) for sheet in report.stages[:2]] == [
        ("review", None, ()),
        ("consent_withdrawn", None, ()),
    ]
    assert report.place is None
    assert report.apart is not None
    stores.candidates.destroy_key(one.candidate)
    with pytest.raises(NotFound) as gone:
        candidate_report(stores, one.application)
    assert gone.value.code == "erased"
    with pytest.raises(NotFound, match="no application"):
        candidate_report(stores, "nobody")


def test_the_command_writes_six_files_for_its_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIVIEW_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRIVIEW_DB_URL", raising=False)
    with local_stores() as (stores, _):
        one = apply(stores, "윤서아", all_stages(4.0))
        apply(stores, "Other", all_stages(3.9))
    folder = tmp_path / "out"
    command = ["applications", "report", one.application, "--out", str(folder), "--json"]
    refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, NotFound)
    assert "no ranking yet" in str(refused.exception)
    assert not folder.exists()
    with local_stores() as (stores, _):
        rank_openings(stores, [OPENING.id])
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    files = [Path(name) for name in json.loads(done.stdout)["files"]]
    pages = [f"candidate.{language}.{kind}" for language in ("ko", "en") for kind in ("html", "pdf")]
    assert [file.name for file in files] == [*pages, "candidate.csv", "candidate.xlsx"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert "윤서아" in files[0].read_text("utf-8")
