"""`./triview rankings` and `./triview applications` on stored cards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.session import local_stores
from include.interview.errors import BadInput, NotFound
from include.interview.records import Bilingual, CriterionScore, Opening, Scorecard

pytestmark = pytest.mark.slow
OPENING = Opening("ranked", Bilingual("공고", "Opening"), Bilingual("일", "Work"), stage_weights={"ai": 1.0})


def run(*arguments: str, code: int = 0):
    result = CliRunner().invoke(app, [*arguments, "--json"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def publish(stores, interview: str, total: float) -> None:
    line = CriterionScore("all", "scored", 100.0, 100.0, score=total / 100, sem=0.02, points=total)
    stores.scorecards.publish(Scorecard(interview, "ai", "complete", total, 2.0, (line,), "standard", "1", "p"))


def applicants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Application and interview of P0, P1 and P2, whose cards have 40, 60 and 80 points."""
    monkeypatch.setenv("TRIVIEW_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRIVIEW_DB_URL", raising=False)
    people = []
    with local_stores() as (stores, _):
        stores.openings.put(OPENING)
        for number in range(3):
            application = stores.applications.ensure(stores.candidates.create(f"P{number}").id, OPENING.id)
            people.append((application, stores.interviews.create(application, "ai", "standard").id))
            publish(stores, people[-1][1], 40.0 + 20 * number)
    return people


def test_the_report_has_names_or_codes_and_is_for_its_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = applicants(tmp_path, monkeypatch)
    with pytest.raises(NotFound, match="no ranking yet"):
        run("openings", "report", OPENING.id, "--out", str(tmp_path / "none"))
    assert not (tmp_path / "none").exists()
    run("rankings", "run", OPENING.id)
    files = [Path(one) for one in run("openings", "report", OPENING.id, "--out", str(tmp_path / "out"))["files"]]
    assert {(one.name, one.stat().st_mode & 0o777) for one in files} == {
        (name, 0o600)
        for name in (
            *(f"ranking.{language}.{kind}" for language in ("ko", "en") for kind in ("html", "pdf")),
            "ranking.csv",
            "ranking.xlsx",
        )
    }
    assert files[0].parent.stat().st_mode & 0o777 == 0o700
    assert all(f"P{number}" in (tmp_path / "out" / "ranking.csv").read_text("utf-8-sig") for number in range(3))
    run("openings", "report", OPENING.id, "--out", str(tmp_path / "blind"), "--blind")
    coded = (tmp_path / "blind" / "ranking.en.html").read_text("utf-8")
    assert all(application in coded for application, _ in people)
    assert not any(f">P{number}<" in coded for number in range(3))


def test_what_cannot_be_made_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    applicants(tmp_path, monkeypatch)
    run("rankings", "run", OPENING.id)

    def broken(*_: object) -> bytes:
        raise OSError("no space left")

    monkeypatch.setattr("tasks.ranking.reports.render_ranking_pdf", broken)
    with pytest.raises(OSError, match="no space left"):
        run("openings", "report", OPENING.id, "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_rank_show_diff_and_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = applicants(tmp_path, monkeypatch)
    with pytest.raises(NotFound, match="no ranking yet"):
        run("rankings", "show", OPENING.id)
    assert run("rankings", "run", OPENING.id)["result"] == "swapped"
    shown = run("rankings", "show", OPENING.id)
    assert [one["id"] for one in shown["ranking"]["candidates"]] == [a for a, _ in reversed(people)]
    explained = run("rankings", "explain", OPENING.id, people[2][0], people[0][0])
    assert explained["difference"] == pytest.approx(40.0)
    assert [(d["criterion"], d["points"], d["sem"]) for d in (*explained["stages"], *explained["criteria"])] == [
        (None, pytest.approx(40.0), pytest.approx(8**0.5)),
        ("all", pytest.approx(40.0), pytest.approx(8**0.5)),
    ]
    assert [one["not_compared"] for one in run("rankings", "signs", OPENING.id)] == [["ai"]] * 3
    with local_stores() as (stores, _):
        publish(stores, people[0][1], 90.0)
    changed_card = run("rankings", "explain", OPENING.id, people[2][0], people[0][0])
    assert (changed_card["criteria"], changed_card["changed_since"]) == ([], ["ai"])
    assert run("rankings", "run", OPENING.id)["result"] == "swapped"
    listed = run("rankings", "list", OPENING.id)
    assert [head["number"] for head in listed["snapshots"]] == [2, 1]
    changed = {one["id"]: one["cause"] for one in run("rankings", "diff", OPENING.id)["changes"]}
    assert changed[people[0][0]] == "rescored"
    with pytest.raises(NotFound, match="no snapshot number 7"):
        run("rankings", "diff", OPENING.id, "--from", "7")
    # Decisions.
    first = people[0][0]
    decide = ("applications", "decide", first)
    assert run(*decide, "--to", "in_process", "--ground", "stage_begins", "--text", "Begin")["before"] == "invited"
    with pytest.raises(BadInput, match="nothing of them was opened"):
        run(*decide, "--to", "advanced", "--ground", "criteria_met", "--text", "Good")
    with pytest.raises(BadInput, match="is no evidence"):
        run(*decide, "--to", "advanced", "--ground", "criteria_met", "--text", "Good", "--opened", "card")
    with pytest.raises(BadInput, match="no decision"):
        run(*decide, "--to", "hired", "--ground", "criteria_met", "--text", "Good")
    opened = f"scorecard:{people[0][1]}:120"
    run(*decide, "--to", "advanced", "--ground", "criteria_met", "--text", "Good", "--opened", opened)
    assert [one["decision"] for one in run("applications", "decisions", first)] == ["in_process", "advanced"]
    assert {one["id"]: one["status"] for one in run("applications", "list", "--opening", OPENING.id)}[
        first
    ] == "advanced"
