"""The interview over time as SVG: lanes of intervals, in rows that stay readable from one minute to two hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

from include.interview.report import ReportContext
from include.reporting.charts import label, line, markup, percent, rect, svg_root
from include.reporting.formatting import clock
from include.reporting.strings import Strings

LANES = ("candidate", "interviewer", "unknown", "pause", "gaze", "absent", "quality")
"""Every lane in drawing order; the name is also its colour."""
SPEECH_LANES = frozenset({"candidate", "interviewer", "unknown"})
KIND_LANES = {
    "pause": "pause",
    "turned_away": "gaze",
    "gaze_off": "gaze",
    "out_of_frame": "absent",
}
"""Which kinds of interval fill which lane; kinds without a lane (a hand seen, a filler) are evidence, not course."""
PAUSE_MEASURE = "long_pauses_per_min"
"""Of the pauses the long ones are drawn: short ones are part of speaking."""

LANE_PX = 18
BAR_PX = 10
HEAD_PX = 18
"""Room above the lanes for question numbers."""
AXIS_PX = 22
MAX_ROWS = 6
ROW_STEPS_S = (60, 120, 180, 300, 600, 900, 1200, 1800, 3600)
"""Lengths a row may have, so that its axis has round ticks."""
SINGLE_ROW_S = 600.0
"""Up to this length the interview is one row of its own length."""
PIXELS_PER_ROW = 800
"""Intervals closer than one pixel of a desktop row are drawn as one: otherwise an hour of 5 fps video is a wall."""


@dataclass(frozen=True)
class Span:
    """One bar of a lane, in seconds."""

    start_s: float
    end_s: float
    tip: str = ""


@dataclass(frozen=True)
class Lane:
    """One lane: `count` is the number of intervals before close ones were joined."""

    id: str
    label: str
    spans: tuple[Span, ...]
    count: int


@dataclass(frozen=True)
class Row:
    """One row of the drawing."""

    svg: Markup
    start: str
    end: str


@dataclass(frozen=True)
class Timeline:
    """The whole drawing; `lanes` are those that have something to show, in drawing order."""

    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]
    has_marks: bool


def merged(spans: Iterable[Span], gap_s: float) -> tuple[Span, ...]:
    """`spans` in order of time, with those less than `gap_s` seconds apart joined."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start_s, s.end_s)):
        if result and span.start_s - result[-1].end_s < gap_s:
            last = result[-1]
            result[-1] = Span(last.start_s, max(last.end_s, span.end_s), last.tip or span.tip)
        else:
            result.append(span)
    return tuple(result)


def duration_of(context: ReportContext) -> float:
    """Seconds of the interview timeline: the recordings' end, else the transcript's, else the last known moment."""
    ends = [r.offset_s + r.duration_s for r in context.recordings]
    ends += [u.end_s for u in context.transcript.utterances if u.end_s is not None]
    if context.transcript.duration_s is not None:
        ends.append(context.transcript.duration_s)
    return max(ends, default=0.0)


def _speech(context: ReportContext, into: dict[str, list[Span]], t: Strings) -> None:
    for u in context.transcript.utterances:
        if u.start_s is None or u.end_s is None:
            continue
        tip = f"{t(f'role.{u.role}')} {clock(u.start_s)}\u2013{clock(u.end_s)}"
        into[u.role].append(Span(u.start_s, u.end_s, tip))


def _observed(context: ReportContext, into: dict[str, list[Span]], t: Strings) -> None:
    allowed = (m for m in context.measurements if m.channel in context.profile.channels and m.channel != "integrity")
    for measurements in allowed:
        for measure in measurements.measures:
            if measure.name in context.profile.measures_refused:
                continue
            for interval in measure.intervals:
                lane = KIND_LANES.get(interval.kind)
                if lane is not None and (lane != "pause" or measure.name == PAUSE_MEASURE):
                    into[lane].append(Span(interval.start_s, interval.end_s))
        for flag in measurements.flags:
            tip = t.label("flag", flag.code) or flag.code
            into["quality"].extend(Span(i.start_s, i.end_s, tip) for i in flag.intervals)


def lanes_of(context: ReportContext, t: Strings, duration_s: float) -> tuple[Lane, ...]:
    """The lanes that have intervals. What the profile refuses has no lane, whatever the measurements carry."""
    found: dict[str, list[Span]] = {name: [] for name in LANES}
    _speech(context, found, t)
    _observed(context, found, t)
    gap = row_length(duration_s) / PIXELS_PER_ROW
    return tuple(
        Lane(name, t(f"lane.{name}"), merged(spans, 0.0 if name in SPEECH_LANES else gap), len(spans))
        for name, spans in found.items()
        if spans
    )


def row_length(duration_s: float) -> float:
    """Seconds that one row shows, so that there are at most `MAX_ROWS` rows (more only beyond six hours)."""
    if duration_s <= SINGLE_ROW_S:
        return max(duration_s, 1.0)
    return next((float(s) for s in ROW_STEPS_S if duration_s <= s * MAX_ROWS), float(ROW_STEPS_S[-1]))


def tick_step(length_s: float) -> float:
    """Seconds between ticks: a round number that gives at most six intervals."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
    return next((float(s) for s in steps if length_s <= s * 6), 900.0)


def _axis(root: ET.Element, start_s: float, end_s: float, y: float, high: float) -> None:
    step = tick_step(high - start_s)
    line(root, (0, y), (percent(end_s, start_s, high), y), "edge")
    ticks = int((end_s - start_s) / step + 1e-9)
    for n in range(ticks + 1):
        at = percent(start_s + n * step, start_s, high)
        line(root, (at, y), (at, y + 4), "edge")
        label(root, at, y + 16, clock(start_s + n * step))


def draw_row(
    lanes: Sequence[Lane],
    marks: Sequence[tuple[str, float, str]],
    start_s: float,
    end_s: float,
    length_s: float,
    *,
    uid: str,
    title: str,
    desc: str,
) -> Markup:
    """One row of the timeline as SVG.

    Args:
        lanes: what to draw; only what lies in [start_s, end_s) is drawn.
        marks: question marks as (short label, seconds, tooltip).
        length_s: seconds the full width stands for; the last row may end earlier.
    """
    head = HEAD_PX if marks else 4
    bottom = head + LANE_PX * len(lanes)
    high = start_s + length_s
    root = svg_root(bottom + AXIS_PX, uid, title, desc)
    for index, lane in enumerate(lanes):
        y = head + LANE_PX * index + (LANE_PX - BAR_PX) / 2
        rect(root, 0, percent(end_s, start_s, high), y, BAR_PX, "wash", radius=2)
        for span in lane.spans:
            if span.end_s <= start_s or span.start_s >= end_s:
                continue
            left = percent(span.start_s, start_s, high)
            right = max(percent(min(span.end_s, end_s), start_s, high), left + 0.12)
            rect(root, left, right, y, BAR_PX, lane.id, tip=span.tip)
    for text, seconds, tip in marks:
        if start_s <= seconds < end_s:
            at = percent(seconds, start_s, high)
            line(root, (at, 14), (at, bottom), "ink", dash="2 3")
            label(root, at, 11, text, color="ink", anchor="start" if at < 50 else "end")
            ET.SubElement(root[-1], "title").text = tip
    _axis(root, start_s, end_s, bottom + 2, high)
    return markup(root)


def build_timeline(
    context: ReportContext, t: Strings, marks: Sequence[tuple[str, float, str]], uid: str
) -> Timeline | None:
    """The timeline of the interview, or None when nothing carries a time.

    `marks` are question marks as (short label, seconds, tooltip).
    """
    duration_s = duration_of(context)
    lanes = lanes_of(context, t, duration_s) if duration_s > 0 else ()
    if not lanes:
        return None
    length = row_length(duration_s)
    desc = "; ".join(t("timeline.lane_count", lane=lane.label, n=lane.count) for lane in lanes)
    rows = []
    for number in range(max(1, -int(-duration_s // length))):
        start, end = number * length, min(duration_s, (number + 1) * length)
        title = t("timeline.title", start=clock(start), end=clock(end))
        drawing = draw_row(lanes, marks, start, end, length, uid=f"{uid}-{number + 1}", title=title, desc=desc)
        rows.append(Row(drawing, clock(start), clock(end)))
    return Timeline(lanes, tuple(rows), bool(marks))
