"""`./triview evaluate`: recordings to cards and reports on disk."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest

from include.interview.records import Measurements, Scorecard, Transcript
from tests.support.installation import models_missing
from tests.support.interview_clips import SHORT_ANSWER, face, talking

pytestmark = pytest.mark.models

REPORTS = {"report.ko.html", "report.ko.pdf", "report.en.html", "report.en.pdf"}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A person who speaks for three seconds, and one who is silent for two."""
    if why := models_missing():
        pytest.skip(why)
    folder = tmp_path_factory.mktemp("clips")
    return talking(folder, "speaking", SHORT_ANSWER, 3.0), face(folder / "silent.mp4", 2.0)


def test_cards_transcripts_measurements_and_reports_are_written(triview, clips, tmp_path: Path, home: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film" * 1000)
    shown = triview("evaluate", clips[0], broken, clips[1], "--out", "out", "--language", "en")
    assert shown.code == 2, "one of three could not be used"
    assert "✗ broken:" in shown.err
    assert "incomplete" in shown.out
    out = tmp_path / "out"
    assert {p.name for p in out.iterdir()} == {"speaking", "silent", "evaluations.csv", "evaluations.xlsx"}
    files = {p.name for p in (out / "speaking").iterdir()}
    assert files == {"card.json", "transcript.json", "measurements.json", "timings.json", *REPORTS}
    card = msgspec.json.decode((out / "speaking" / "card.json").read_bytes(), type=Scorecard)
    transcript = msgspec.json.decode((out / "speaking" / "transcript.json").read_bytes(), type=Transcript)
    measured = msgspec.json.decode((out / "speaking" / "measurements.json").read_bytes(), type=tuple[Measurements, ...])
    assert card.status == "incomplete"
    assert transcript.utterances
    assert {m.channel for m in measured} >= {"media", "face", "voice", "fluency"}
    with (out / "evaluations.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == ["speaking", "broken", "silent"]
    assert rows[1]["error"]
    assert float(rows[0]["face.present_share"]) > 0.9
    assert rows[2]["language_status"] == "insufficient"
    assert not (home / "triview.db").exists(), "nothing of the evaluation is kept in the installation"


def test_json_holds_the_cards_and_the_failures(triview, clips, tmp_path: Path) -> None:
    shown = triview("evaluate", clips[1], tmp_path / "missing.mp4", "--out", "out", "--profile", "eu", "--json")
    assert shown.code == 2
    answer = shown.json
    assert set(answer["failed"]) == {"missing"}
    card = msgspec.convert(answer["cards"]["silent"], Scorecard)
    assert card.profile == "eu"
    assert str(tmp_path) not in answer["failed"]["missing"]
