"""Incremental centroids: never more voices than places, never one voice for two people talking together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.perception.streaming.diarization.clustering import NOBODY, Assignment, Clustering, ClusteringConfig

pytestmark = pytest.mark.unit

DIMENSION = 16


def direction(seed: int, spread: float = 0.0) -> np.ndarray:
    """Unit vector along one axis per voice, with noise."""
    noise = np.random.default_rng(seed).standard_normal(DIMENSION) * spread
    vector = np.eye(DIMENSION)[seed % 4] + noise
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def hear(clustering: Clustering, *voices: tuple[float, np.ndarray | None]) -> Assignment:
    """One window: (mean activity, embedding) per local speaker."""
    activity = np.array([[mean for mean, _ in voices], [1.0 if mean else 0.0 for mean, _ in voices]], np.float32)
    return clustering.assign(activity, [e for _, e in voices], [e is not None for _, e in voices])


windows = st.lists(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.booleans()), min_size=1, max_size=3), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(windows, st.integers(1, 3), st.floats(0.0, 0.4))
def test_properties_of_any_stream(stream: list[list[tuple[float, int, bool]]], places: int, spread: float) -> None:
    config = ClusteringConfig(speakers=places)
    clustering, resumed = Clustering(config), Clustering(config)
    for window in stream:
        voices = [(mean, None if silent else direction(seed, spread)) for mean, seed, silent in window]
        known = set(clustering.known)
        found = hear(clustering, *voices)
        assert hear(resumed, *voices).speakers == found.speakers
        state = clustering.state()
        resumed = Clustering(config)
        resumed.restore(state)
        assert len(clustering.known) <= places
        assert known <= set(clustering.known) | ({found.merged[1]} if found.merged else set())
        for (mean, embedding), speaker in zip(voices, found.speakers, strict=True):
            assert speaker == NOBODY or speaker in clustering.known
            if embedding is None or not mean:
                assert speaker == NOBODY


def test_two_people_in_one_window_are_two() -> None:
    clustering = Clustering()
    assert hear(clustering, (0.4, direction(0)), (0.4, direction(1))).speakers == (0, 1)
    assert hear(clustering, (0.4, direction(1)), (0.4, direction(0))).speakers == (1, 0)


def test_a_short_stranger_becomes_nobody_new() -> None:
    clustering = Clustering()
    hear(clustering, (0.5, direction(0)))
    assert hear(clustering, (0.1, direction(1)), (0.6, direction(0))).speakers == (NOBODY, 0)
    assert clustering.known == [0]


def test_a_third_person_gets_no_third_label() -> None:
    clustering = Clustering()
    for _ in range(3):
        hear(clustering, (0.4, direction(0)), (0.4, direction(1)))
    assert hear(clustering, (0.9, direction(2))).speakers[0] in (0, 1)
    assert hear(clustering, (0.3, direction(0)), (0.3, direction(1)), (0.3, direction(2))).speakers == (0, 1, NOBODY)


def test_a_voice_heard_shortly_gives_its_place_to_a_longer_one() -> None:
    clustering = Clustering()
    assert hear(clustering, (0.1, direction(0))).begun == (0,)
    assert hear(clustering, (0.5, direction(1))).begun == (1,)
    found = hear(clustering, (0.5, direction(2)), (0.4, direction(1)))
    assert found.speakers == (0, 1)
    assert found.begun == (0,)
    assert np.allclose(found.left[0], direction(0))


def test_a_stranger_takes_the_place_of_a_voice_with_little_to_say() -> None:
    """One person whom segmentation took for two leaves room for the second once that one comes."""
    clustering = Clustering()
    hear(clustering, (0.5, direction(0)), (0.4, direction(1)))
    found = hear(clustering, (0.9, direction(2)))
    assert found.speakers == found.begun
    kept = Clustering()
    for _ in range(3):
        hear(kept, (0.5, direction(0)), (0.4, direction(1)))
    assert hear(kept, (0.9, direction(2))).begun == ()


def test_one_voice_split_by_segmentation_stays_one() -> None:
    clustering = Clustering()
    hear(clustering, (0.5, direction(0)))
    close = direction(0) + 0.3 * direction(1)
    assert hear(clustering, (0.5, direction(0)), (0.4, close / np.linalg.norm(close))).speakers == (0, 0)


def test_voices_that_grow_alike_are_merged() -> None:
    clustering = Clustering(ClusteringConfig(merge=0.3, delta=0.7))
    hear(clustering, (0.5, direction(0)), (0.5, direction(1)))
    between = (direction(0) + direction(1)) / np.sqrt(2)
    merged = None
    for _ in range(6):
        found = hear(clustering, (0.5, between.astype(np.float32)), (0.5, between.astype(np.float32)))
        merged = merged or found.merged
    assert merged == (0, 1)
    assert clustering.known == [0]
