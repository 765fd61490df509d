"""Repeated pictures: scenes of moving blobs that repeat, or do not, by construction."""

from __future__ import annotations

import numpy as np
import pytest

from include.perception.vision.repetition import repeated

pytestmark = pytest.mark.unit


def scene(times: np.ndarray, seed: int = 0) -> np.ndarray:
    """Block means (n, 768) of a blob that wanders without a period, as a head does."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:24, 0:32]
    speeds, phases = rng.uniform(0.3, 2.0, (2, 4)), rng.uniform(0, 6.3, (2, 4))
    path = [sum(np.sin(s * times + p) for s, p in zip(speeds[k], phases[k], strict=True)) for k in (0, 1)]
    far = (x[None] - 16 - 2 * path[0][:, None, None]) ** 2 + (y[None] - 12 - 1.5 * path[1][:, None, None]) ** 2
    return (60 + 150 * np.exp(-far / 30)).reshape(len(times), 768).astype(np.uint8)


TIMES = np.arange(300) * 0.2


def test_somebody_who_moves_repeats_nothing() -> None:
    for seed in range(5):
        assert not repeated(scene(TIMES, seed), TIMES).any()


def test_a_loop_is_found_throughout() -> None:
    looped = scene(TIMES % 12.0)
    assert repeated(looped, TIMES).mean() > 0.95


def test_a_loop_sampled_at_other_moments_and_encoded_anew_is_found() -> None:
    noise = np.random.default_rng(1).normal(0, 1.5, (300, 768))
    looped = np.clip(scene(TIMES % 11.47) + noise, 0, 255).astype(np.uint8)
    assert repeated(looped, TIMES).mean() > 0.7


def test_forwards_and_backwards_is_a_loop() -> None:
    there = 6.0 - np.abs(TIMES % 12.0 - 6.0)
    assert repeated(scene(there), TIMES).mean() > 0.95


def test_what_stands_still_does_not_repeat() -> None:
    assert not repeated(scene(np.zeros(300)), TIMES).any()


def test_a_loop_with_a_clock_in_it_is_a_loop() -> None:
    looped = scene(TIMES % 12.0)
    looped[:, :8] = (TIMES * 40 % 255).astype(np.uint8)[:, None]
    assert repeated(looped, TIMES).mean() > 0.95


@pytest.mark.parametrize("n", [0, 1, 2, 20])
def test_short_recordings_show_nothing(n: int) -> None:
    assert not repeated(scene(TIMES[:n]), TIMES[:n]).any()
