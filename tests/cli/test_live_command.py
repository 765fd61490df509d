"""`./triview live` refuses what cannot be a session before anything is started."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from include.interview.errors import BadMedia, ServiceFailure
from include.settings import PROJECT_ROOT
from tasks import live_file

pytestmark = pytest.mark.unit


def test_a_speed_beyond_what_is_offered_is_a_sentence() -> None:
    command = [PROJECT_ROOT / "triview", "live", "nothing.wav", "--speed", "99"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--speed" in done.stderr


def test_a_missing_file_is_named_as_the_cause(tmp_path: Path) -> None:
    with pytest.raises(BadMedia) as refused:
        live_file.read_sound(tmp_path / "nothing.wav", tmp_path)
    assert refused.value.code == "no_file"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr(live_file, "HAND_OVER_S", 0.0)
    return lambda: None


def test_a_hand_over_that_never_comes_ends_in_an_error(impatient: Callable[[], None]) -> None:
    with pytest.raises(ServiceFailure, match="not handed over"):
        live_file.await_hand_over(lambda: False, impatient)


def test_a_hand_over_that_is_there_returns(impatient: Callable[[], None]) -> None:
    live_file.await_hand_over(lambda: True, impatient)
