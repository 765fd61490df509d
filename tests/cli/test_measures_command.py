"""`./triview measures` on what `evaluate` wrote: table, CSV and plot, without evaluating anything again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.measures import histogram
from include.interview.records import Measure, Measurements
from tests.support.scorecard_samples import sample

pytestmark = pytest.mark.unit

SHARES = (0.2, 0.55, 0.9, 1.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four evaluations whose orientation is known; the last was too short."""
    card, _ = sample("en", "standard")
    for k, share in enumerate(SHARES):
        one = tmp_path / "evaluated" / f"clip{k}"
        one.mkdir(parents=True)
        face = Measurements("face", 1.0, (Measure("orientation_share", share, "share"),))
        pitch = Measure("pitch_variation", None, "semitones", reason="too_little_speech")
        stored = (face, Measurements("voice", 1.0, (pitch,)))
        (one / "measurements.json").write_bytes(msgspec.json.encode(stored))
        (one / "card.json").write_bytes(msgspec.json.encode(card))
    return tmp_path / "evaluated"


def test_table_csv_and_plot(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["measures", str(folder), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "4 recordings" in done.output
    assert "orientation_share" in done.output
    with (tmp_path / "out" / "measures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["measure"]: row for row in csv.DictReader(file)}
    assert float(rows["face.orientation_share"]["p50"]) == pytest.approx(0.725)
    assert float(rows["face.orientation_share"]["at_ceiling"]) == 0.0, "its curve ends at level 4"
    assert rows["voice.pitch_variation"]["withheld"] == "too_little_speech:4"
    picture = ET.parse(tmp_path / "out" / "measures.svg").getroot()  # noqa: S314 - written by this test
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert "face.orientation_share * (4)" in "".join(picture.itertext())


def test_the_same_as_json(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["measures", str(folder), "--out", str(tmp_path / "out"), "--json"])
    found = json.loads(done.stdout)
    assert found["recordings"] == len(SHARES)
    assert found["measures"][0]["values"] == list(SHARES)
    assert found["variance_shares"] == {}, "four equal cards do not vary"


def test_a_damaged_file_is_said_and_the_rest_is_shown(folder: Path, tmp_path: Path) -> None:
    (folder / "clip1" / "measurements.json").write_text("[{")
    done = CliRunner().invoke(app, ["measures", str(folder), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "3 recordings" in done.output
    assert "clip1" in done.output


def test_a_folder_without_recordings_is_refused_in_a_sentence(tmp_path: Path) -> None:
    empty = CliRunner().invoke(app, ["measures", str(tmp_path), "--out", str(tmp_path / "out")])
    assert empty.exit_code != 0
    assert "could be measured" in str(empty.exception)
    missing = CliRunner().invoke(app, ["measures", str(tmp_path / "no"), "--out", str(tmp_path / "out")])
    assert "There is no folder" in str(missing.exception)


def test_a_histogram_shows_the_highest_bin_full() -> None:
    assert histogram([1.0, 1.0, 1.0, 2.0]) == "█          ▃"
    assert histogram([3.0, 3.0]).strip() == "█"
