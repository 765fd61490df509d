"""`./triview live` holds a whole interview from a file, and refuses what cannot be one before anything is started."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import live_from_file
from cli.demo.live_audio import build_demo_session
from include.interview.errors import BadMedia, ServiceFailure
from include.settings import PROJECT_ROOT
from tests.cli.conftest import Outcome
from tests.support.installation import models_missing

SECONDS = 26
"""Of the demo's session: a question and the beginning of its answer."""


@pytest.fixture
def beginning(tmp_path: Path) -> Path:
    """Two channels, interviewer and candidate."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("The synthetic voice is not installed.")
    whole, cut = build_demo_session(tmp_path), tmp_path / "session.wav"
    with wave.open(str(whole)) as source, wave.open(str(cut), "wb") as target:
        target.setparams(source.getparams())
        target.writeframes(source.readframes(SECONDS * source.getframerate()))
    return cut


@pytest.mark.models
@pytest.mark.hears
@pytest.mark.services
def test_a_file_becomes_a_live_interview_with_both_cards(triview: Callable[..., Outcome], beginning: Path) -> None:
    if reason := models_missing():
        pytest.skip(reason)
    done = triview("live", beginning, "--speed", "6", "--out", beginning.parent / "out", "--json")
    assert done.code == 0, done.err
    said = done.json["transcript"]
    assert {line["speaker"] for line in said} == {"interviewer", "candidate"}
    assert [line["at_ms"] for line in said] == sorted(line["at_ms"] for line in said)
    judged = [c for c in done.json["live"]["criteria"] if c["score"] is not None]
    assert judged
    words = {line["utt"]: line["text"] for line in said}
    quotes = [e for c in judged for e in c["evidence"] if e["type"] == "quote"]
    assert quotes
    assert all(e["text"] in words[e["utterance_id"]] for e in quotes)
    assert done.json["offline"]["criteria"]
    transcript = done.json["comparison"]["transcript"]
    assert transcript["characters"] > 100
    assert transcript["character_errors"] < 0.3 * transcript["characters"]
    folder = Path(done.json["report"])
    assert {f.name for f in folder.iterdir()} >= {"report.ko.html", "report.en.html"}


@pytest.mark.slow
@pytest.mark.parametrize(("option", "value"), [("--speed", "99"), ("--stage", "ai")])
def test_what_is_not_offered_is_a_sentence(option: str, value: str) -> None:
    command = [PROJECT_ROOT / "triview", "live", "nothing.wav", option, value]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert option in done.stderr


@pytest.mark.slow
def test_a_missing_file_is_named_as_the_cause(tmp_path: Path) -> None:
    with pytest.raises(BadMedia) as refused:
        live_from_file.read_sound(tmp_path / "nothing.wav", tmp_path)
    assert refused.value.code == "no_file"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr(live_from_file, "HAND_OVER_S", 0.0)
    return lambda: None


@pytest.mark.slow
def test_a_hand_over_that_never_comes_ends_in_an_error(impatient: Callable[[], None]) -> None:
    with pytest.raises(ServiceFailure, match="not handed over"):
        live_from_file.await_hand_over(lambda: False, impatient)


@pytest.mark.slow
def test_a_hand_over_that_is_there_returns(impatient: Callable[[], None]) -> None:
    answers = iter([True])
    live_from_file.await_hand_over(lambda: next(answers), impatient)
    assert list(answers) == []
