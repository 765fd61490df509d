"""Level and clipping of an utterance's sound."""

from __future__ import annotations

import numpy as np
import pytest

from include.interview.live.session import QUIET_DBFS
from include.perception.voice.audibility import FULL_SCALE, heard

pytestmark = pytest.mark.unit
TONE = np.sin(np.arange(16_000) * 2 * np.pi * 220 / 16_000)


def tone(dbfs: float) -> np.ndarray:
    """A second of a sine wave with this mean level, int16."""
    return np.round(TONE * np.sqrt(2) * FULL_SCALE * 10 ** (dbfs / 20)).astype(np.int16)


@pytest.mark.parametrize(("dbfs", "state"), [(-26, "good"), (QUIET_DBFS + 1, "good"), (QUIET_DBFS - 1, "quiet")])
def test_level_decides(dbfs: float, state: str) -> None:
    found = heard(tone(dbfs))
    assert found is not None
    assert found.level_dbfs == pytest.approx(dbfs, abs=0.2)
    assert (found.state, found.clipped) == (state, False)


def test_pauses_do_not_make_a_voice_quiet() -> None:
    loud = heard(np.concatenate([np.zeros(12_000, np.int16), tone(-26)]))
    assert loud is not None
    assert loud.level_dbfs == pytest.approx(-26, abs=0.5)


def test_full_scale_is_clipped_and_nothing_is_nothing() -> None:
    clipped = heard(np.clip(TONE * 2 * FULL_SCALE, -FULL_SCALE, FULL_SCALE).astype(np.int16))
    assert clipped is not None
    assert clipped.state == "clipped"
    assert heard(np.zeros(0, np.int16)) is None
    silent = heard(np.zeros(100, np.int16))
    assert silent is not None
    assert silent.state == "quiet"
