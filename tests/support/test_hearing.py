from __future__ import annotations

import pytest

from tests.support.hearing import SYNTHETIC_WER, character_error_rate, word_error_rate, word_error_rate_in_loop

pytestmark = pytest.mark.unit

SAID = "I have worked with databases for many years."


def test_case_and_punctuation_are_no_errors() -> None:
    assert word_error_rate(SAID, "i have worked, with databases for many years") == 0.0
    assert character_error_rate("테스트를 했습니다.", "테스트 를했습니다") == 0.0


def test_a_neighbouring_word_is_within_the_tolerance_and_half_a_sentence_is_not() -> None:
    assert word_error_rate(SAID, "I have worked with database for many years.") == pytest.approx(1 / 8)
    assert word_error_rate(SAID, "I have worked with Dave Mason for many years.") <= SYNTHETIC_WER
    for wrong in ("", "I have worked with", "for many years", "We finished the project in three months."):
        assert word_error_rate(SAID, wrong) > SYNTHETIC_WER


def test_a_loop_may_be_joined_anywhere() -> None:
    loop = "one two three four five"
    assert word_error_rate_in_loop(loop, "Four, five. One two three four five one.") == 0.0
    assert word_error_rate_in_loop(loop, "four five six two") == pytest.approx(1 / 4)
    assert word_error_rate_in_loop(loop, "") == 1.0
    assert word_error_rate_in_loop(loop, "something else was said here") == 1.0
