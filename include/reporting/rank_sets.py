"""One candidate's rank set as a bar on an axis of ranks, best on the left, as it stands in a row of a table."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from markupsafe import Markup

from include.interview.ranking.records import RankedCandidate
from include.reporting.charts import label, line, markup, percent, rect, svg_root

BAR_PX, THIN_PX = 7.0, 3.0
"""Heights of a bar, and of one that only stands beside the one the picture is about."""
ROW_PX = 16
AXIS_PX = 18
MOST_TICKS = 6


def ranks_of(one: RankedCandidate) -> str:
    """The candidate's rank set in digits: one rank, or the best and the worst."""
    return str(one.best) if one.best == one.worst else f"{one.best}–{one.worst}"


def rank_at(rank: float, last: int) -> float:
    """Where `rank` stands on an axis from 1 to `last`, in percent of the width."""
    return percent(rank, 0.5, last + 0.5)


def draw_rank_set(root: ET.Element, one: RankedCandidate, last: int, y: float, *, thin: bool = False) -> None:
    """Add the bar of a rank set at `y` px, with a notch above and below it at the displayed rank.

    The notch reaches over the bar, so that it is seen in black and white as well. A `thin` bar has the same middle.
    """
    left, right = rank_at(one.best - 0.4, last), rank_at(one.worst + 0.4, last)
    height, radius = (THIN_PX, 0) if thin else (BAR_PX, 3)
    rect(root, left, right, y + (BAR_PX - height) / 2, height, "accent", radius=radius, tip=ranks_of(one))
    line(root, (rank_at(one.rank, last), y - 2), (rank_at(one.rank, last), y + BAR_PX + 2), "ink", width=2)


def rank_set_bar(one: RankedCandidate, last: int, k: int, *, uid: str, title: str) -> Markup:
    """One candidate's rank set as SVG on an axis from 1 to `last`; a dashed line stands behind the best `k` ranks."""
    root = svg_root(ROW_PX, uid, title)
    line(root, (0, ROW_PX / 2), (100, ROW_PX / 2), "rule")
    if k < last:
        line(root, (rank_at(k + 0.5, last), 0), (rank_at(k + 0.5, last), ROW_PX), "edge", dash="2 2")
    draw_rank_set(root, one, last, (ROW_PX - BAR_PX) / 2)
    return markup(root)


def rank_axis(last: int, *, uid: str, title: str) -> Markup:
    """The axis that the bars of `rank_set_bar` share, as SVG: ranks from 1 to `last`."""
    root = svg_root(AXIS_PX, uid, title)
    step = max(1, -(-last // MOST_TICKS))
    for tick in sorted({1, *range(step, last + 1, step)} if step > 1 else set(range(1, last + 1))):
        line(root, (rank_at(tick, last), AXIS_PX - 4), (rank_at(tick, last), AXIS_PX), "edge")
        label(root, rank_at(tick, last), AXIS_PX - 6, str(tick))
    return markup(root)
