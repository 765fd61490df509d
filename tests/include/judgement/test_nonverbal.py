"""The nonverbal criterion against levels and errors worked out by hand."""

from __future__ import annotations

import math

import msgspec
import pytest

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.case import Case
from include.interview.records import Channel, Interval, Judgement, Measure, Measurements
from include.judgement.nonverbal import MAX_SEM, ROUNDING_SEM, half_level, nonverbal_rules
from include.judgement.rules import RulesJudge
from tests.support.ladders import case_of, ladder

pytestmark = pytest.mark.unit

ORIENTATION = Measure("orientation_share", 0.70, "share", 0.9, n=60, error=0.02)
PITCH = Measure("pitch_variation", 2.5, "semitones", n=12, error=0.14)
PACE = Measure("articulation_rate_syl_s", 5.0, "syl/s", n=200, error=0.1)
GESTURES = Measure("gestures_per_min", 10.0, "1/min", n=200, error=2.0)
SEEN = Measure("seen_s", 1000.0, "s", intervals=(Interval(0.0, 1000.0, "face_seen"),))
ALL = (ORIENTATION, PITCH, PACE, GESTURES)
CHANNEL: dict[str, Channel] = {r.measure: r.channel for r in nonverbal_rules()}


def case_with(*measures: Measure, profile: str = "standard", seen: Measure = SEEN, language: str = "en") -> Case:
    """A case of 11 utterances of 10 s each, the candidate's and the interviewer's in turn."""
    case = case_of(ladder("en")[8][1], profile=profile)
    utterances = tuple(
        msgspec.structs.replace(u, start_s=10.0 * k, end_s=10.0 * k + 10.0)
        for k, u in enumerate(case.transcript.utterances)
    )
    grouped: dict[Channel, list[Measure]] = {"face": [seen]}
    for measure in measures:
        grouped.setdefault(CHANNEL[measure.name], []).append(measure)
    return msgspec.structs.replace(
        case,
        language=language,
        profile=load_profile(profile),
        transcript=msgspec.structs.replace(case.transcript, utterances=utterances),
        measurements=tuple(Measurements(channel, 1.0, tuple(found)) for channel, found in grouped.items()),
    )


def judged(case: Case) -> Judgement:
    return RulesJudge().judge(case, case.rubric.criterion("nonverbal"), 0)


def parts(judgement: Judgement) -> dict[str, float | None]:
    return {m.name: m.value for m in judgement.components}


def test_the_weights_are_the_published_ones() -> None:
    assert [r.weight for r in nonverbal_rules()] == [45, 40, 10, 5]


def test_the_level_is_the_weighted_mean_in_half_levels() -> None:
    one = judged(case_with(*ALL))
    # 0.70 lies half way from .60 (3) to .80 (4); 2.5 st is the median; inside the band 4; ten gestures 5.
    assert parts(one) == pytest.approx(
        {"orientation_share": 3.5, "pitch_variation": 3.0, "articulation_rate_syl_s": 4.0, "gestures_per_min": 5.0}
    )
    assert pytest.approx(3.425) == (45 * 3.5 + 40 * 3.0 + 10 * 4.0 + 5 * 5.0) / 100
    assert one.level == 3.5


@pytest.mark.parametrize(
    ("level", "half"), [(3.24, 3.0), (3.25, 3.5), (3.74, 3.5), (3.75, 4.0), (1.0, 1.0), (5.0, 5.0)]
)
def test_half_levels(level: float, half: float) -> None:
    assert half_level(level) == half


def test_orientation_has_a_plateau_at_four() -> None:
    rule = nonverbal_rules()[0]
    levels = {value: rule.level(value, "en") for value in (0.1, 0.30, 0.45, 0.60, 0.80, 0.9, 1.0)}
    assert levels == {0.1: 1, 0.30: 1, 0.45: 2, 0.60: 3, 0.80: 4, 0.9: 4, 1.0: 4}


def test_only_a_clearly_too_fast_pace_counts_and_by_language() -> None:
    rule = nonverbal_rules()[2]
    assert [rule.level(x, "en") for x in (1.0, 3.0, 6.5, 7.25, 8.0, 12.0)] == [4, 4, 4, 3, 2, 2]
    assert [rule.level(x, "ko") for x in (3.0, 7.25, 8.0, 9.0, 10.0)] == [4, 4, 4, 3, 2]


def test_pitch_is_read_by_the_quantiles_of_its_language() -> None:
    rule = nonverbal_rules()[1]
    for language in ("ko", "en"):
        values = [value for value, _ in rule.points[language]]
        assert [rule.level(value, language) for value in values] == [1, 2, 3, 4, 5]
    assert rule.level(2.5, "ko") > rule.level(2.5, "en")


def test_gestures_only_add() -> None:
    few = msgspec.structs.replace(GESTURES, value=0.0)
    assert "gestures_per_min" not in parts(judged(case_with(ORIENTATION, PITCH, PACE, few)))
    assert judged(case_with(ORIENTATION, PITCH, PACE, few)).level == judged(case_with(ORIENTATION, PITCH, PACE)).level


def test_the_error_joins_those_of_the_measures_and_of_rounding() -> None:
    one = judged(case_with(ORIENTATION, PITCH))
    # .02 of .20 per level: 0.1 levels; 0.14 st: up 0.9 per level, down 0.7 per level, so 0.2 levels.
    expected = math.hypot(math.hypot(45 * 0.1, 40 * 0.2) / 85, ROUNDING_SEM)
    assert one.sem == pytest.approx(expected, abs=1e-4)


def test_a_plateau_on_one_side_hides_no_error() -> None:
    rule = nonverbal_rules()[0]
    edge = msgspec.structs.replace(ORIENTATION, value=0.80, error=0.05)
    assert rule.level_error(edge, "en") == pytest.approx(0.25)


def test_a_level_that_is_too_uncertain_is_none() -> None:
    one = judged(case_with(msgspec.structs.replace(ORIENTATION, value=0.5, error=0.2)))
    assert one.level is None
    assert one.reason is not None
    assert one.reason.code == "too_uncertain"
    assert f"{MAX_SEM:.2f}" in one.reason.text.ko


def test_a_measure_that_states_no_error_takes_no_part() -> None:
    assert set(parts(judged(case_with(ORIENTATION, msgspec.structs.replace(PITCH, error=None))))) == {
        "orientation_share"
    }


def test_a_pace_of_too_few_syllables_takes_no_part() -> None:
    short = msgspec.structs.replace(PACE, value=12.0, n=99)  # 8.25 s
    assert set(parts(judged(case_with(ORIENTATION, short)))) == {"orientation_share"}


def test_without_orientation_there_is_no_level_whatever_else_was_measured() -> None:
    one = judged(case_with(PITCH, PACE, GESTURES))
    assert one.reason is not None
    assert (one.level, one.reason.code) == (None, "not_observed")


@pytest.mark.parametrize(
    "code",
    ["not_speaking_face", "other_face", "repeated_picture", "camera_aside", "mouth_refused", "too_little_speech_seen"],
)
def test_what_perception_withholds_is_said_in_both_languages(code: str) -> None:
    held = msgspec.structs.replace(ORIENTATION, value=None, error=None, reason=code)
    one = judged(case_with(held, PITCH, PACE))
    assert one.reason is not None
    assert (one.level, one.evidence, one.reason.code) == (None, (), code)
    assert one.reason.text.ko.endswith(
        "요." if code in ("not_speaking_face", "other_face", "repeated_picture", "camera_aside") else "다."
    )
    assert "no score is given" in one.reason.text.en


def test_a_face_seen_for_too_little_own_speech_gives_no_level() -> None:
    brief = Measure("seen_s", 50.0, "s", intervals=(Interval(0.0, 50.0, "face_seen"),))
    one = judged(case_with(*ALL, seen=brief))
    assert one.reason is not None
    assert one.reason.code == "too_little_speech_seen"
    assert one.reason.coverage == pytest.approx(20.0 / 30.0)
    assert "20.0 s" in one.reason.text.en


def test_a_measure_that_the_profile_leaves_unscored_takes_no_part() -> None:
    case = case_with(*ALL)
    profile = msgspec.structs.replace(case.profile, measures_unscored=("pitch_variation",))
    assert "pitch_variation" not in parts(judged(msgspec.structs.replace(case, profile=profile)))


@pytest.mark.parametrize("profile", ["eu", "kr"])
def test_until_its_reliability_is_known_it_is_off_where_the_law_asks_most(profile: str) -> None:
    assert not load_profile(profile).enables("ai", "nonverbal")


def test_the_first_rubric_whose_anchors_are_not_measured_any_more_gives_no_level() -> None:
    case = case_with(*ALL)
    one = judged(msgspec.structs.replace(case, rubric=load_rubric("ai", "1")))
    assert one.level is None
    assert one.reason is not None
    assert one.reason.code == "rubric_outdated"
    assert "2판" in one.reason.text.ko
