"""Rules over measurements, and the stated mix of model and rules."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import Criterion, load_rubric
from include.interview.case import Case
from include.interview.records import Channel, Interval, Judgement, Measure, Measurements, Observation, Transcript
from include.judgement import judge_criterion, open_judge
from include.judgement.offline import OfflineJudge
from include.judgement.rules import RULES, RulesJudge
from include.settings import JudgeSettings
from tests.support.ladders import case_of, ladder

ANSWER_S = 10.0
"""Seconds each utterance of the cases below lasts."""
VALUES: dict[Channel, dict[str, float]] = {
    "face": {"orientation_share": 0.75, "seen_s": 1000.0},
    "fluency": {"long_pauses_per_min": 3.0, "pause_share": 0.30, "response_latency_s": 1.5},
}


def timed(transcript: Transcript) -> Transcript:
    """The same words, one utterance after the other."""
    spoken = tuple(
        msgspec.structs.replace(u, start_s=k * ANSWER_S, end_s=(k + 1) * ANSWER_S)
        for k, u in enumerate(transcript.utterances)
    )
    return msgspec.structs.replace(transcript, utterances=spoken)


def seconds_seen(name: str, value: float) -> tuple[Interval, ...]:
    return (Interval(0.0, value, "face_seen"),) if name == "seen_s" else ()


def measured(
    values: dict[Channel, dict[str, float]],
    coverage: float = 1.0,
    profile: str = "standard",
    error: float | None = None,
) -> Case:
    """A case under rubric version 2, the last in which measurements had a share in criteria that rest on words."""
    channels = tuple(
        Measurements(
            channel=channel,
            coverage=coverage,
            measures=tuple(
                Measure(n, v, "", coverage=coverage, n=10, intervals=seconds_seen(n, v), error=error)
                for n, v in found.items()
            ),
        )
        for channel, found in values.items()
    )
    case = case_of(ladder("en")[8][1], profile=profile)
    return msgspec.structs.replace(
        case,
        measurements=channels,
        profile=load_profile(profile),
        transcript=timed(case.transcript),
        rubric=load_rubric("ai", "2"),
    )


@pytest.mark.unit
def test_values_on_the_level_four_points_give_level_four() -> None:
    case = measured(VALUES)
    judgement = RulesJudge().judge(case, case.rubric.criterion("psychological"), 0)
    assert judgement.level == pytest.approx(4.0)
    assert judgement.sem is None, "no measure states its error"
    assert {e.measure for e in judgement.evidence if isinstance(e, Observation)} == {
        r.measure for r in RULES["psychological"]
    }


@pytest.mark.unit
def test_what_different_measures_say_is_no_error_of_any_of_them() -> None:
    """Three measures at one level are not sure, and at three levels not unsure: each brings its own error."""
    for fluency in (VALUES["fluency"], {"long_pauses_per_min": 8.0, "pause_share": 0.45, "response_latency_s": 2.0}):
        case = measured({"fluency": fluency}, error=0.05)
        judgement = RulesJudge().judge(case, case.rubric.criterion("psychological"), 0)
        # One standard error of 0.05: 0.05 / 3, 0.5 and 0.05 (here at most 0.07) levels, weights 30, 30 and 40.
        assert judgement.sem is not None
        assert 0.149 < judgement.sem < 0.16


@pytest.mark.unit
def test_too_little_observed_gives_no_level_but_the_coverage_reached() -> None:
    values = {**VALUES, "fluency": {"pause_share": 0.30}}
    case = measured(values)
    judgement = RulesJudge().judge(case, case.rubric.criterion("psychological"), 0)
    assert judgement.level is None
    assert judgement.reason is not None
    assert judgement.reason.code == "too_little_observed"
    assert judgement.reason.coverage == pytest.approx(0.3)


@pytest.mark.unit
def test_a_measure_seen_for_a_moment_takes_no_part() -> None:
    case = measured(VALUES, coverage=0.1)
    judgement = RulesJudge().judge(case, case.rubric.criterion("psychological"), 0)
    assert judgement.reason is not None
    assert judgement.reason.code == "not_observed"


@pytest.mark.unit
def test_criteria_that_need_no_face_ask_for_none() -> None:
    case = measured({"fluency": VALUES["fluency"]})
    assert RulesJudge().judge(case, case.rubric.criterion("psychological"), 0).level == pytest.approx(4.0)


@pytest.mark.unit
@pytest.mark.parametrize("criterion", sorted(RULES))
def test_every_rule_is_monotone_and_stays_on_the_scale(criterion: str) -> None:
    assert RULES[criterion]
    for rule in RULES[criterion]:
        values = [p[0] for p in rule.points]
        grid = [values[0] - 5 + i * (values[-1] - values[0] + 10) / 200 for i in range(201)]
        levels = [rule.level(x) for x in grid]
        assert min(levels) >= 1.0
        assert max(levels) <= 5.0
        assert levels in (sorted(levels), sorted(levels, reverse=True))


@pytest.mark.unit
def test_a_mixed_criterion_is_the_stated_mix() -> None:
    case = measured(VALUES)
    criterion = case.rubric.criterion("psychological")
    (judgement,) = judge_criterion(case, criterion, open_judge(JudgeSettings()), 3)
    by_name = {m.name: m.value for m in judgement.components}
    words, rules = by_name["words_level"], by_name["rules_level"]
    assert words is not None
    assert rules == pytest.approx(4.0)
    assert judgement.level == pytest.approx(criterion.mix["model"] * words + criterion.mix["rules"] * 4.0, abs=1e-3)


@pytest.mark.unit
def test_a_mixed_criterion_without_its_measurements_has_no_level() -> None:
    case = measured({})
    (judgement,) = judge_criterion(case, case.rubric.criterion("psychological"), open_judge(JudgeSettings()), 1)
    assert judgement.level is None
    assert judgement.reason is not None


@pytest.mark.unit
def test_under_eu_the_psychological_criterion_rests_on_words_alone() -> None:
    case = measured(VALUES, profile="eu")
    (judgement,) = judge_criterion(case, case.rubric.criterion("psychological"), open_judge(JudgeSettings()), 1)
    assert judgement.level is not None
    assert "rules_level" not in {m.name for m in judgement.components}


@pytest.mark.unit
def test_a_disabled_criterion_is_not_judged() -> None:
    case = measured(VALUES, profile="text_only")
    assert judge_criterion(case, case.rubric.criterion("nonverbal"), open_judge(JudgeSettings()), 1) == ()


@pytest.mark.unit
def test_poor_words_are_insufficient_and_the_judge_is_not_asked() -> None:
    case = case_of("Interviewer: Tell me about yourself.\nInterviewee: Student.")
    (judgement,) = judge_criterion(case, case.rubric.criterion("language"), open_judge(JudgeSettings()), 3)
    assert judgement.level is None
    assert judgement.reason is not None
    assert judgement.reason.code == "too_few_words"


@pytest.mark.unit
def test_under_eu_the_flow_of_answers_may_still_rest_on_pauses() -> None:
    case = measured(VALUES, profile="eu")
    case = msgspec.structs.replace(case, stage="practical", rubric=load_rubric("practical", "1"))
    judgement = RulesJudge().judge(case, case.rubric.criterion("answer_flow"), 0)
    assert judgement.level == pytest.approx(4.0)


@pytest.mark.unit
def test_a_measure_that_the_profile_leaves_unscored_takes_no_part() -> None:
    case = measured(VALUES)
    profile = msgspec.structs.replace(case.profile, measures_unscored=("pause_share",))
    judgement = RulesJudge().judge(
        msgspec.structs.replace(case, profile=profile), case.rubric.criterion("psychological"), 0
    )
    assert "pause_share" not in {m.name for m in judgement.components}
    assert judgement.level == pytest.approx(4.0)


class _Stating(OfflineJudge):
    """The offline judge, stating a given standard error."""

    def __init__(self, sem: float | None) -> None:
        self.sem = sem

    def judge(self, case: Case, criterion: Criterion, run: int) -> Judgement:
        return msgspec.structs.replace(super().judge(case, criterion, run), sem=self.sem)


@pytest.mark.unit
def test_the_error_of_a_mix_is_unknown_when_that_of_a_part_is() -> None:
    case = measured(VALUES)
    criterion = case.rubric.criterion("psychological")
    (unknown,) = judge_criterion(case, criterion, _Stating(None), 1)
    (known,) = judge_criterion(case, criterion, _Stating(0.5), 1)
    assert unknown.level is not None
    assert unknown.sem is None
    assert known.sem is None, "the measures state no error either"
    exact = measured(VALUES, error=0.0)
    (known,) = judge_criterion(exact, exact.rubric.criterion("psychological"), _Stating(0.5), 1)
    assert known.sem == pytest.approx(0.8 * 0.5)
