"""Policy profiles name only what exists, and hold what the law they are named for asks."""

from __future__ import annotations

import re

import msgspec
import pytest

from include.interview.assessment.measures import MEASURES
from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import Switch, load_profile, profile_ids
from include.interview.assessment.rubric import load_rubric
from include.interview.case import Case
from include.interview.errors import NotFound, PolicyRefusal
from include.interview.records import Measure, Measurements
from include.interview.scoring.card import effective_weights
from tests.support.record_builders import speech

pytestmark = pytest.mark.unit

STAGES = ("ai", "practical", "executive")
SPECS = list(MEASURES.values())


def test_the_profiles():
    assert profile_ids() == ("standard", "eu", "kr", "text_only", "us", "us-il", "us-il-nyc", "us-nyc")
    with pytest.raises(NotFound, match="standard, eu, kr, text_only, us, us-il, us-il-nyc, us-nyc"):
        load_profile("mars")
    with pytest.raises(NotFound):
        load_profile("us-nyc-il")


def test_a_switch_adds_its_duties_and_takes_nothing_away():
    plain, both = load_profile("us"), load_profile("us-il-nyc")
    assert len(both.notices) == len(load_profile("us-il").notices) + len(load_profile("us-nyc").notices) - len(
        plain.notices
    )
    assert (both.id, both.name.en) == ("us-il-nyc", "United States (Illinois, New York City)")
    assert both.criteria == plain.criteria
    told = " ".join(notice.en for notice in both.notices)
    assert all(law in told for law in ("Video Interview Act", "HB 3773", "Biometric", "Local Law 144", "Disabilities"))


def test_the_period_of_the_stricter_place_holds():
    place = {"name": {"ko": "주", "en": "State"}, "notices": []}
    profile = msgspec.structs.replace(
        load_profile("us"),
        switches={"a": msgspec.convert({**place, "retention_days": 30}, Switch), "b": msgspec.convert(place, Switch)},
    )
    assert [profile.switched(names).retention_days for names in (("a",), ("b",), ("a", "b"))] == [30, 180, 30]


@pytest.mark.parametrize("id_", profile_ids())
def test_no_profile_asks_for_keeping_as_a_purpose_of_its_own(id_):
    assert "retention" not in load_profile(id_).purposes


@pytest.mark.parametrize("id_", profile_ids())
def test_profiles_name_only_criteria_and_measures_that_exist(id_):
    profile = load_profile(id_)
    assert set(profile.criteria) == set(STAGES)
    known = {c.id for stage in STAGES for c in load_rubric(stage, "1").criteria}
    for stage in STAGES:
        assert set(profile.criteria[stage]) <= {c.id for c in load_rubric(stage, "1").criteria}
        assert profile.criteria[stage]
    assert set(profile.words_only) <= known
    assert set(profile.measures_refused) | set(profile.measures_unscored) <= {spec.name for spec in SPECS}
    assert profile.retention_days > 0
    assert profile.human_decision_required


@pytest.mark.parametrize("id_", profile_ids())
def test_every_text_of_a_profile_is_bilingual(id_):
    profile = load_profile(id_)
    for text in (profile.name, profile.description, *profile.notices):
        assert re.search(r"[가-힣]", text.ko)
        assert re.search(r"[A-Za-z]", text.en)
        assert not re.search(r"[가-힣]", text.en)
    assert profile.notices


@pytest.mark.parametrize("id_", profile_ids())
def test_enabled_criteria_have_their_inputs(id_):
    """A criterion that is enabled must be reachable through channels the profile allows."""
    profile = load_profile(id_)
    for stage in STAGES:
        enabled = [c for c in load_rubric(stage, "1").criteria if profile.enables(stage, c.id)]
        assert enabled
        for criterion in enabled:
            inputs = profile.inputs_of(criterion)
            assert inputs, criterion.id
            assert set(inputs) <= {"transcript", "documents", "values", *profile.channels}, criterion.id


def test_standard_enables_everything_and_refuses_nothing():
    profile = load_profile("standard")
    for stage in STAGES:
        assert profile.criteria[stage] == tuple(c.id for c in load_rubric(stage, "1").criteria)
    assert profile.measures_refused == profile.words_only == ()
    assert set(profile.purposes) == {"recording", "ai_evaluation", "emotion_analysis"}
    assert set(profile.consents) == {"recording", "ai_evaluation"}


@pytest.mark.parametrize("name", ["standard", "kr"])
def test_who_refuses_that_expression_is_measured_is_judged_by_words_with_full_weights(name: str):
    profile = load_profile(name)
    assert profile.agreed(profile.purposes) is profile
    limited = profile.agreed(profile.consents)
    assert limited.channels == ("media", "fluency", "integrity")
    for stage in STAGES:
        rubric = load_rubric(stage, "1")
        enabled = [c for c in rubric.criteria if limited.enables(stage, c.id)]
        assert all(limited.judged_from_words(c) for c in enabled), stage
        assert {c.id for c in rubric.criteria} - {c.id for c in enabled} <= {"nonverbal", "emotion"}
        assert sum(effective_weights(rubric, limited).values()) == pytest.approx(100)
        assert not limited.uses_voice(stage)
    for require in (limited.require_tone_of_words, limited.require_voice_comparison):
        with pytest.raises(PolicyRefusal):
            require()
    assert (limited.id, limited.key) == (name, f"{name}.no-emotion_analysis")


def test_a_profile_without_optional_purposes_is_the_same_whatever_is_given():
    profile = load_profile("eu")
    assert profile.agreed(()) is profile
    assert profile.key == profile.id


def test_eu_infers_no_emotion():
    profile = load_profile("eu")
    assert {"smile_share", "brow_activity", "jaw_activity"} <= set(profile.measures_refused)
    assert {spec.name for spec in SPECS if spec.emotion_like} <= set(profile.measures_refused)
    assert not profile.enables("practical", "emotion")
    assert profile.judged_from_words(load_rubric("ai", "1").criterion("psychological"))
    assert "emotion_analysis" not in profile.purposes


def test_kr_carries_the_duties():
    profile = load_profile("kr")
    assert profile.explanation_required
    assert profile.human_decision_required
    assert profile.review_every_card
    assert len(profile.notices) >= 3


def test_text_only_computes_nothing_from_picture_or_voice():
    profile = load_profile("text_only")
    assert profile.channels == ("fluency",)
    assert not profile.enables("ai", "nonverbal")
    for stage in STAGES:
        for criterion in load_rubric(stage, "1").criteria:
            if profile.enables(stage, criterion.id):
                assert profile.judged_from_words(criterion), criterion.id
    for channel in ("face", "body", "hands", "voice", "media", "integrity"):
        with pytest.raises(PolicyRefusal, match="text_only"):
            profile.require_channel(channel)
    profile.require_channel("fluency")


def case(profile_id):
    face = Measurements(
        "face",
        0.9,
        (Measure("present_share", 0.9, "share"), Measure("smile_share", 0.2, "share")),
    )
    voice = Measurements("voice", 0.9, (Measure("f0_sd_semitones", 2.0, "semitones"),))
    return Case(
        interview_id="i",
        stage="practical",
        language="en",
        opening=general_opening("en"),
        rubric=load_rubric("practical", "1"),
        profile=load_profile(profile_id),
        transcript=speech("hello there"),
        answers=(),
        measurements=(face, voice),
    )


def test_a_judge_sees_only_what_the_profile_lets_it_see():
    standard, eu, text = case("standard"), case("eu"), case("text_only")
    assert standard.channel("face").get("smile_share").value == 0.2
    assert standard.channel("voice").get("f0_sd_semitones").value == 2.0
    assert eu.channel("face").get("smile_share") is None
    assert eu.channel("face").get("present_share").value == 0.9
    assert eu.channel("voice").get("f0_sd_semitones") is None
    assert text.channel("face") is None
    assert standard.channel("body") is None
    assert [c.id for c in eu.criteria] == ["answer_quality", "keyword_match", "answer_flow"]
    assert [u.text for u in standard.candidate] == ["hello there"]
