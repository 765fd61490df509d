"""What the process needs next for an application: rules about interviews, ratings and reviews, never about a person.

A step says what is still to be done or looked at, and on which ground. None says whether anybody should be taken: two
candidates whose evidence is in the same state get the same steps, whatever their scores are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, get_args

from include.interview.assessment.rubric import Rubric
from include.interview.ranking.next_step_words import STEP_WORDS, Words
from include.interview.ranking.records import RankedCandidate
from include.interview.records import Bilingual, Record, Stage

StepCode = Literal[
    "no_step",
    "people_only",
    "look_at_run",
    "answer_review",
    "answer_contest",
    "settle_withheld",
    "wait_for_card",
    "collect_ratings",
    "second_rater",
    "ask_again",
    "evaluate_again",
    "decide_insights",
    "next_interview",
    "ask_about_statements",
    "compare_evidence",
    "decide",
]
"""In the order in which they are recommended."""
STEP_CODES: tuple[StepCode, ...] = get_args(StepCode)
StageState = Literal["missing", "under_way", "failed", "review", "withheld", "consent_withdrawn", "published"]
"""Where a stage stands. `under_way`: held or uploaded, and no card yet. `withheld`: a reviewer withheld the card."""
Shortcoming = Literal["words_only", "error_unknown", "other_profile", "other_rubric", "other_pipeline"]
"""Why a complete card cannot be compared with the others'."""
ContestMatter = Literal["open", "evaluated_again"]
"""What a contest leaves to do: a person answers it, or, as was answered, the interview is evaluated again."""
Ending = Literal["erased", "withdrawn", "decided"]
"""Why nothing is to be done for an application: a person decided, or the candidate withdrew or was erased."""
STOPS: tuple[StepCode, ...] = get_args(StepCode)[: STEP_CODES.index("ask_about_statements")]
"""Steps after which it is too early to compare evidence or to decide."""


class StageProgress(Record, frozen=True):
    """How far one stage of an application is.

    `unscored`: criteria of its card without a score; `divergent`: criteria on which raters, or a rater and the program,
    are far apart. `raters_missing`: how many who conducted it have yet to rate, where ratings come first.
    `undecided_insights`: insights that wait for a person; `to_ask`: approved contradictions and open questions.
    `contest`: what the candidate's contest of its result leaves to do.
    """

    rubric: Rubric
    state: StageState
    unscored: tuple[str, ...] = ()
    divergent: tuple[str, ...] = ()
    shortcoming: Shortcoming | None = None
    raters_missing: int = 0
    undecided_insights: int = 0
    to_ask: int = 0
    contest: ContestMatter | None = None


class ApplicationProgress(Record, frozen=True):
    """How far an application is: its stages that count, in their order, and its place if it has one.

    `k`: places of the opening; `ending`: why nothing is to be done, if so.
    """

    stages: tuple[StageProgress, ...]
    k: int
    ranked: RankedCandidate | None = None
    ending: Ending | None = None


class NextStep(Record, frozen=True):
    """One recommendation about the process. `text` says what to do, `ground` why; `stage` and `criteria` about what."""

    code: StepCode
    text: Bilingual
    ground: Bilingual
    stage: Stage | None = None
    criteria: tuple[str, ...] = ()


def next_steps(progress: ApplicationProgress) -> tuple[NextStep, ...]:
    """What to do next for an application, the recommended step first; there is always one.

    A contest is answered whether or not somebody has decided, so that it is named after a decision as well.
    The candidate's scores decide nothing here. Of a place only this counts: whether its rank set reaches across the
    opening's places, that is, whether the evidence leaves open on which side of them the candidate stands.
    """
    contests = [step for stage in progress.stages for step in _of_contest(stage)]
    if progress.ending is not None:
        if contests and progress.ending != "erased":
            return tuple(sorted(contests, key=lambda step: STEP_CODES.index(step.code)))
        return (_step("no_step", progress.ending),)
    found = [*contests, *(step for stage in progress.stages for step in _of_stage(stage))]
    found += _next_interview(progress.stages)
    if not any(step.code in STOPS for step in found):
        found += _once_complete(progress)
    return tuple(sorted(found, key=lambda step: STEP_CODES.index(step.code)))


def _once_complete(progress: ApplicationProgress) -> Iterator[NextStep]:
    """What is left when every stage has a card that counts."""
    if progress.ranked is None:
        yield _step("wait_for_card", "not_ranked")
        return
    if _across(progress.ranked, progress.k):
        yield _compare(progress.ranked, progress.k)
    yield _step("decide", "decide")


def _across(one: RankedCandidate, k: int) -> bool:
    """Whether the rank set has ranks on both sides of the places."""
    return one.best <= k < one.worst


def _of_contest(stage: StageProgress) -> Iterator[NextStep]:
    if stage.contest == "open":
        yield _about(stage, "answer_contest", "answer_contest")
    elif stage.contest == "evaluated_again":
        yield _about(stage, "evaluate_again", "contest_granted")


def _of_stage(stage: StageProgress) -> Iterator[NextStep]:
    if stage.state == "consent_withdrawn":
        yield _about(stage, "people_only", "people_only")
    elif stage.state == "failed":
        yield _about(stage, "look_at_run", "look_at_run")
    elif stage.state == "review":
        yield _about(stage, "answer_review", "answer_review")
    elif stage.state == "withheld":
        yield _about(stage, "settle_withheld", "settle_withheld")
    elif stage.state == "under_way":
        yield _about(stage, "wait_for_card", "wait_for_card")
    if stage.raters_missing:
        yield _about(stage, "collect_ratings", "collect_ratings", n=stage.raters_missing)
    if stage.state == "published":
        yield from _of_card(stage)


def _of_card(stage: StageProgress) -> Iterator[NextStep]:
    if stage.divergent:
        yield _about(stage, "second_rater", "second_rater", stage.divergent)
    if stage.unscored:
        yield _about(stage, "ask_again", "ask_again", stage.unscored)
    elif stage.shortcoming is not None:
        yield _about(stage, "evaluate_again", stage.shortcoming)
    if stage.undecided_insights:
        yield _about(stage, "decide_insights", "decide_insights", n=stage.undecided_insights)
    if stage.to_ask:
        yield _about(stage, "ask_about_statements", "ask_about_statements", n=stage.to_ask)


def _next_interview(stages: Sequence[StageProgress]) -> Iterator[NextStep]:
    """The first stage that was not held; the ones after it come later."""
    missing = next((stage for stage in stages if stage.state == "missing"), None)
    if missing is not None:
        yield _about(missing, "next_interview", "next_interview")


def _about(
    stage: StageProgress, code: StepCode, words: Words, criteria: Sequence[str] = (), n: int | None = None
) -> NextStep:
    names = [stage.rubric.criterion(one).name for one in criteria]
    given = {
        language: {
            "stage": stage.rubric.name.text(language),
            "criteria": ", ".join(name.text(language) for name in names),
            "n": n,
        }
        for language in ("ko", "en")
    }
    return _filled(code, words, given, stage.rubric.stage, tuple(criteria))


def _compare(one: RankedCandidate, k: int) -> NextStep:
    given = {"best": one.best, "worst": one.worst, "k": k}
    return _filled("compare_evidence", "compare_evidence", {"ko": given, "en": given}, None, ())


def _step(code: StepCode, words: Words) -> NextStep:
    return _filled(code, words, {"ko": {}, "en": {}}, None, ())


def _filled(
    code: StepCode,
    words: Words,
    given: Mapping[str, Mapping[str, object]],
    stage: Stage | None,
    criteria: tuple[str, ...],
) -> NextStep:
    text, ground = (
        Bilingual(said.ko.format(**given["ko"]), said.en.format(**given["en"])) for said in STEP_WORDS[words]
    )
    return NextStep(code, text, ground, stage, criteria)
