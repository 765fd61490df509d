"""Tracks of people's heads are kept only for a criterion that is judged."""

from __future__ import annotations

import pytest

from include.interview.assessment.policy import load_profile
from tasks.ai.perceive import keeps_tracks

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("profile", "kept"), [("standard", True), ("kr", False), ("eu", False), ("text_only", False)])
def test_tracks_are_kept_only_where_nonverbal_is_judged(profile: str, kept: bool) -> None:
    assert keeps_tracks(load_profile(profile)) is kept
