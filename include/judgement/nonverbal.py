"""The nonverbal criterion: orientation, pitch variation, pace and gestures on published curves, in half levels."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Criterion
from include.interview.case import Case
from include.interview.intake.structured import read_yaml
from include.interview.records import (
    Bilingual,
    Channel,
    Flag,
    Insufficiency,
    JudgeIdentity,
    Judgement,
    Measure,
    Observation,
    Record,
)
from include.interview.scoring.presence import speech_seen, too_little_seen
from include.judgement.nonverbal_reasons import OUTDATED as _OUTDATED
from include.judgement.nonverbal_reasons import too_uncertain, withheld

Points = tuple[tuple[float, float], ...]

MAX_SEM = 0.75
"""Standard error in levels above which there is no level: neighbouring anchors cannot be told apart."""
LEAST_PACE_S = 20.0
"""Seconds of articulation below which pace takes no part."""
ROUNDING_SEM = 0.5 / math.sqrt(12.0)
"""Standard error that rounding to half levels adds, in levels."""
_QUANTILES = Path(__file__).with_name("pitch_quantiles.yaml")
REFUSAL_FLAG = "measure_refused"
OUTDATED_RUBRICS = frozenset({"1"})
"""Versions of the AI rubric whose nonverbal anchors do not describe what these rules measure."""


class NonverbalRule(Record, frozen=True):
    """One measure, its weight, and its curve per language: points (value, level), linear between, constant outside.

    `expressive`: shows liveliness of voice or hands; profiles that refuse emotion-like measures do without it.
    `adds_only`: takes part only where it raises the level.
    """

    channel: Channel
    measure: str
    label: Bilingual
    weight: float
    points: dict[Literal["ko", "en"], Points]
    expressive: bool = False
    adds_only: bool = False

    def level(self, value: float, language: str) -> float:
        """The level in [1, 5] for `value` in the measure's unit."""
        points = self.points["ko" if language == "ko" else "en"]
        return float(np.interp(value, [p[0] for p in points], [p[1] for p in points]))

    def level_error(self, measure: Measure, language: str) -> float | None:
        """The standard error in levels; None where the measure states none.

        The larger of the two steps to one standard error above and below, so that a plateau on one side hides nothing.
        """
        if measure.value is None or measure.error is None:
            return None
        here = self.level(measure.value, language)
        either = (measure.value - measure.error, measure.value + measure.error)
        return max(abs(self.level(value, language) - here) for value in either)


@cache
def _pitch_points() -> dict[Literal["ko", "en"], Points]:
    """Levels 1 to 5 at five quantiles per language.

    Raises:
        ValueError: the file does not hold five rising values for each language.
    """
    found = read_yaml(_QUANTILES.read_text("utf-8"), _QUANTILES.name)
    read = msgspec.convert(found, dict[Literal["ko", "en"], tuple[float, ...]])
    for language, values in read.items():
        if len(values) != 5 or list(values) != sorted(set(values)):
            raise ValueError(f"{_QUANTILES.name} needs five rising values for {language}.")
    return {language: tuple(zip(values, (1.0, 2.0, 3.0, 4.0, 5.0), strict=True)) for language, values in read.items()}


def _same(*points: tuple[float, float]) -> dict[Literal["ko", "en"], Points]:
    return {"ko": points, "en": points}


@cache
def nonverbal_rules() -> tuple[NonverbalRule, ...]:
    """The rules, the one that is indispensable first; their weights sum to 100."""
    return (
        NonverbalRule(
            "face", "orientation_share", Bilingual("화면 쪽을 향한 비율", "turned towards the screen"),
            45, _same((0.30, 1), (0.45, 2), (0.60, 3), (0.80, 4)),
        ),
        NonverbalRule(
            "voice", "pitch_variation", Bilingual("억양의 변화", "variation of pitch"),
            40, _pitch_points(), expressive=True,
        ),
        NonverbalRule(
            "fluency", "articulation_rate_syl_s", Bilingual("말 빠르기", "pace"), 10,
            {"en": ((6.5, 4), (8.0, 2)), "ko": ((8.0, 4), (10.0, 2))},
        ),
        NonverbalRule(
            "hands", "gestures_per_min", Bilingual("손짓", "gestures"), 5, _same((0, 3), (4, 4), (10, 5)),
            expressive=True, adds_only=True,
        ),
    )  # fmt: skip


class _Part(Record, frozen=True):
    """One rule that takes part: its measure, level and standard error in levels."""

    rule: NonverbalRule
    measure: Measure
    level: float
    error: float


def judge_nonverbal(case: Case, criterion: Criterion, run: int, identity: JudgeIdentity) -> Judgement:
    """One judgement of the nonverbal criterion, in half levels.

    `reason` is set when the face was not seen during enough of the candidate's own speech, when it does not speak or is
    no person before a camera (codes of `presence.too_little_seen` and of the measure `orientation_share`), when the
    camera stands aside, when the rubric is the first version, whose anchors tell of posture and loudness that no rule
    measures any more (`rubric_outdated`), and when the standard error exceeds `MAX_SEM` (`too_uncertain`). The
    standard error joins those of the measures, by weight, with that of rounding.
    """
    flags: list[Flag] = []
    rules = [r for r in nonverbal_rules() if not (r.expressive and case.profile.measures_refused)]
    seen: list[_Part] = []
    for rule in rules:
        if not case.profile.allows_measure(rule.measure):
            flags.append(Flag(REFUSAL_FLAG, "info"))
        elif (part := _part(case, rule)) is not None:
            seen.append(part)
    reason = _OUTDATED if case.rubric.version in OUTDATED_RUBRICS else _why_not(case, seen)
    if reason is None:
        parts = _with_additions(seen)
        weights = np.array([p.rule.weight for p in parts])
        levels = np.array([p.level for p in parts])
        level = float(weights @ levels / weights.sum())
        errors = np.array([p.error for p in parts])
        sem = math.hypot(float(np.sqrt(np.square(weights * errors).sum())) / float(weights.sum()), ROUNDING_SEM)
        if sem <= MAX_SEM:
            return _judged(criterion, run, identity, parts, level, sem, tuple(flags))
        reason = too_uncertain(sem, MAX_SEM)
    return Judgement(
        criterion=criterion.id, run=run, level=None, judge=identity, rationale=reason.text, reason=reason,
        flags=tuple(flags),
    )  # fmt: skip


def scored_measures(profile: Profile) -> tuple[str, ...]:
    """Names of the measures that take part under `profile`, in the rules' order."""
    return tuple(
        r.measure
        for r in nonverbal_rules()
        if not (r.expressive and profile.measures_refused) and profile.scores_measure(r.measure)
    )


def _part(case: Case, rule: NonverbalRule) -> _Part | None:
    channel = case.channel(rule.channel)
    measure = channel.get(rule.measure) if channel else None
    if measure is None or measure.value is None:
        return None
    if rule.channel == "fluency" and (measure.value <= 0 or measure.n / measure.value < LEAST_PACE_S):
        return None  # n syllables at so many a second last too short
    error = rule.level_error(measure, case.language)
    return None if error is None else _Part(rule, measure, rule.level(measure.value, case.language), error)


def _why_not(case: Case, seen: list[_Part]) -> Insufficiency | None:
    """Why there is no level although `seen` was measured; None when there is one."""
    found = case.channel("face")
    measure = found.get("orientation_share") if found else None
    why = withheld(measure.reason, measure.coverage) if measure is not None and measure.reason else None
    unseen = too_little_seen(speech_seen(case))
    if unseen is not None and (why is None or why.code == "too_little_speech_seen" or unseen.code == "still_picture"):
        return unseen
    if why is not None:
        return why
    if not any(p.rule.measure == "orientation_share" for p in seen):
        return withheld("not_observed", 0.0)
    return None


def _with_additions(seen: list[_Part]) -> list[_Part]:
    """Those that count, and those that only add where they raise the mean of these."""
    firm = [p for p in seen if not p.rule.adds_only]
    mean = sum(p.rule.weight * p.level for p in firm) / sum(p.rule.weight for p in firm)
    return [p for p in seen if not p.rule.adds_only or p.level > mean]


def half_level(level: float) -> float:
    """`level` rounded to the nearest half, halves of a half upwards."""
    return math.floor(2.0 * level + 0.5) / 2.0


def _judged(
    criterion: Criterion,
    run: int,
    identity: JudgeIdentity,
    parts: list[_Part],
    level: float,
    sem: float,
    flags: tuple[Flag, ...],
) -> Judgement:
    given = half_level(level)
    ko = ", ".join(f"{p.rule.label.ko} {p.measure.value:.2f} {p.measure.unit}(수준 {p.level:.1f})" for p in parts)
    en = ", ".join(f"{p.rule.label.en} {p.measure.value:.2f} {p.measure.unit} (level {p.level:.1f})" for p in parts)
    return Judgement(
        criterion=criterion.id,
        run=run,
        level=given,
        judge=identity,
        rationale=Bilingual(f"수준 {given:.1f}. 측정: {ko}.", f"Level {given:.1f}. Measured: {en}."),
        sem=round(sem, 4),
        evidence=tuple(
            Observation(
                p.rule.channel,
                p.measure.name,
                p.measure.value or 0.0,
                p.measure.unit,
                tuple(i for i in p.measure.intervals if i.kind != "block")[:5],
            )
            for p in parts
        ),
        components=tuple(
            Measure(
                name=p.measure.name,
                value=round(p.level, 4),
                unit="level",
                coverage=p.measure.coverage,
                n=round(p.rule.weight),
                error=round(p.error, 4),
            )
            for p in parts
        ),
        flags=flags,
    )
