# ruff: noqa: S314 - parses our own drawings
from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.reporting.charts import bullet, bullet_scale, level_bar, percent, total_scale

pytestmark = pytest.mark.unit


def positions(svg: str) -> list[float]:
    found = []
    for element in ET.fromstring(svg).iter():
        for name in ("x", "x1", "x2"):
            if name in element.attrib:
                found.append(float(element.attrib[name].rstrip("%")))
        if element.tag == "rect":
            found.append(float(element.attrib["x"].rstrip("%")) + float(element.attrib["width"].rstrip("%")))
    return found


def marks(svg: str, color: str) -> list[ET.Element]:
    return [e for e in ET.fromstring(svg).iter() if e.attrib.get("class") in (f"f-{color}", f"s-{color}")]


@given(st.floats(1, 5), st.none() | st.floats(0, 4))
def test_a_level_is_drawn_where_it_stands_and_stays_inside(level: float, sem: float | None) -> None:
    svg = level_bar(level, sem, uid="x", title="t")
    assert all(-0.001 <= p <= 100.001 for p in positions(svg))
    bar = next(e for e in marks(svg, "accent") if e.tag == "rect")
    assert float(bar.attrib["width"].rstrip("%")) == pytest.approx((level - 1) * 25, abs=0.001)


def test_whisker_ends_one_standard_error_away() -> None:
    ends = {float(e.attrib["x1"].rstrip("%")) for e in marks(level_bar(3.0, 0.5, uid="x", title="t"), "whisker")}
    assert max(ends) == pytest.approx(62.5)
    ends = {float(e.attrib["x1"].rstrip("%")) for e in marks(total_scale(70.0, 4.0, uid="x", title="t"), "whisker")}
    assert (min(ends), max(ends)) == (pytest.approx(66.0), pytest.approx(74.0))


def test_without_a_level_nothing_looks_like_a_low_one() -> None:
    svg = level_bar(None, None, uid="x", title="t")
    assert marks(svg, "accent") == []
    assert marks(svg, "whisker") == []
    assert 'stroke-dasharray="3 5"' in svg


def test_every_chart_has_an_accessible_name_that_exists() -> None:
    for svg in (
        total_scale(50, None, uid="a", title="Total <b>&"),
        level_bar(2, 1, uid="b", title='"quoted"'),
        bullet(0.2, (0.1, 0.4), "share", uid="c", title="\x00\ud800"),
    ):
        root = ET.fromstring(svg)
        assert root.attrib["role"] == "img"
        titles = {e.attrib.get("id"): e.text for e in root.iter("title")}
        assert titles[root.attrib["aria-labelledby"].split()[0]]


@given(st.floats(-1e4, 1e4), st.none() | st.tuples(st.floats(-1e3, 0), st.floats(0, 1e3)))
def test_bullet_axis_holds_value_and_band(value: float, band: tuple[float, float] | None) -> None:
    scale = bullet_scale(value, band, "Hz")
    assert scale.low <= min([value, *(band or ())]) + 1e-9
    assert scale.high >= max([value, *(band or ())]) - 1e-9
    assert scale.low < scale.high
    assert all(-0.001 <= p <= 100.001 for p in positions(bullet(value, band, "Hz", uid="x", title="t")))


def test_a_share_is_drawn_on_zero_to_one() -> None:
    assert (bullet_scale(0.05, (0.0, 0.2), "share").low, bullet_scale(0.05, (0.0, 0.2), "share").high) == (0.0, 1.0)
    assert percent(0.25, 0, 1) == 25.0
    assert percent(7.0, 3.0, 3.0) == 0.0
