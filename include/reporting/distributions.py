"""Distributions of measures as one SVG picture: a row per measure, a tick per recording, a box for the middle."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from include.interview.assessment.distributions import Distribution
from include.reporting.charts import label, line, percent, rect, svg_root
from include.reporting.formatting import decimal

ROW_PX, TOP_PX = 44, 30
_LEFT, _RIGHT = 34.0, 97.0
"""Percent of the width between which values are drawn; names stand to the left."""
WIDTH_PX = 900


def distributions_svg(found: Sequence[Distribution], title: str) -> bytes:
    """An SVG file with one row per measure that has values: 5th to 95th percentile as a band, median, every value."""
    shown = [one for one in found if one.values]
    root = svg_root(TOP_PX + ROW_PX * len(shown), "measures", title)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("width", str(WIDTH_PX))
    root.set("font-family", "sans-serif")
    label(root, 0, 16, title, color="ink", anchor="start")
    for row, one in enumerate(shown):
        _row(root, one, TOP_PX + ROW_PX * row)
    return ET.tostring(root, encoding="unicode").encode()


def _row(root: ET.Element, one: Distribution, top: float) -> None:
    low, high = (0.0, 1.0) if one.unit == "share" else (min(0.0, one.values[0]), max(one.values[-1], 1e-9))

    def at(value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * percent(value, low, high) / 100

    middle = top + 12
    name = f"{one.channel}.{one.name}" + ("" if one.ceiling is None else " *")
    label(root, 0, middle + 4, f"{name} ({len(one.values)})", color="ink", anchor="start")
    line(root, (_LEFT, middle), (_RIGHT, middle), "rule")
    rect(root, at(one.percentiles[0]), at(one.percentiles[-1]), middle - 6, 12, "band", radius=2)
    rect(root, at(one.percentiles[1]), at(one.percentiles[-2]), middle - 6, 12, "wash", radius=2)
    for value in one.values:
        line(root, (at(value), middle - 4), (at(value), middle + 4), "accent", width=1)
    line(root, (at(one.percentiles[2]), middle - 8), (at(one.percentiles[2]), middle + 8), "whisker", width=3)
    label(root, _LEFT, top + 30, decimal(low, 2), anchor="start")
    label(root, _RIGHT, top + 30, f"{decimal(high, 2)} {one.unit}", anchor="end")
