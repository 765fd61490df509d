"""The offline judge on interviews of ordinary quality, where most candidates are: order, resolution, robustness."""

# ruff: noqa: E501 - spoken passages stay in one line
from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from scipy.stats import spearmanr

from include.interview.case import Case
from include.judgement.criterion_profiles import PROFILES
from include.judgement.offline import level_of, read
from tests.support.ladders import case_of, middling

AI_CRITERIA = ("language", "psychological", "cognitive", "job_fit")
POINTS = {"language": 30, "psychological": 20, "cognitive": 15, "job_fit": 10}


def _levels(case: Case) -> dict[str, float]:
    components = read(case)[1].components
    return {name: level_of(components, PROFILES[name]) for name in AI_CRITERIA}


@cache
def levels(language: str) -> tuple[dict[str, float], ...]:
    return tuple(_levels(case_of(m.text, profile="text_only")) for m in middling(language))


def totals(found: tuple[dict[str, float], ...]) -> list[float]:
    return [sum(POINTS[k] * v for k, v in by.items()) for by in found]


def _changed(change: Callable[[str], str]) -> tuple[dict[str, float], ...]:
    return tuple(_levels(case_of(change(m.text), profile="text_only")) for m in middling("en"))


def _mean_shift(new: tuple[dict[str, float], ...], criterion: str) -> float:
    return float(np.mean([n[criterion] - o[criterion] for n, o in zip(new, levels("en"), strict=True)]))


def _said(change: Callable[[str], str]) -> Callable[[str], str]:
    """`change` applied to the candidate's lines alone."""
    return lambda text: "\n".join(
        f"Interviewee: {change(line[13:])}" if line.startswith("Interviewee:") else line for line in text.splitlines()
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_total_follows_our_reading_of_middling_interviews(language: str) -> None:
    ours = middling(language)
    for rated in ([m.overall for m in ours], [m.hire for m in ours], [m.structure for m in ours]):
        assert spearmanr(totals(levels(language)), rated)[0] >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("criterion", AI_CRITERIA)
def test_levels_of_middling_interviews_are_spread_and_reach_neither_end(criterion: str) -> None:
    found = [by[criterion] for by in levels("en")]
    # The first batch (a…) was written to vary around the middle; the second (b…) leans to good, long answers.
    first = [by[criterion] for m, by in zip(middling("en"), levels("en"), strict=True) if m.name.startswith("a")]
    assert len(first) == 24
    assert np.quantile(first, 0.9) - np.quantile(first, 0.1) >= 1.5
    assert min(found) > 1.3
    assert max(found) < 4.7


@pytest.mark.slow
def test_amount_of_speech_alone_orders_them_less_well_than_the_total() -> None:
    ours = middling("en")
    rated = [m.overall for m in ours]
    words = [len(re.sub(r"(?m)^Interviewer:.*$", "", m.text).split()) for m in ours]
    assert spearmanr(totals(levels("en")), rated)[0] > spearmanr(words, rated)[0]


@pytest.mark.slow
def test_text_without_punctuation_is_judged_alike() -> None:
    bare = _changed(_said(lambda x: re.sub(r"[.,?!]", "", x).lower()))
    assert spearmanr(totals(bare), totals(levels("en")))[0] >= 0.95
    assert all(abs(_mean_shift(bare, k)) < 0.3 for k in AI_CRITERIA if k != "psychological")
    # Its facets are told in short sentences ("So now I ask first"): unpunctuated they lie inside longer passages.
    assert -0.5 < _mean_shift(bare, "psychological") <= 0.0


@pytest.mark.slow
def test_turns_on_one_line_are_judged_the_same() -> None:
    assert _changed(lambda x: x.replace("\n", " | ")) == levels("en")


@pytest.mark.slow
def test_small_talk_around_the_interview_hardly_moves_a_level() -> None:
    before = "Interviewer: Hi, how's it going?\nInterviewee: It's going pretty well, I had a long day of classes but I'm good.\nInterviewer: Did you find the building okay?\nInterviewee: Yeah it was fine, I live right across the street so.\n"
    after = "\nInterviewer: Any plans for the weekend?\nInterviewee: Not really, I will probably just sleep and catch up on things."
    chatty = _changed(lambda x: before + x + after)
    shifts = [abs(n[k] - o[k]) for n, o in zip(chatty, levels("en"), strict=True) for k in AI_CRITERIA]
    assert float(np.mean(shifts)) < 0.12
    assert spearmanr(totals(chatty), totals(levels("en")))[0] >= 0.97


@pytest.mark.slow
def test_fillers_lower_language_and_no_other_criterion() -> None:
    # Every tenth word is followed by a filler.
    def hesitant(text: str) -> str:
        words = text.split()
        return " ".join(w + (" um" if i % 20 == 9 else " uh" if i % 20 == 19 else "") for i, w in enumerate(words))

    new = _changed(_said(hesitant))
    # Fluency is 5 % of language since version 4: one filler in ten words costs a tenth of a level, not a third.
    assert -0.2 < _mean_shift(new, "language") < -0.05
    assert all(abs(_mean_shift(new, k)) < 0.1 for k in AI_CRITERIA if k != "language")


@pytest.mark.slow
def test_half_an_answer_is_worth_less() -> None:
    def half(text: str) -> str:
        sentences = re.split(r"(?<=[.?!]) ", text)
        return " ".join(sentences[: max(1, len(sentences) // 2)])

    new = _changed(_said(half))
    assert all(_mean_shift(new, k) < -0.4 for k in AI_CRITERIA)


@pytest.mark.slow
def test_hedging_moves_no_criterion() -> None:
    # "It seems to me" is politeness, above all in Korean, and no content.
    new = _changed(_said(lambda x: re.sub(r"\. (?=\w)", ". I guess maybe ", x)))
    assert all(abs(_mean_shift(new, k)) < 0.1 for k in AI_CRITERIA)
