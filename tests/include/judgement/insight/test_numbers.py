"""Figures are read alike however they are written, in both languages."""

from __future__ import annotations

import pytest

from include.judgement.insight.numbers import figures
from include.judgement.insight.transliteration import same_name

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "language", "kind", "value"),
    [
        ("twenty-six of them", "en", "count", 26),
        ("two hundred and five people", "en", "count", 205),
        ("1,250 orders", "en", "count", 1250),
        ("a dozen shops", "en", "count", 12),
        ("a quarter of a million", "en", "count", 250_000),
        ("3.5m users", "en", "count", 3_500_000),
        ("eight per cent", "en", "percent", 8),
        ("half of the users", "en", "percent", 50),
        ("$300,000", "en", "money:usd", 300_000),
        ("41,000 euros", "en", "money:eur", 41_000),
        ("a year and a half", "en", "months", 18),
        ("half an hour", "en", "hours", 0.5),
        ("in March", "en", "month", 3),
        ("the 1990s", "en", "decade", 1990),
        ("in 2021", "en", "year", 2021),
        ("the second quarter", "en", "ordinal", 2),
        ("every other week", "en", "per:hours", 336),
        ("monthly", "en", "per:months", 1),
        ("the price doubled", "en", "times", 2),
        ("on Fridays", "en", "weekday", 4),
        ("스물여섯 명이", "ko", "count", 26),
        ("마흔 건쯤", "ko", "count", 40),
        ("이억 건", "ko", "count", 200_000_000),
        ("2억 5천만 원을", "ko", "money:krw", 250_000_000),
        ("구천만 원이", "ko", "money:krw", 90_000_000),
        ("4100만 원", "ko", "money:krw", 41_000_000),
        ("8퍼센트에서", "ko", "percent", 8),
        ("12%만", "ko", "percent", 12),
        ("석 달 동안", "ko", "months", 3),
        ("반년 뒤", "ko", "months", 6),
        ("일 년은", "ko", "months", 12),
        ("이틀 만에", "ko", "hours", 48),
        ("열한 시간쯤", "ko", "hours", 11),
        ("3월부터", "ko", "month", 3),
        ("2021년", "ko", "year", 2021),
        ("값이 두 배", "ko", "times", 2),
        ("격주로", "ko", "per:hours", 336),
        ("분기마다", "ko", "per:months", 3),
        ("금요일에", "ko", "weekday", 4),
    ],
)
def test_readings(text: str, language: str, kind: str, value: float) -> None:
    readings = {reading for figure in figures(text, language) for reading in figure.readings}
    assert (kind, pytest.approx(value)) in [(k, v) for k, v in readings]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("12 months", "a year", True),
        ("열두 달", "일 년", True),
        ("14 days", "two weeks", True),
        ("half a year", "반년", True),
        ("40", "40 percent", False),
        ("three weeks", "three months", False),
        ("a monthly export", "a weekly export", False),
        ("in March", "3월", True),
    ],
)
def test_agreement(one: str, other: str, agree: bool) -> None:
    def first(text: str):
        return figures(text, "ko" if any("가" <= c <= "힣" for c in text) else "en")[0]

    assert first(one).agrees(first(other)) is agree


def test_a_pronoun_is_no_number_of_a_claim() -> None:
    assert [f.explicit for f in figures("One of them left.", "en")] == [False]
    assert figures("한 조장이 늦었다", "ko") == ()


def test_names_across_scripts() -> None:
    assert same_name("Kafka", "카프카")
    assert same_name("Rust", "러스트")
    assert not same_name("Kafka", "레디스")
    assert not same_name("Kafka", "Kafka")
