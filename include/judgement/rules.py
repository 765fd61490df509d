"""Rules over measurements: the measured share of mixed criteria; the nonverbal criterion is in `nonverbal`.

Every rule is one measure on one curve from documented points (docs/scoring.md, "Rules"). A measure that is missing
or was observed too rarely takes no part: it lowers coverage, never the level.
"""

from __future__ import annotations

import numpy as np

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Criterion
from include.interview.case import Case
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
from include.judgement.nonverbal import REFUSAL_FLAG, judge_nonverbal

RULES_VERSION = "5"
MIN_MEASURE_COVERAGE = 0.3
"""Share of the timeline a measure must have been observed on to take part."""
MIN_RULE_COVERAGE = 0.4
"""Share of the rules' weight that must be observed for a level to be given."""


class Rule(Record, frozen=True):
    """One measure and its curve: points (value, level), linear between them and constant outside.

    `expressive`: shows liveliness of voice; profiles that refuse emotion-like measures do without it.
    """

    channel: Channel
    measure: str
    label: Bilingual
    weight: float
    points: tuple[tuple[float, float], ...]
    expressive: bool = False

    def level(self, value: float) -> float:
        """The level in [1, 5] for `value`."""
        return float(np.interp(value, [p[0] for p in self.points], [p[1] for p in self.points]))

    def level_error(self, measure: Measure) -> float | None:
        """The standard error in levels; None where the measure states none.

        The larger of the two steps to one standard error above and below, so that a plateau on one side hides nothing.
        """
        if measure.value is None or measure.error is None:
            return None
        level = self.level(measure.value)
        return max(abs(self.level(measure.value + side * measure.error) - level) for side in (-1, 1))


def _rule(channel: Channel, measure: str, ko: str, en: str, weight: float, *points: tuple[float, float], expressive: bool = False) -> Rule:  # fmt: skip
    return Rule(channel, measure, Bilingual(ko, en), weight, tuple(sorted(points)), expressive)


_LONG_PAUSES = _rule(
    "fluency", "long_pauses_per_min", "긴 멈춤", "long pauses", 30, (12, 1), (8, 2), (5, 3), (3, 4), (1, 5)
)
_PAUSES = _rule("fluency", "pause_share", "멈춤의 비율", "share of pauses", 30, (0.60, 1), (0.50, 2), (0.40, 3), (0.30, 4), (0.20, 5))  # fmt: skip
_LATENCY = _rule("fluency", "response_latency_s", "답변을 시작하기까지의 시간", "time before answering", 40, (6, 1), (4, 2), (2.5, 3), (1.5, 4), (0.8, 5))  # fmt: skip

# ruff: noqa: E501 - one rule, one line: a table is read by columns
RULES: dict[str, tuple[Rule, ...]] = {
    "psychological": (_LONG_PAUSES, _PAUSES, _LATENCY),
    "emotion": (
        _LONG_PAUSES,
        _PAUSES,
        _LATENCY,
        _rule("voice", "f0_shift_semitones", "처음 1분과의 목소리 높이 차이", "pitch away from the own first minute", 20, (6, 1), (4.5, 2), (3.5, 3), (2.5, 4), (1.5, 5), expressive=True),
        _rule("voice", "loudness_shift_db", "처음 1분과의 말소리 세기 차이", "level away from the own first minute", 10, (12, 1), (9, 2), (7, 3), (5, 4), (3, 5), expressive=True),
    ),
    "answer_flow": (_LATENCY, _LONG_PAUSES, _PAUSES),
}  # fmt: skip


def _takes_part(rule: Rule, profile: Profile) -> bool:
    """True when a judge under `profile` may read the rule's measure. A refused measure stays, to be flagged."""
    if rule.expressive and profile.measures_refused:
        return False
    return profile.scores_measure(rule.measure) or not profile.allows_measure(rule.measure)


class RulesJudge:
    """Judges criteria from measurements alone. Deterministic; calls nothing."""

    identity = JudgeIdentity(name="Triview rules", kind="rules", model="documented rules", version=RULES_VERSION)

    def judge(self, case: Case, criterion: Criterion, run: int) -> Judgement:
        """One judgement of `criterion` from the case's measurements.

        `reason` is set (code `not_observed` or `too_little_observed`) when less than 40 % of the rules' weight could
        be observed. The stated standard error joins those of the measures, by weight; None where one states none. The nonverbal
        criterion has rules of its own: see `nonverbal.judge_nonverbal`.
        """
        if criterion.id == "nonverbal":
            return judge_nonverbal(case, criterion, run, self.identity)
        rules = [r for r in RULES.get(criterion.id, ()) if _takes_part(r, case.profile)]
        flags: list[Flag] = []
        seen: list[tuple[Rule, Measure]] = []
        for rule in rules:
            if not case.profile.allows_measure(rule.measure):
                flags.append(Flag(REFUSAL_FLAG, "info"))
                continue
            measure = self._observed(case, rule)
            if measure is not None:
                seen.append((rule, measure))
        total = sum(r.weight for r in rules)
        coverage = sum(r.weight for r, _ in seen) / total if total else 0.0
        if coverage < MIN_RULE_COVERAGE:
            return self._without_level(criterion, run, _unobserved(coverage), tuple(flags))
        return self._judgement(criterion, run, seen, tuple(flags))

    def _observed(self, case: Case, rule: Rule) -> Measure | None:
        channel = case.channel(rule.channel)
        measure = channel.get(rule.measure) if channel else None
        if measure is None or measure.value is None or measure.coverage < MIN_MEASURE_COVERAGE:
            return None
        return measure

    def _judgement(self, criterion: Criterion, run: int, seen: list[tuple[Rule, Measure]], flags: tuple[Flag, ...]) -> Judgement:  # fmt: skip
        weights = np.array([r.weight for r, _ in seen])
        levels = np.array([r.level(m.value or 0.0) for r, m in seen])
        level = float(weights @ levels / weights.sum())
        # What different measures say of one person is no error of any of them: only their own errors count.
        errors = [r.level_error(m) for r, m in seen]
        sem = None
        if all(e is not None for e in errors):
            sem = float(np.sqrt(np.sum((weights * np.array(errors, dtype=float)) ** 2)) / weights.sum())
        return Judgement(
            criterion=criterion.id,
            run=run,
            level=round(level, 4),
            judge=self.identity,
            rationale=_explain(level, seen, levels),
            sem=sem,
            evidence=tuple(Observation(r.channel, m.name, m.value or 0.0, m.unit, m.intervals[:5]) for r, m in seen),
            components=tuple(
                Measure(name=m.name, value=round(float(x), 4), unit="level", coverage=m.coverage, n=round(r.weight))
                for (r, m), x in zip(seen, levels, strict=True)
            ),
            flags=flags,
        )

    def _without_level(self, criterion: Criterion, run: int, reason: Insufficiency, flags: tuple[Flag, ...]) -> Judgement:  # fmt: skip
        return Judgement(
            criterion=criterion.id, run=run, level=None, judge=self.identity, rationale=reason.text, reason=reason, flags=flags
        )  # fmt: skip


def _unobserved(coverage: float) -> Insufficiency:
    """Why rules of which only the share `coverage` of the weight was observed give no level."""
    share = round(100 * coverage)
    return Insufficiency(
        code="too_little_observed" if coverage else "not_observed",
        text=Bilingual(
            f"이 평가 항목에 필요한 측정 가운데 {share}%만 관찰되어 점수를 내지 않습니다.",
            f"Only {share} % of what this criterion rests on could be observed, so no score is given.",
        ),
        coverage=coverage,
    )


def _explain(level: float, seen: list[tuple[Rule, Measure]], levels: np.ndarray) -> Bilingual:
    ko = ", ".join(f"{r.label.ko} {m.value:.2f} {m.unit}(수준 {x:.1f})" for (r, m), x in zip(seen, levels, strict=True))
    en = ", ".join(f"{r.label.en} {m.value:.2f} {m.unit} (level {x:.1f})" for (r, m), x in zip(seen, levels, strict=True))  # fmt: skip
    return Bilingual(f"수준 {level:.2f}. 측정: {ko}.", f"Level {level:.2f}. Measured: {en}.")
