"""What is recommended next: about the process, on a ground, and never about whether somebody should be taken."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.assessment.rubric import load_rubric
from include.interview.ranking.next_step_words import STEP_WORDS
from include.interview.ranking.next_steps import (
    STEP_CODES,
    STOPS,
    ApplicationProgress,
    StageProgress,
    next_steps,
)
from include.interview.ranking.records import RankedCandidate
from include.interview.stages import STAGES

pytestmark = pytest.mark.unit
VERDICTS = re.compile(
    r"hire|hiring|reject|offer|accept|qualif|recommend|suitab|채용|합격|탈락|추천|거절|적합|부적격|우수", re.IGNORECASE
)


def place(best: int, worst: int, composite: float = 70.0) -> RankedCandidate:
    return RankedCandidate("a", best, composite, 3.0, best, worst, 0.5, 0.5, {"ai": composite})


@st.composite
def stages(draw: st.DrawFn) -> StageProgress:
    rubric = load_rubric(draw(st.sampled_from(sorted(STAGES))), "1")
    criteria = st.lists(st.sampled_from([c.id for c in rubric.criteria]), unique=True).map(tuple)
    state = draw(
        st.sampled_from(["missing", "under_way", "failed", "review", "withheld", "consent_withdrawn", "published"])
    )
    return StageProgress(
        rubric, state, draw(criteria), draw(criteria),
        draw(st.sampled_from([None, "words_only", "error_unknown", "other_profile", "other_rubric", "other_pipeline"])),
        draw(st.integers(0, 5)), draw(st.integers(0, 9)), draw(st.integers(0, 9)),
        draw(st.sampled_from([None, None, "open", "evaluated_again"])),
    )  # fmt: skip


@st.composite
def applications(draw: st.DrawFn) -> ApplicationProgress:
    best = draw(st.integers(1, 20))
    ranked = draw(st.none() | st.integers(best, 40).map(lambda worst: place(best, worst)))
    found = tuple(draw(st.lists(stages(), min_size=1, max_size=3)))
    ending = draw(st.sampled_from([None, None, None, "erased", "withdrawn", "decided"]))
    return ApplicationProgress(found, draw(st.integers(1, 30)), ranked, ending)


def complete(*, ranked: RankedCandidate | None = None, k: int = 3) -> ApplicationProgress:
    return ApplicationProgress(tuple(StageProgress(load_rubric(s, "1"), "published") for s in STAGES), k, ranked)


def with_stage(index: int, **changed: object) -> ApplicationProgress:
    whole = complete(ranked=place(1, 1))
    found = list(whole.stages)
    found[index] = msgspec.structs.replace(found[index], **changed)
    return msgspec.structs.replace(whole, stages=tuple(found))


@given(applications())
def test_there_is_always_a_step_with_its_ground_in_both_languages(progress: ApplicationProgress) -> None:
    found = next_steps(progress)
    assert found
    codes = [step.code for step in found]
    assert codes == sorted(codes, key=STEP_CODES.index), "the recommended one is first"
    for step in found:
        for said in (step.text, step.ground):
            assert re.search("[가-힣]", said.ko)
            assert said.en
            assert not re.search("[가-힣]", said.en)
            assert not re.search(r"[{}]|None", said.ko + said.en)
    assert len(codes) == 1 or "no_step" not in codes
    assert ("decide" in codes) == (
        progress.ending is None and progress.ranked is not None and not set(codes) & {*STOPS}
    )


@given(applications(), st.floats(0, 100), st.integers(1, 40), st.integers(0, 30))
def test_a_score_decides_nothing_and_a_place_only_whether_it_is_open(
    progress: ApplicationProgress, composite: float, best: int, width: int
) -> None:
    """Certain to be among the places, or certain not to be: the process is the same for both."""
    if progress.ranked is None:
        return
    other = place(best, best + width, composite)
    was = progress.ranked.best <= progress.k < progress.ranked.worst
    now = other.best <= progress.k < other.worst
    before, after = (next_steps(msgspec.structs.replace(progress, ranked=one)) for one in (progress.ranked, other))
    if was == now:
        assert [(s.code, s.stage, s.criteria) for s in before] == [(s.code, s.stage, s.criteria) for s in after]
    else:
        different = {s.code for s in before} ^ {s.code for s in after}
        assert different <= {"compare_evidence"}


def test_no_sentence_says_whether_anybody_should_be_taken() -> None:
    said = [text for pair in STEP_WORDS.values() for one in pair for text in (one.ko, one.en)]
    assert len(said) == 4 * len(STEP_WORDS)
    assert not [text for text in said if VERDICTS.search(text)]


@pytest.mark.parametrize(
    ("changed", "code", "en"),
    [
        ({"state": "missing"}, "next_interview", "Executive interview next"),
        ({"state": "review"}, "answer_review", "Executive interview: answer the open review"),
        ({"contest": "open"}, "answer_contest", "Executive interview: answer the candidate's contest"),
        ({"contest": "evaluated_again"}, "evaluate_again", "Executive interview: evaluate again"),
        ({"state": "withheld"}, "settle_withheld", "Executive interview: review once more, or hold it again"),
        ({"state": "failed"}, "look_at_run", "Executive interview: look at the evaluation that stopped"),
        ({"state": "under_way"}, "wait_for_card", "Executive interview: wait for the card"),
        ({"state": "consent_withdrawn"}, "people_only", "Executive interview: evaluation by people"),
        ({"unscored": ("leadership",)}, "ask_again", "Ask about Leadership again (Executive interview)"),
        ({"divergent": ("leadership",)}, "second_rater", "Executive interview: second rater needed for Leadership"),
        ({"shortcoming": "words_only"}, "evaluate_again", "Executive interview: evaluate again under the same rules"),
        ({"raters_missing": 2}, "collect_ratings", "Executive interview: collect the remaining ratings"),
        ({"undecided_insights": 3}, "decide_insights", "Executive interview: decide about the insights"),
        ({"to_ask": 1}, "ask_about_statements", "Ask the candidate about open statements"),
        ({}, "decide", "A person opens the evidence and records a decision"),
    ],
)  # fmt: skip
def test_what_is_missing_is_what_comes_next(changed: dict[str, object], code: str, en: str) -> None:
    first = next_steps(with_stage(2, **changed))[0]
    assert (first.code, first.text.en) == (code, en)
    assert first.stage == (None if code == "decide" else "executive")


def test_only_the_first_missing_stage_comes_next_and_an_open_place_asks_to_compare() -> None:
    nothing = ApplicationProgress(tuple(StageProgress(load_rubric(s, "1"), "missing") for s in STAGES), 3)
    assert [(s.code, s.stage) for s in next_steps(nothing)] == [("next_interview", "ai")]
    open_place = next_steps(complete(ranked=place(2, 5)))
    assert [s.code for s in open_place] == ["compare_evidence", "decide"]
    assert "2–5" in open_place[0].ground.ko
    assert [s.code for s in next_steps(complete(ranked=place(4, 9)))] == ["decide"]
    assert [s.code for s in next_steps(complete())] == ["wait_for_card"]


@pytest.mark.parametrize("ending", ["erased", "withdrawn", "decided"])
def test_where_it_ended_nothing_is_asked_for(ending: str) -> None:
    ended = msgspec.structs.replace(with_stage(0, state="review"), ending=ending)
    (step,) = next_steps(ended)
    assert step.code == "no_step"


@pytest.mark.parametrize("ending", ["withdrawn", "decided"])
def test_a_contest_is_answered_after_a_decision_as_well(ending: str) -> None:
    ended = msgspec.structs.replace(with_stage(1, contest="open", state="review"), ending=ending)
    assert [(step.code, step.stage) for step in next_steps(ended)] == [("answer_contest", "practical")]
    erased = msgspec.structs.replace(ended, ending="erased")
    assert [step.code for step in next_steps(erased)] == ["no_step"]


def test_nobody_decides_while_a_contest_waits() -> None:
    assert [step.code for step in next_steps(with_stage(0, contest="open"))] == ["answer_contest"]
