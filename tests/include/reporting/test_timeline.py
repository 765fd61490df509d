from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.records import Interval, Measure, Measurements
from include.reporting.strings import Strings
from include.reporting.timeline import (
    MAX_ROWS,
    Span,
    build_timeline,
    duration_of,
    lanes_of,
    merged,
    row_length,
    tick_step,
)
from tests.support.scorecard_samples import hour_long, sample, words_only

pytestmark = pytest.mark.unit

spans = st.lists(st.tuples(st.floats(0, 500), st.floats(0, 20)).map(lambda s: Span(s[0], s[0] + s[1])), max_size=40)


@given(spans, st.floats(0, 5))
def test_joining_keeps_what_was_covered_and_leaves_only_real_gaps(given_spans: list[Span], gap: float) -> None:
    result = merged(given_spans, gap)
    for span in given_spans:
        assert any(r.start_s <= span.start_s and span.end_s <= r.end_s for r in result)
    assert all(after.start_s - before.end_s >= gap for before, after in pairwise(result))


@given(st.floats(1, 6 * 3600))
def test_rows_are_few_and_their_ticks_readable(duration: float) -> None:
    length = row_length(duration)
    assert length * MAX_ROWS >= duration
    assert length / tick_step(length) <= 6.0001 or length > 5400


def test_an_hour_takes_six_rows_and_a_bounded_number_of_bars() -> None:
    _, context = hour_long("en")
    timeline = build_timeline(context, Strings("en"), (), "t")
    assert timeline is not None
    assert [row.start for row in timeline.rows] == ["00:00", "10:00", "20:00", "30:00", "40:00", "50:00"]
    gaze = next(lane for lane in timeline.lanes if lane.id == "gaze")
    assert gaze.count == 1000
    assert "Looking away: 1000 intervals" in timeline.rows[0].svg


def test_dense_intervals_are_joined_below_a_pixel() -> None:
    _, context = hour_long("en")
    dense = tuple(Interval(n * 0.2, n * 0.2 + 0.1, "gaze_off") for n in range(18_000))
    face = Measurements("face", 1.0, (Measure("gaze_off_share", 0.5, "share", intervals=dense),))
    context = msgspec.structs.replace(context, measurements=(face,))
    lanes = {lane.id: lane for lane in lanes_of(context, Strings("en"), duration_of(context))}
    assert len(lanes["gaze"].spans) == 1
    assert lanes["gaze"].count == 18_000


def test_a_refused_measure_has_no_lane_even_when_it_was_measured() -> None:
    _, context = sample("en", "eu")
    lanes = {lane.id for lane in lanes_of(context, Strings("en"), duration_of(context))}
    assert lanes == {"candidate", "interviewer", "pause", "gaze", "absent", "quality"}


def test_a_typed_transcript_has_no_timeline() -> None:
    _, context = words_only("ko")
    assert build_timeline(context, Strings("ko"), (), "t") is None
