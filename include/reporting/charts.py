"""The report's charts as SVG: pure functions from numbers to markup.

A chart has no viewBox: horizontal positions are percentages of the width it is given and vertical ones pixels, so that
a chart fills a phone or a sheet of paper while its text keeps its size. Colours stand twice: as attributes (the light
palette: what paper shows) and as classes (`f-*`, `s-*`), which follow the reader's theme on a screen. Text passes
through ElementTree, which escapes it. Positions are drawn from the given numbers; no score is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from markupsafe import Markup

from include.reporting.formatting import clean, decimal, fixed
from include.reporting.palette import LIGHT

FONT_PX = 11
LEVEL_LOW, LEVEL_HIGH = 1.0, 5.0
"""Ends of the anchors' scale."""
WHISKER_PX = 1.5
TOTAL_TICKS = (0, 25, 50, 75, 100)


def percent(value: float, low: float, high: float) -> float:
    """Where `value` lies between `low` and `high`, in percent of the width, kept inside the drawing (0 to 100)."""
    if high <= low:
        return 0.0
    return min(100.0, max(0.0, 100.0 * (value - low) / (high - low)))


def _at(position: float) -> str:
    return decimal(position, 3) + "%"


def svg_root(height: float, uid: str, title: str, desc: str = "") -> ET.Element:
    """An SVG of full width and `height` px that a screen reader announces as one picture called `title`."""
    labels = f"{uid}-title" + (f" {uid}-desc" if desc else "")
    root = ET.Element(
        "svg",
        {"class": "chart", "width": "100%", "height": decimal(height, 1), "role": "img", "aria-labelledby": labels},
    )
    ET.SubElement(root, "title", {"id": f"{uid}-title"}).text = clean(title)
    if desc:
        ET.SubElement(root, "desc", {"id": f"{uid}-desc"}).text = clean(desc)
    return root


def markup(root: ET.Element) -> Markup:
    """The finished SVG, safe to put into a page: ElementTree has escaped every text and attribute."""
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704


def rect(
    parent: ET.Element,
    left: float,
    right: float,
    y: float,
    height: float,
    color: str,
    *,
    radius: float = 0,
    tip: str = "",
) -> ET.Element:
    """Add a bar from `left` to `right` percent of the width, at `y` px and `height` px high, to `parent`."""
    attributes = {
        "class": f"f-{color}",
        "fill": LIGHT[color],
        "x": _at(left),
        "width": _at(max(0.0, right - left)),
        "y": decimal(y, 1),
        "height": decimal(height, 1),
    }
    if radius:
        attributes["rx"] = decimal(radius, 1)
    bar = ET.SubElement(parent, "rect", attributes)
    if tip:
        ET.SubElement(bar, "title").text = clean(tip)
    return bar


def line(
    parent: ET.Element,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    *,
    width: float = 1,
    dash: str = "",
) -> None:
    """Add a line between two points of (percent of the width, px) to `parent`."""
    attributes = {
        "class": f"s-{color}",
        "stroke": LIGHT[color],
        "stroke-width": decimal(width, 2),
        "x1": _at(start[0]),
        "y1": decimal(start[1], 1),
        "x2": _at(end[0]),
        "y2": decimal(end[1], 1),
    }
    if dash:
        attributes["stroke-dasharray"] = dash
    ET.SubElement(parent, "line", attributes)


def label(parent: ET.Element, at: float, y: float, text: str, *, color: str = "muted", anchor: str = "auto") -> None:
    """Add a text at `at` percent of the width and `y` px to `parent`.

    At the ends of the scale it is aligned inwards so that nothing is cut off.
    """
    if anchor == "auto":
        anchor = "start" if at < 3 else "end" if at > 97 else "middle"
    attributes = {
        "class": f"f-{color}",
        "fill": LIGHT[color],
        "x": _at(at),
        "y": decimal(y, 1),
        "text-anchor": anchor,
        "font-size": str(FONT_PX),
    }
    ET.SubElement(parent, "text", attributes).text = clean(text)


def _whisker(root: ET.Element, low: float, high: float, y: float, cap: float, covered: float = 0.0) -> None:
    """A whisker from `low` to `high` percent; the part left of `covered` lies on a bar and takes the paper's colour."""
    for start, end, color in ((low, min(high, covered), "paper"), (max(low, covered), high, "whisker")):
        if end > start:
            line(root, (start, y), (end, y), color, width=WHISKER_PX)
    for at in (low, high):
        line(root, (at, y - cap), (at, y + cap), "paper" if at < covered else "whisker", width=WHISKER_PX)


def total_scale(total: float, sem: float | None, *, uid: str, title: str) -> Markup:
    """A total from 0 to 100 on its scale as SVG, with one standard error (points) to either side when it is known."""
    root = svg_root(58, uid, title)
    rect(root, 0, 100, 14, 16, "wash", radius=3)
    if sem is not None:
        low, high = percent(total - sem, 0, 100), percent(total + sem, 0, 100)
        rect(root, low, high, 14, 16, "band", radius=2)
        _whisker(root, low, high, 22, 5)
    at = percent(total, 0, 100)
    line(root, (at, 6), (at, 36), "accent", width=4)
    for tick in TOTAL_TICKS:
        line(root, (tick, 34), (tick, 39), "edge")
        label(root, tick, 52, str(tick))
    return markup(root)


def level_bar(level: float | None, sem: float | None, *, uid: str, title: str, ticks: bool = True) -> Markup:
    """A level on the anchors' scale 1 to 5 as SVG, with the standard error (in levels) as a whisker.

    Without a level the scale stays empty and dashed: nothing is drawn that could be read as a low score.
    """
    root = svg_root(40 if ticks else 20, uid, title)
    top, thick = 5.0, 10.0
    if level is None:
        line(root, (0, top + thick / 2), (100, top + thick / 2), "edge", dash="3 5")
    else:
        rect(root, 0, 100, top, thick, "wash", radius=3)
        rect(root, 0, percent(level, LEVEL_LOW, LEVEL_HIGH), top, thick, "accent", radius=3)
        if sem:
            ends = (percent(level - sem, LEVEL_LOW, LEVEL_HIGH), percent(level + sem, LEVEL_LOW, LEVEL_HIGH))
            _whisker(root, *ends, top + thick / 2, 3, covered=percent(level, LEVEL_LOW, LEVEL_HIGH))
    for step in range(5):
        line(root, (25 * step, top + thick), (25 * step, top + thick + (5 if ticks else 3)), "edge")
        if ticks:
            label(root, 25 * step, 34, str(step + 1))
    return markup(root)


@dataclass(frozen=True)
class BulletScale:
    """The axis of a bullet chart in the measure's own unit."""

    low: float
    high: float


def bullet_scale(value: float | None, band: tuple[float, float] | None, unit: str) -> BulletScale:
    """An axis in the measure's unit that holds the value and the band.

    It runs from 0 to 1 for shares, otherwise from 0 (or below) with a margin.
    """
    held: Sequence[float] = [v for v in (value, *(band or ())) if v is not None]
    low, high = min([0.0, *held]), max([0.0, *held])
    if unit == "share" and low >= 0 and high <= 1:
        return BulletScale(0.0, 1.0)
    air = 0.2 * (high - low)
    return BulletScale(low - air if low < 0 else 0.0, high + air if high > low else low + 1.0)


def bullet(value: float | None, band: tuple[float, float] | None, unit: str, *, uid: str, title: str) -> Markup:
    """A measured value as SVG against its documented reference band, or on a bare axis without one."""
    scale = bullet_scale(value, band, unit)
    root = svg_root(18, uid, title)
    if band is None:
        line(root, (0, 9), (100, 9), "rule", width=2)
    else:
        rect(root, 0, 100, 4, 10, "wash", radius=2)
        rect(
            root,
            percent(band[0], scale.low, scale.high),
            percent(band[1], scale.low, scale.high),
            4,
            10,
            "band",
            radius=2,
        )
    if value is not None:
        at = percent(value, scale.low, scale.high)
        line(root, (at, 1), (at, 17), "accent", width=4)
    return markup(root)


def describe_level(level: float, sem: float | None) -> tuple[str, str | None]:
    """The printed texts of a level and of its standard error (None when there is none)."""
    return fixed(level, 1), None if sem is None else fixed(sem, 2 if sem < 0.1 else 1)
