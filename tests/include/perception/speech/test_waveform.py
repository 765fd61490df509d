from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from include.interview.errors import BadMedia
from include.perception.speech import Waveform, open_waveform

pytestmark = pytest.mark.unit


def test_window_reads_the_samples_of_its_times(tmp_path: Path) -> None:
    samples = np.arange(-16_000, 16_000, dtype="<i2")
    path = tmp_path / "audio.s16"
    path.write_bytes(samples.tobytes())
    waveform = open_waveform(path)
    assert waveform.seconds == 2.0
    np.testing.assert_array_equal(waveform.window(0.5, 0.501), samples[8_000:8_016] / np.float32(32_768))
    assert len(waveform.window(1.9, 5.0)) == 1_600
    assert waveform.window(3.0, 4.0).shape == (0,)


def test_the_file_is_mapped_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "audio.s16"
    with path.open("wb") as file:
        file.truncate(3_600 * 32_000)
    waveform = open_waveform(path)
    assert isinstance(waveform.samples, np.memmap)
    assert waveform.seconds == 3_600
    assert sum(len(block) for _, block in waveform.blocks(60.0)) == 3_600 * 16_000


def test_empty_missing_and_broken_files(tmp_path: Path) -> None:
    empty, odd = tmp_path / "empty", tmp_path / "odd"
    empty.write_bytes(b"")
    odd.write_bytes(b"abc")
    assert open_waveform(empty).seconds == 0
    with pytest.raises(BadMedia, match="missing"):
        open_waveform(tmp_path / "none")
    with pytest.raises(BadMedia, match="middle of a sample"):
        open_waveform(odd)


def test_blocks_lie_end_to_end() -> None:
    waveform = Waveform(np.arange(1_000, dtype="<i2"))
    starts = [start for start, _ in waveform.blocks(0.02)]
    assert starts == [0.0, 0.02, 0.04, 0.06]
    np.testing.assert_array_equal(np.concatenate([b for _, b in waveform.blocks(0.02)]), waveform.slice(0, 1_000))
