"""`./triview rank`: the agreed columns in, the agreed keys out; bad tables are told in sentences."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.app import app
from include.interview.errors import BadInput

pytestmark = pytest.mark.slow
HEADER = "candidate,ai,ai_sem,practical,practical_sem,executive,executive_sem"
ROWS = ["a,80,2,70,3,75,2", "b,60,2,65,3,70,2", "c,82,2,68,3,77,2", "d,79,2,71,3,75,2"]


def run(tmp_path, content, *options):
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = CliRunner().invoke(app, ["rank", str(path), "--json", *options])
    if isinstance(result.exception, BadInput):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_agreed_keys(tmp_path):
    found = run(tmp_path, "\n".join([HEADER, *ROWS]))
    first = found["candidates"][0]
    assert [c["candidate"] for c in found["candidates"]] == ["c", "a", "d", "b"]
    assert first["composite"] == pytest.approx(76.3)
    assert first["rank_set"] == [1, 3]
    assert first["not_apart"] == ["a", "d"]
    assert {"sem", "p_top_k", "top_k_sensitivity"} <= set(first)
    assert found["k"] == 3


@pytest.mark.parametrize("method", ["exact", "interval"])
def test_methods_weights_and_a_stage_absent_for_all(tmp_path, method):
    table = "candidate,ai,ai_sem,executive,executive_sem\na,80,2,75,2\nb,60,2,70,2"
    found = run(tmp_path, table, "--method", method, "--weights", "40,30,30", "--k", "1")
    assert found["method"] == method
    assert found["candidates"][0]["composite"] == pytest.approx((40 * 80 + 30 * 75) / 70)
    assert [c["rank_set"] for c in found["candidates"]] == [[1, 1], [2, 2]]


def test_spreadsheets_save_marks_semicolons_tabs_and_decimal_commas(tmp_path):
    plain = run(tmp_path, "\n".join([HEADER, *ROWS]))
    for delimiter in (";", "\t"):
        text = "\r\n".join([HEADER, *ROWS]).replace(",", delimiter)
        assert run(tmp_path, b"\xef\xbb\xbf" + text.encode()) == plain
        assert run(tmp_path, text.encode("utf-16")) == plain
    decimal = run(tmp_path, "candidate;ai;ai_sem\na;72,5;2,5\nb;60;2")
    assert decimal["candidates"][0]["composite"] == 72.5


def test_one_candidate_all_equal_and_a_missing_stage(tmp_path):
    alone = run(tmp_path, f"{HEADER}\n{ROWS[0]}")["candidates"][0]
    assert (alone["rank_set"], alone["p_top_k"], alone["not_apart"]) == ([1, 1], 1.0, [])
    equal = run(tmp_path, "candidate,ai,ai_sem\na,70,2\nb,70,2\nc,70,2\nd,70,2")["candidates"]
    assert {tuple(c["rank_set"]) for c in equal} == {(1, 4)}
    assert all(c["p_top_k"] == pytest.approx(0.75, abs=0.05) for c in equal)
    exact = run(tmp_path, "candidate,ai,ai_sem\na,70,0\nb,71,0", "--k", "1")["candidates"]
    assert [(c["candidate"], c["rank_set"], c["p_top_k"]) for c in exact] == [("b", [1, 1], 1.0), ("a", [2, 2], 0.0)]
    short = run(tmp_path, "\n".join([HEADER, ROWS[0], "x,,,65,3,70,2"]))
    assert short["apart"] == [{"candidate": "x", "reason": "stage_missing", "stage": "ai"}]


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        ("", [], "is empty"),
        (HEADER, [], "a header and no row"),
        ("name,ai,ai_sem\na,1,1", [], "lacks the column candidate"),
        ("candidate,ai\na,1", [], "no column 'ai_sem'"),
        ("candidate,ai,ai_sem,age\na,1,1,30", [], "'age', which is not known"),
        ("candidate,ai,ai_sem,ai\na,1,1,2", [], "two columns have the same name"),
        ("candidate,ai,ai_sem\na,70,", [], "line 2: ai_sem is empty"),
        ("candidate,ai,ai_sem\na,70,-1", [], "line 2: ai_sem is below 0"),
        ("candidate,ai,ai_sem\na,70,1000", [], "larger than the whole scale"),
        ("candidate,ai,ai_sem\na,high,2", [], "line 2: ai is no finite number"),
        ("candidate,ai,ai_sem\na,nan,2", [], "line 2: ai is no finite number"),
        ("candidate,ai,ai_sem\na,1e300,2", [], "points of 0 to 100"),
        ("candidate,ai,ai_sem\na,70,2\nb,60,2\na,50,2", [], "line 4 repeats the candidate of line 2"),
        ("candidate,ai,ai_sem\na,70", [], "line 2: 2 cells, but the header has 3"),
        ("candidate,ai,ai_sem\n,70,2", [], "no name or number"),
        ("candidate,ai,ai_sem\na,70,2\nb,60,2", ["--k", "3"], "k is 3, but 2 are ranked"),
        ("candidate,ai,ai_sem\na,70,2", ["--weights", "0,0,0"], "sum to 0"),
        ("candidate,ai,ai_sem\na,70,2", ["--weights", "50,20,20"], "sum to 90"),
        ("candidate,ai,ai_sem\na,70,2", ["--weights", "0,50,50"], "no weight above 0"),
        ("candidate,ai,ai_sem\na,70,2", ["--method", "magic"], "does not know 'magic'"),
        ("candidate,ai,ai_sem\na,,", [], "no scores"),
        ('candidate,ai,ai_sem\na,"72,5",2', [], "line 2: ai is no finite number"),
        (b"\xff\xfe\x00", [], "not a text file"),
    ],
)
def test_bad_tables_are_told_in_sentences(tmp_path, content, options, sentence):
    with pytest.raises(BadInput, match=sentence):
        run(tmp_path, content, *options)
