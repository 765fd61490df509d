"""The algebra: bounds, renormalisation, order, monotonicity, and nothing imputed."""

from __future__ import annotations

import math
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.assessment.policy import load_profile, profile_ids
from include.interview.assessment.rubric import load_rubric
from include.interview.errors import JudgeFailure, NotFound, PolicyRefusal
from include.interview.records import Flag, Measure, Observation, Usage
from include.interview.scoring.card import effective_weights, score_card, score_criterion, sum_usage
from tests.support.record_builders import OFFLINE, RULES, WHY, judgement

pytestmark = pytest.mark.unit

STAGES = ("ai", "practical", "executive")
LEVELS = st.floats(1.0, 5.0)
SEMS = st.none() | st.floats(0.0, 2.0)


def runs_of(criterion, profile, level, sem=None):
    """Judgements of `criterion`, with both parts where the profile keeps a mix."""
    if criterion.judge == "mix" and criterion.id not in profile.words_only:
        return [judgement(criterion.id, level, sem=sem), judgement(criterion.id, level, sem=sem, judge=RULES)]
    judge = RULES if criterion.judge == "rules" else OFFLINE
    return [judgement(criterion.id, level, sem=sem, judge=judge)]


def make_card(stage, profile_id, levels, sem=None, **options):
    """A card; `levels`: criterion id -> level, or None for insufficient."""
    rubric, profile = load_rubric(stage, "1"), load_profile(profile_id)
    scores = []
    for id_, level in levels.items():
        criterion = rubric.criterion(id_)
        if level is None:
            scores.append(score_criterion(criterion, [judgement(id_, None, reason=WHY)], profile))
        else:
            scores.append(score_criterion(criterion, runs_of(criterion, profile, level, sem), profile))
    options = {"interview_id": "i", "pipeline_version": "1", "language": "en", **options}
    return score_card(rubric, profile, scores, **options)


@st.composite
def cards(draw, *, gaps=False):
    stage = draw(st.sampled_from(STAGES))
    profile_id = draw(st.sampled_from(profile_ids()))
    level = st.none() | LEVELS if gaps else LEVELS
    levels = {id_: draw(level) for id_ in load_profile(profile_id).criteria[stage]}
    return stage, profile_id, levels


# ---------------------------------------------------------------- one criterion


@given(st.lists(st.tuples(LEVELS, SEMS), min_size=1, max_size=7), st.randoms())
def test_score_lies_in_bounds_and_between_the_runs_in_any_order(runs, random):
    criterion, profile = load_rubric("ai", "1").criterion("language"), load_profile("standard")
    judged = [judgement("language", level, run=i, sem=sem) for i, (level, sem) in enumerate(runs)]
    result = score_criterion(criterion, judged, profile)
    levels = [level for level, _ in runs]
    assert result.status == "scored"
    assert 0.0 <= result.score <= 1.0
    assert min(levels) <= result.level <= max(levels)
    assert 0.0 <= result.points <= criterion.points
    assert result.sem is None or result.sem >= 0
    random.shuffle(judged)
    shuffled = score_criterion(criterion, judged, profile)
    assert shuffled.score == result.score
    assert (shuffled.sem is None) == (result.sem is None)
    assert shuffled.sem is None or shuffled.sem == pytest.approx(result.sem)


@pytest.mark.parametrize(
    ("levels", "sems", "score", "sem_levels"),
    [
        # Worked by hand: median 3; sample SD of 2, 3, 4 is 1, so SEM = 1/sqrt(3).
        ((2.0, 3.0, 4.0), (None, None, None), 0.5, 1 / math.sqrt(3)),
        # Median of two is their mean; SD of 2, 4 is sqrt(2), SEM = sqrt(2)/sqrt(2) = 1.
        ((2.0, 4.0), (None, None), 0.5, 1.0),
        # Stated errors only: sqrt((0.3^2 + 0.4^2) / 2) = sqrt(0.125).
        ((5.0, 5.0), (0.3, 0.4), 1.0, math.sqrt(0.125)),
        # Both: spread 1 and stated 0.75 give sqrt(1 + 0.5625) = 1.25.
        ((2.0, 4.0), (0.75, 0.75), 0.5, 1.25),
        # One run without its own error: unknown, not zero.
        ((1.0,), (None,), 0.0, None),
        ((4.0,), (0.5,), 0.75, 0.5),
        ((3.0, 3.0, 3.0), (None, None, None), 0.5, 0.0),
    ],
)
def test_hand_computed_levels_and_errors(levels, sems, score, sem_levels):
    criterion = load_rubric("ai", "1").criterion("language")
    judged = [judgement("language", lv, run=i, sem=s) for i, (lv, s) in enumerate(zip(levels, sems, strict=True))]
    result = score_criterion(criterion, judged, load_profile("standard"))
    assert result.score == score
    assert result.points == score * 30
    assert result.sem == (None if sem_levels is None else pytest.approx(sem_levels / 4))


def test_mix_joins_the_medians_of_its_parts():
    """0.8 x median(3, 4, 5) + 0.2 x 2 = 3.6; errors 0.8 x 1/sqrt(3) and 0.2 x 0.5."""
    criterion = load_rubric("ai", "1").criterion("psychological")
    judged = [judgement("psychological", lv, run=i) for i, lv in enumerate((3.0, 4.0, 5.0))]
    judged.append(judgement("psychological", 2.0, sem=0.5, judge=RULES))
    result = score_criterion(criterion, judged, load_profile("standard"))
    assert result.level == pytest.approx(3.6)
    assert result.score == pytest.approx(0.65)
    assert result.sem == pytest.approx(math.hypot(0.8 / math.sqrt(3), 0.1) / 4)


@given(LEVELS, LEVELS)
def test_mix_stays_between_its_parts(words, measured):
    criterion = load_rubric("ai", "1").criterion("psychological")
    judged = [judgement("psychological", words), judgement("psychological", measured, judge=RULES)]
    level = score_criterion(criterion, judged, load_profile("standard")).level
    assert min(words, measured) - 1e-9 <= level <= max(words, measured) + 1e-9


@pytest.mark.parametrize("judge", [OFFLINE, RULES])
def test_a_mix_with_a_part_missing_is_insufficient_not_the_other_part(judge):
    criterion = load_rubric("ai", "1").criterion("psychological")
    result = score_criterion(criterion, [judgement("psychological", 4.0, judge=judge)], load_profile("standard"))
    assert result.status == "insufficient"
    assert result.reason.code == "part_missing"
    assert result.score is result.level is result.points is None


def joined(level, words, rules):
    parts = (Measure("words_level", words, "level"), Measure("rules_level", rules, "level"))
    return judgement("psychological", level, components=parts)


def test_a_mix_may_come_joined_if_it_is_the_rubrics_mix():
    criterion, standard = load_rubric("ai", "1").criterion("psychological"), load_profile("standard")
    result = score_criterion(criterion, [joined(3.6, 4.0, 2.0)], standard)  # 0.8 x 4 + 0.2 x 2
    assert result.level == 3.6
    with pytest.raises(JudgeFailure, match="mix"):
        score_criterion(criterion, [joined(3.0, 4.0, 2.0)], standard)  # an even mix is not the rubric's
    halves = [joined(3.6, 4.0, 2.0), judgement("psychological", 3.6)]
    assert score_criterion(criterion, halves, standard).reason.code == "part_missing"


def test_words_only_takes_the_words_and_refuses_measurements():
    criterion, eu = load_rubric("ai", "1").criterion("psychological"), load_profile("eu")
    assert score_criterion(criterion, [judgement("psychological", 4.0)], eu).score == 0.75
    both = [judgement("psychological", 4.0), judgement("psychological", 1.0, judge=RULES)]
    with pytest.raises(PolicyRefusal, match="words only"):
        score_criterion(criterion, both, eu)


@given(st.lists(LEVELS, max_size=3))
def test_one_insufficient_run_makes_the_criterion_insufficient(levels):
    criterion = load_rubric("ai", "1").criterion("cognitive")
    judged = [judgement("cognitive", lv) for lv in levels] + [judgement("cognitive", None, reason=WHY)]
    result = score_criterion(criterion, judged, load_profile("standard"))
    assert (result.status, result.reason, result.score, result.points) == ("insufficient", WHY, None, None)


def test_no_judgement_and_no_evidence_give_no_score():
    criterion, standard = load_rubric("ai", "1").criterion("cognitive"), load_profile("standard")
    assert score_criterion(criterion, [], standard).reason.code == "not_judged"
    bare = score_criterion(criterion, [judgement("cognitive", 3.0, evidence=())], standard)
    assert (bare.status, bare.reason.code, bare.score) == ("insufficient", "no_evidence", None)


def test_evidence_of_all_runs_is_kept_once():
    seen = Observation("fluency", "words", 120.0, "words")
    judged = [judgement("cognitive", 3.0), judgement("cognitive", 3.0), judgement("cognitive", 3.0, evidence=(seen,))]
    result = score_criterion(load_rubric("ai", "1").criterion("cognitive"), judged, load_profile("standard"))
    assert result.evidence == (judged[0].evidence[0], seen)


@pytest.mark.parametrize("level", [0.99, 5.01, math.nan, math.inf, -1.0])
def test_impossible_levels_fail_instead_of_being_cut(level):
    with pytest.raises(JudgeFailure):
        score_criterion(
            load_rubric("ai", "1").criterion("cognitive"), [judgement("cognitive", level)], load_profile("standard")
        )


def test_foreign_judgements_and_errors_that_are_no_numbers_fail():
    criterion, standard = load_rubric("ai", "1").criterion("cognitive"), load_profile("standard")
    with pytest.raises(JudgeFailure, match="language"):
        score_criterion(criterion, [judgement("language", 3.0)], standard)
    with pytest.raises(JudgeFailure, match="standard error"):
        score_criterion(criterion, [judgement("cognitive", 3.0, sem=-0.1)], standard)


def test_a_disabled_criterion_is_disabled_whatever_was_judged():
    criterion = load_rubric("practical", "1").criterion("emotion")
    result = score_criterion(criterion, [judgement("emotion", 5.0)], load_profile("eu"))
    assert (result.status, result.effective_weight, result.score) == ("disabled", 0.0, None)


# ---------------------------------------------------------------- the card


@pytest.mark.parametrize(
    ("stage", "profile_id", "expected"),
    [
        ("practical", "eu", {"answer_quality": 50.0, "keyword_match": 37.5, "emotion": 0.0, "answer_flow": 12.5}),
        ("practical", "standard", {"answer_quality": 40, "keyword_match": 30, "emotion": 20, "answer_flow": 10}),
        (
            "ai",
            "text_only",
            {
                "language": 40.0,
                "nonverbal": 0.0,
                "psychological": float(Fraction(2000, 75)),
                "cognitive": 20.0,
                "job_fit": float(Fraction(1000, 75)),
            },
        ),
    ],
)
def test_renormalisation(stage, profile_id, expected):
    weights = effective_weights(load_rubric(stage, "1"), load_profile(profile_id))
    assert weights == pytest.approx(expected)


def test_hand_computed_card():
    """30 x 0.75 + 25 x 0.5 + 20 x 0.25 + 15 x 1 + 10 x 0 = 55."""
    levels = {"language": 4.0, "nonverbal": 3.0, "psychological": 2.0, "cognitive": 5.0, "job_fit": 1.0}
    card = make_card("ai", "standard", levels, sem=0.4)
    assert card.status == "complete"
    assert card.total == pytest.approx(55.0)
    assert [line.points for line in card.criteria] == pytest.approx([22.5, 12.5, 5.0, 15.0, 0.0])
    # Every line's SEM is 0.1 but the mix: 0.1 x sqrt(0.8^2 + 0.2^2).
    mix = 0.1 * math.sqrt(0.68)
    expected = math.sqrt((30 * 0.1) ** 2 + (25 * 0.1) ** 2 + (20 * mix) ** 2 + (15 * 0.1) ** 2 + (10 * 0.1) ** 2)
    assert card.total_sem == pytest.approx(expected)


def test_hand_computed_card_without_emotion():
    """50 x 0.75 + 37.5 x 0.5 + 12.5 x 1 = 68.75."""
    levels = {"answer_quality": 4.0, "keyword_match": 3.0, "answer_flow": 5.0}
    card = make_card("practical", "eu", levels)
    assert card.total == pytest.approx(68.75)
    emotion = card.criteria[2]
    assert (emotion.status, emotion.weight, emotion.effective_weight, emotion.points) == ("disabled", 20.0, 0.0, None)
    assert card.profile == "eu"


@given(cards())
def test_complete_cards_have_a_bounded_total_that_is_the_sum_of_points(drawn):
    card = make_card(*drawn)
    assert card.status == "complete"
    assert not card.missing
    assert 0.0 <= card.total <= 100.0
    assert math.fsum(line.points or 0.0 for line in card.criteria) == pytest.approx(card.total)
    assert math.fsum(line.effective_weight for line in card.criteria) == pytest.approx(100.0)


@given(cards(gaps=True))
def test_a_card_with_any_gap_is_incomplete_and_nothing_is_imputed(drawn):
    _, _, levels = drawn
    card = make_card(*drawn)
    gaps = {id_ for id_, level in levels.items() if level is None}
    assert set(card.missing) == gaps
    assert (card.status == "incomplete") == bool(gaps)
    assert (card.total is None) == bool(gaps)
    if gaps:
        assert card.total_sem is None
    for line in card.criteria:
        has_number = line.score is not None
        assert has_number == (line.status == "scored") == (line.points is not None) == (line.level is not None)
        if line.status != "scored":
            assert line.reason is not None


@given(cards(), st.randoms())
def test_the_order_of_scores_does_not_matter(drawn, random):
    stage, profile_id, levels = drawn
    shuffled = list(levels.items())
    random.shuffle(shuffled)
    assert make_card(stage, profile_id, dict(shuffled)) == make_card(stage, profile_id, levels)


@given(cards(), st.data())
def test_a_higher_level_never_lowers_the_total(drawn, data):
    stage, profile_id, levels = drawn
    which = data.draw(st.sampled_from(sorted(levels)))
    raised = {**levels, which: data.draw(st.floats(levels[which], 5.0))}
    assert make_card(stage, profile_id, raised).total >= make_card(stage, profile_id, levels).total - 1e-9


@given(cards(), LEVELS)
def test_equal_levels_give_that_level_as_total_under_every_profile(drawn, level):
    stage, profile_id, levels = drawn
    card = make_card(stage, profile_id, dict.fromkeys(levels, level))
    assert card.total == pytest.approx(25 * (level - 1))


def test_a_total_without_all_errors_states_no_error():
    levels = {"leadership": 3.0, "strategic_thinking": 3.0, "experience": 3.0, "culture_fit": 3.0}
    assert make_card("executive", "standard", levels).total_sem is None
    assert make_card("executive", "standard", levels, sem=0.4).total_sem == pytest.approx(5.0)


def test_criteria_that_nobody_judged_are_missing_and_scope_is_told():
    card = make_card("ai", "standard", {"language": 3.0, "cognitive": 3.0, "job_fit": 3.0}, scope="words")
    assert card.missing == ("nonverbal", "psychological")
    assert card.total is None
    assert {line.reason.code for line in card.criteria if line.reason} == {"outside_scope"}
    full = make_card("ai", "standard", {"language": 3.0})
    assert {line.reason.code for line in full.criteria if line.reason} == {"not_judged"}


def test_a_card_refuses_strangers_and_doubles():
    rubric, profile = load_rubric("ai", "1"), load_profile("standard")
    line = score_criterion(rubric.criterion("language"), [judgement("language", 3.0)], profile)
    with pytest.raises(JudgeFailure, match="twice"):
        score_card(rubric, profile, [line, line], interview_id="i", pipeline_version="1")
    stranger = score_criterion(
        load_rubric("executive", "1").criterion("leadership"), [judgement("leadership", 3.0)], profile
    )
    with pytest.raises(NotFound):
        score_card(rubric, profile, [stranger], interview_id="i", pipeline_version="1")


def test_the_card_names_judges_costs_inputs_and_duties():
    rubric, profile = load_rubric("ai", "1"), load_profile("kr")
    paid = judgement("language", 3.0, usage=Usage(calls=1, prompt_tokens=10, completion_tokens=5, cost_usd=0.25))
    free = judgement("cognitive", 3.0, judge=RULES)
    scores = [
        score_criterion(rubric.criterion(j.criterion), [j, msgspec.structs.replace(j, run=1)], profile)
        for j in (paid, free)
    ]
    other_face = Flag("other_face")
    card = score_card(
        rubric,
        profile,
        scores,
        interview_id="i",
        pipeline_version="1",
        language="ko",
        integrity=[other_face],
        inputs={"video": "abc"},
    )
    assert card.judges == (OFFLINE, RULES)
    assert card.usage == Usage(calls=2, prompt_tokens=20, completion_tokens=10, cost_usd=0.5)
    assert card.integrity == (other_face,)
    assert card.inputs == {"video": "abc"}
    assert card.human_decision_required
    assert msgspec.json.decode(msgspec.json.encode(card), type=type(card)) == card


def test_an_unknown_cost_is_not_a_low_cost():
    assert sum_usage([Usage(calls=1, cost_usd=1.0), Usage(calls=1)]).cost_usd is None
    assert sum_usage([Usage(calls=1, cost_usd=1.0), Usage()]).cost_usd == 1.0
    assert sum_usage([]).cost_usd is None
