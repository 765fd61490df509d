"""`./triview calibrate`: figures of agreement, and nothing changed unless a file is asked for and would help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from include.interview.errors import BadInput
from tests.support.ladders import ladder

pytestmark = [pytest.mark.models, pytest.mark.slow]


def test_agreement_is_told_and_too_few_people_give_no_scale(tmp_path: Path) -> None:
    folder = tmp_path / "transcripts"
    folder.mkdir()
    lines = ["candidate,rater,criterion,level"]
    for n, (quality, text) in enumerate(ladder("en")[2:6]):
        (folder / f"c{n}.txt").write_text(text, encoding="utf-8")
        lines += [f"c{n},{rater},cognitive,{round(quality)}" for rater in ("kim", "lee")]
    (folder / "stranger.txt").write_text("not rated", encoding="utf-8")
    table = tmp_path / "ratings.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    asked = ["calibrate", str(table), "--transcripts", str(folder)]
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    (one,) = found["criteria"]
    assert (one["criterion"], one["candidates"], one["fit"]) == ("cognitive", 4, None)
    assert one["agreement"]["icc_2_1"]["value"] is not None
    assert found["judge_scales"]["scales"] == {}
    assert found["failed"] == {}
    refused = CliRunner().invoke(app, [*asked, "--write", str(tmp_path / "scales.json")])
    assert isinstance(refused.exception, BadInput)
    assert not (tmp_path / "scales.json").exists()


def test_a_folder_without_rated_transcripts_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "ratings.csv"
    table.write_text("candidate,rater,criterion,level\nc1,kim,cognitive,3\n", encoding="utf-8")
    refused = CliRunner().invoke(app, ["calibrate", str(table), "--transcripts", str(tmp_path)])
    assert isinstance(refused.exception, BadInput)
    assert "called like a candidate" in str(refused.exception)
