from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import include
from include.interview.assessment.measures import MEASURES
from include.judgement.labels import LABELS
from include.reporting.formatting import clean, clock, decimal, fixed, plain, quantity, share, time_id
from include.reporting.strings import Strings, table

pytestmark = pytest.mark.unit

SOURCES = Path(include.__file__).parent


def test_both_languages_fill_in_the_same_values_and_are_written_in_their_script() -> None:
    for key, entry in table().items():
        assert set(re.findall(r"{(\w+)}", entry["ko"])) == set(re.findall(r"{(\w+)}", entry["en"])), key
        assert not re.search("[가-힣]", entry["en"]), key
    prose = [k for k, e in table().items() if len(e["en"]) > 25 and not re.search("[가-힣]", e["ko"])]
    assert prose == []


def test_every_string_a_template_asks_for_exists() -> None:
    templates = "".join(p.read_text(encoding="utf-8") for p in (SOURCES / "reporting").rglob("*.j2"))
    code = "".join(p.read_text(encoding="utf-8") for p in (SOURCES / "reporting").glob("*.py"))
    asked = set(re.findall(r"\bt\([\"']([a-z_.]+)[\"'](?! ~)", templates + code))
    assert asked - table().keys() == set()
    prefixes = set(re.findall(r"\bt\(f?[\"']([a-z_.]+)\.(?:[\"'] ~|\{)", templates + code))
    assert all(any(k.startswith(f"{p}.") for k in table()) for p in prefixes)


def test_every_component_of_the_offline_judge_and_every_unit_has_a_name() -> None:
    assert [n for n in LABELS if n not in MEASURES and not Strings("ko").label("component", n)] == []
    units = {spec.unit for spec in MEASURES.values()} - {"share"}
    assert [u for u in units if Strings("ko").label("unit", u) is None] == []


def test_every_flag_perception_and_judgement_raise_has_a_name() -> None:
    raised = set()
    for room in ("perception", "judgement"):
        for path in (SOURCES / room).rglob("*.py"):
            raised |= set(re.findall(r"\bFlag\(\s*\"([a-z_]+)\"", path.read_text(encoding="utf-8")))
    assert raised
    assert sorted(code for code in raised if not Strings("en").label("flag", code)) == []


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "00:00"), (59.99, "00:59"), (60, "01:00"), (3599, "59:59"), (3661, "1:01:01"), (-1, "00:00")],
)
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_numbers_as_printed() -> None:
    assert time_id(205.4) == "t=205.4"
    assert time_id(3605.256) == "t=3605.26"
    assert decimal(-0.001, 2) == "0"
    assert fixed(-3.25) == "\u22123.2"
    assert fixed(-0.04) == "0.0"
    assert quantity(0.834, "share") == ("83", "%")
    assert quantity(0.034, "share") == ("3.4", "%")
    assert quantity(187.44, "Hz") == ("187", "Hz")
    assert quantity(5.413, "syl/s") == ("5.41", "syl/s")


@given(st.text(alphabet=st.characters()))
def test_clean_text_can_be_written_and_plain_text_is_one_line(text: str) -> None:
    clean(text).encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", clean(text))
    assert not re.search("[\n\t\u202a-\u202e\u2066-\u2069]", plain(text))


def test_clean_leaves_readable_text_alone() -> None:
    text = "가나다 áé\u200f العربية 😀\n"
    assert clean(text) == text


def test_a_share_that_is_not_quite_all_or_none_is_not_called_so() -> None:
    shown = [share(value).replace("\u00a0", " ") for value in (0.0, 0.004, 0.006, 0.5, 0.994, 0.996, 1.0)]
    assert shown == ["0 %", "<1 %", "1 %", "50 %", "99 %", ">99 %", "100 %"]
