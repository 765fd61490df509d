"""`./triview fairness` and `./triview severity`: spreadsheets in, figures as JSON out, and files that are no tables."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow

SAMPLE = "".join(f"{'FM'[i % 2]},{('20s', '30s', '')[i % 3]},{int(i % 5 < 2)},{40 + i % 17}\n" for i in range(120))


@pytest.fixture
def table(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_every_figure_is_in_the_json(triview, table):
    shown = triview("fairness", table("sex,age,selected,score\n" + SAMPLE), "--json")
    assert shown.code == 0
    report = json.loads(shown.out)
    assert (report["people"], report["selected"]) == (120, 48)
    women = report["groupings"][0]["groups"][0]
    assert {"group", "n", "share", "under_two_percent", "selection", "scoring", "smd"} <= women.keys()
    figures = {"count", "rest", "rate", "impact_ratio", "interval", "p", "holm_p", "shortfall", "flag", "compared_with"}
    assert figures <= women["selection"].keys()
    assert figures <= women["scoring"].keys()
    assert report["groupings"][1]["unknown"] == 40
    assert [grouping["attributes"] for grouping in report["intersections"]] == [["sex", "age"]]
    assert len(report["intersections"][0]["groups"]) == 4


def test_the_same_table_in_other_spellings_gives_the_same_figures(triview, table):
    plain = triview("fairness", table("sex,age,selected,score\n" + SAMPLE), "--json").out
    semicolons = "Sex;Age;Selected;Score\r\n" + SAMPLE.replace(",", ";").replace("\n", ",0\r\n")
    marked = b"\xef\xbb\xbf" + semicolons.encode()
    assert triview("fairness", table(marked), "--json").out == plain
    words = "sex,age,selected,score\n" + SAMPLE.replace(",1,", ",Yes,").replace(",0,", ",아니오,")
    assert triview("fairness", table(words.encode("cp949")), "--json").out == plain


def test_small_cells_are_hidden_unless_asked_for(triview, table):
    path = table("sex,selected\n" + "F,1\nF,0\n" * 20 + "M,1\nM,0\n" * 15 + "X,1\nX,0\nX,0\n")
    hidden = json.loads(triview("fairness", path, "--json").out)["groupings"][0]["groups"]
    assert [(g["group"], g["n"]) for g in hidden if g["n"] == "<5"] == [("X", "<5")]
    shown = triview("fairness", path, "--all-cells")
    assert "not to be published" in shown.out
    exact = json.loads(triview("fairness", path, "--all-cells", "--json").out)
    assert exact["groupings"][0]["groups"][2]["selection"]["count"] == 1


def test_the_readable_form_holds_the_figures_and_what_they_cannot_say(triview, table):
    shown = triview("fairness", table("sex,age,selected,score\n" + SAMPLE))
    assert shown.code == 0
    assert "F × 20s" in shown.out
    alone = triview("fairness", table("sex,selected\n" + "F,1\nF,0\n" * 20))
    assert "only one group" in " ".join(alone.out.split())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("sex,selected\n", "no row"),
        ("sex,gender\nF,M\n", "neither a column selected nor a column score"),
        ("selected,score\n1,2\n", "no group column"),
        ("sex,selected\nF,perhaps\n", "line 2: selected is neither yes nor no"),
        ("sex,selected\nF,1\nF,\n", "line 3: selected is empty"),
        ("sex,score\nF,high\n", "line 2: score is no finite number"),
        ("sex,score\nF,nan\n", "line 2: score is no finite number"),
        ("sex,score\nF,inf\n", "line 2: score is no finite number"),
        ("sex,score\nF,\n", "line 2: score is empty"),
        ("sex,selected\nF,1,2\n", "line 2: 3 cells, but the header has 2"),
        ("sex,sex,selected\nF,F,1\n", "same name"),
        ("sex,,selected\nF,F,1\n", "no name"),
        ("name,selected\n" + "".join(f"n{i},1\n" for i in range(80)), "no group"),
        (b"\x00\x01\x02\x00", "not a text file"),
    ],
)
def test_a_table_that_is_none_is_told_in_a_sentence(triview, table, content, sentence):
    shown = triview("fairness", table(content), "--json")
    assert shown.code == 2
    assert sentence in " ".join(shown.err.split())
    assert "Traceback" not in shown.err


@pytest.mark.parametrize("content", ["sex,selected,score\n" + "F,0,1\nM,0,1\n" * 9, "sex,selected\n" + ",1\n,0\n" * 9])
def test_nothing_to_compare_is_a_result_and_no_error(triview, table, content):
    shown = triview("fairness", table(content), "--json")
    assert shown.code == 0
    assert json.loads(shown.out)["notes"]


RATINGS = "candidate,rater,criterion,level\n" + "".join(
    f"c{i},{rater},x,{min(5, max(1, 1 + i % 4 + shift))}\n" for i in range(9) for rater, shift in (("a", 0), ("b", 1))
)


def test_agreement_divergence_and_severity_as_json(triview, table):
    shown = triview("severity", table(RATINGS), "--json")
    assert shown.code == 0
    found = json.loads(shown.out)
    assert {"agreement", "divergence", "severity", "why_not"} <= found.keys()
    strict, lenient = found["severity"]["raters"]
    assert strict["severity"] > 0 > lenient["severity"]
    assert found["agreement"][0]["icc_2_1"]["interval"] is not None or found["agreement"][0]["icc_2_1"]["value"]
    assert found["severity"]["adjusted"][0]["level"] == 1.0
    assert "severity, in levels" in triview("severity", table(RATINGS)).out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ("candidate,rater,level\nc,a,3\n", "lacks the column criterion"),
        ("candidate,rater,criterion,level\nc,a,x,6\n", "line 2: the level is not one of the anchors'"),
        ("candidate,rater,criterion,level\nc,a,x,2.5\n", "line 2: the level is not one of the anchors'"),
        ("candidate,rater,criterion,level\nc,a,x,good\n", "line 2: level is no finite number"),
        ("candidate,rater,criterion,level\nc,,x,3\n", "line 2: rater is empty"),
        ("candidate,rater,criterion,level\nc,a,x,3\nc,a,x,4\n", "line 3: this rater has rated"),
    ],
)
def test_ratings_that_are_none_are_told_in_a_sentence(triview, table, content, sentence):
    shown = triview("severity", table(content), "--json")
    assert shown.code == 2
    assert sentence in " ".join(shown.err.split())


def test_one_rater_gives_a_sentence_and_no_severity(triview, table):
    shown = triview("severity", table("candidate,rater,criterion,level\n" + "".join(f"c{i},a,x,3\n" for i in range(9))))
    assert shown.code == 0
    assert "only one rater" in " ".join(shown.out.split())


def test_a_file_that_is_not_there(triview, tmp_path):
    shown = triview("fairness", tmp_path / "none.csv")
    assert shown.code == 2
    assert "does not exist" in shown.err


def test_a_published_report_is_written_in_six_files_for_its_user_alone(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from cli.app import app
    from cli.session import local_stores
    from include.interview.assessment.openings import general_opening
    from include.interview.errors import BadInput, NotFound
    from tests.support.fairness_samples import report

    monkeypatch.setenv("TRIVIEW_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRIVIEW_DB_URL", raising=False)
    opening = general_opening()
    with local_stores() as (stores, _):
        stores.openings.put(opening)
    of, folder = ("fairness", "--opening", opening.id), tmp_path / "out"
    early = CliRunner().invoke(app, [*of, "--out", str(folder)])
    assert isinstance(early.exception, NotFound)
    assert not folder.exists()
    with local_stores() as (stores, _):
        stores.fairness_reports.publish(opening.id, "decisions", report("decisions"))
    done = CliRunner().invoke(app, [*of, "--out", str(folder), "--json"])
    assert done.exit_code == 0, done.output
    pages = {f"fairness.{language}.{kind}" for language in ("ko", "en") for kind in ("html", "pdf")}
    assert {path.name for path in folder.iterdir()} == {*pages, "fairness.csv", "fairness.xlsx"}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    shown = CliRunner().invoke(app, [*of, "--json"])
    assert [one["subject"] for one in json.loads(shown.stdout)] == ["decisions"]
    assert "decisions" in CliRunner().invoke(app, list(of)).stdout
    for wrong in ((), (*of, "--all-openings"), (*of, "--all-cells"), ("--out", str(folder))):
        refused = CliRunner().invoke(app, ["fairness", *[part for part in wrong if part != "fairness"]])
        assert isinstance(refused.exception, BadInput), wrong
