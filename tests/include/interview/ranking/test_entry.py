"""Who enters a ranking, what tells two apart, and the rule for weights."""

from __future__ import annotations

import math

import msgspec
import pytest

from include.interview.errors import BadInput
from include.interview.ranking.comparing import criterion_parts, differences, stage_parts
from include.interview.ranking.entry import enter
from include.interview.ranking.records import Apart, Applicant, Rules, StageCard, StageScore
from include.interview.ranking.weights import check_k, counted_weights, parse_weights, present_weights
from include.interview.records import CriterionScore
from tasks.ranking.progress import _shortcoming

pytestmark = pytest.mark.unit
WEIGHTS = {"ai": 40.0, "practical": 60.0}


def stage_card(applicant, stage="ai", total=70.0, **changed):
    given = {
        "card_id": f"{applicant}-{stage}",
        "application_id": applicant,
        "stage": stage,
        "status": "complete",
        "total": total,
        "sem": 2.0,
        "recomputed": total,
        "profile": "standard",
        "rubric_version": "1",
        "pipeline_version": "p",
        "words_only": False,
        "sha256": "0" * 64,
    }
    return StageCard(**{**given, **changed})


def applicant(name, *, state="in_process", erased=False, cards=None, **changed):
    made = [stage_card(name, stage, **changed) for stage in WEIGHTS] if cards is None else cards
    return Applicant(name, state, erased, tuple(made))


def test_a_missing_stage_is_never_a_zero_and_a_stage_without_weight_is_not_needed():
    entrants, apart, _ = enter([applicant("a"), applicant("b", cards=[stage_card("b")])], WEIGHTS)
    assert [e.id for e in entrants] == ["a"]
    assert apart == (Apart("b", "stage_missing", "practical"),)
    assert len(enter([applicant("b", cards=[stage_card("b")])], {"ai": 100.0})[0]) == 1


@pytest.mark.parametrize(
    ("changed", "reason", "stage"),
    [
        ({"erased": True}, "erased", None),
        ({"state": "withdrawn"}, "withdrawn", None),
        ({"review_open": True}, "review_open", "ai"),
        ({"consent_withdrawn": True, "review_open": True}, "consent_withdrawn", "ai"),
        ({"status": "incomplete", "total": None}, "insufficient", "ai"),
        ({"sem": None}, "error_unknown", "ai"),
        ({"words_only": True}, "words_only", "ai"),
        ({"profile": "eu"}, "other_profile", "ai"),
        ({"rubric_version": "2"}, "other_rubric", "ai"),
        ({"pipeline_version": "q"}, "other_pipeline", "ai"),
    ],
)
def test_each_obstacle_is_named(changed, reason, stage):
    entrants, apart, rules = enter([applicant("a"), applicant("b"), applicant("x", **changed)], WEIGHTS)
    assert [e.id for e in entrants] == ["a", "b"]
    assert apart == (Apart("x", reason, stage),)
    assert rules == Rules("standard", {"ai": "1", "practical": "1"}, {"ai": "p", "practical": "p"})


def test_rules_of_a_snapshot_of_before_pipelines_were_told_apart_decode():
    old = msgspec.json.encode({"profile": "standard", "rubric_versions": {"ai": "1"}})
    rules = msgspec.json.decode(old, type=Rules)
    assert rules == Rules("standard", {"ai": "1"})
    assert _shortcoming(stage_card("a"), rules) is None
    now = Rules("standard", {"ai": "1"}, {"ai": "q"})
    assert _shortcoming(stage_card("a"), now) == "other_pipeline"


def test_one_persons_cards_of_two_profiles_share_nothing():
    mixed = applicant("m", cards=[stage_card("m"), stage_card("m", "practical", profile="eu")])
    assert enter([mixed], WEIGHTS) == ((), (Apart("m", "other_profile", "ai"),), None)


def test_one_above_another_is_a_table_of_differences_with_errors():
    first = {"ai": StageScore(80, 3), "practical": StageScore(50, 2)}
    second = {"ai": StageScore(70, 4), "practical": StageScore(60, 2)}
    table = differences(stage_parts(first, WEIGHTS), stage_parts(second, WEIGHTS))
    assert [(d.stage, d.points) for d in table] == [("ai", pytest.approx(4.0)), ("practical", pytest.approx(-6.0))]
    assert table[0].sem == pytest.approx(0.4 * 5)
    assert math.fsum(d.points for d in table) == pytest.approx((0.4 * 80 + 0.6 * 50) - (0.4 * 70 + 0.6 * 60))


def test_criteria_contribute_their_points_times_the_stages_share():
    line = CriterionScore("language", "scored", 30, 30, score=0.5, sem=0.1, points=15)
    empty = CriterionScore("job_fit", "disabled", 10, 0)
    (part,) = criterion_parts({"ai": [line, empty]}, WEIGHTS)
    assert (part.points, part.sem) == (pytest.approx(6.0), pytest.approx(1.2))


def test_the_rule_for_weights():
    assert parse_weights("40,30,30") == {"ai": 40.0, "practical": 30.0, "executive": 30.0}
    for wrong in ("0,0,0", "50,30,30", "-10,60,50", "a,b,c", "50,50", "", "nan,50,50"):
        with pytest.raises(BadInput, match="sum to 100"):
            parse_weights(wrong)
    assert counted_weights({"ai": 1, "practical": 3, "executive": 0}) == {"ai": 25.0, "practical": 75.0}
    assert present_weights({"ai": 40, "practical": 30, "executive": 30}, ["practical", "executive"]) == {
        "practical": 50.0,
        "executive": 50.0,
    }
    with pytest.raises(BadInput, match="no weight above 0"):
        present_weights({"ai": 100, "practical": 0, "executive": 0}, ["practical"])
    with pytest.raises(BadInput, match="nothing could be ranked"):
        counted_weights({"ai": 0.0})
    for k in (0, 4):
        with pytest.raises(BadInput, match=f"k is {k}"):
            check_k(k, 3)
