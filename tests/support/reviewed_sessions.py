"""Live sessions that were held and handed over, in every state that a review can be in."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.case import Case
from include.interview.entities import ArtifactRef
from include.interview.live.conversation import Conversation
from include.interview.live.session import LiveNote, LiveRecord, LiveSession
from include.interview.records import Bilingual, ReviewReason, Scorecard, Stage, Transcript
from include.interview.scoring.review import with_review
from include.settings import Settings, load_settings
from include.storage import Stores
from tasks.evaluation.comparison import COMPARE_STEP
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, save
from tasks.evaluation.publish import record_review, review_needed
from tasks.live.card import live_card, live_case
from tasks.live.handover import hand_over
from tests.support.spoken_sessions import SESSIONS, opening, utterances

State = Literal["open", "asking", "kr", "under_review", "withheld", "asked_again", "published", "reviewed"]
STATES: tuple[State, ...] = get_args(State)
"""`open`: no rule asks, the offline evaluation runs. `asking`: a rule asks on the live card, nobody was asked yet.
`kr`: likewise, because the profile asks for a person for every card. `reviewed`: published by a reviewer."""
FULL: frozenset[State] = frozenset({"open", "published", "reviewed"})
"""States in which everybody who may read live results sees the card."""
REVIEWABLE: frozenset[State] = frozenset({"asking", "kr", "under_review", "asked_again"})
"""States in which reviewers alone see it."""
ASKED: frozenset[State] = frozenset({"under_review", "asked_again"})
"""States in which a person was asked and has not answered: a reviewer can."""
GROUND = "injection_confirmed"
REASON = ReviewReason("injection_suspected", Bilingual(ko="지시로 보입니다.", en="It looks like an instruction."))
NOTE = "A note of the interviewer"
CONSENTS = frozenset(load_profile("standard").purposes)
SETTINGS = load_settings({"TRIVIEW_HOME": str(Path("/nonexistent"))})


@cache
def _card(profile: str, stage: Stage) -> tuple[Scorecard, Case]:
    talk = Conversation("en", opening("en"))
    for utterance in utterances(SESSIONS["en"], "en"):
        talk.add(utterance)
    case = live_case(
        "s-1", opening("en"), load_profile(profile), load_rubric(stage, "1"), "en", talk.transcript(), talk.marks(),
        talk.utterances("candidate"), CONSENTS,
    )  # fmt: skip
    return live_card(case, SETTINGS), case


def live_card_of(session: LiveSession) -> tuple[Scorecard, Transcript]:
    """The card that the gateway makes of a spoken session, and what was said."""
    card, case = _card(session.profile, session.stage)
    return msgspec.structs.replace(card, interview_id=session.id), case.transcript


def bring_into(stores: Stores, state: State, session: LiveSession, settings: Settings = SETTINGS) -> Scorecard:
    """Bring a new `session` into `state`; returns its live card."""
    card, transcript = live_card_of(session)
    if state == "asking":
        card = with_review(card, (REASON,))
    stores.live_sessions.set_state(session.id, "handed_over")
    hand_over(stores, LiveRecord(session, transcript, (), (), (LiveNote(NOTE, 1.0),), (), card), [])
    stores.interviews.set_status(session.id, "processing")
    asks = state in ("under_review", "withheld", "asked_again", "reviewed")
    offline = with_review(card, (REASON,) if asks else card.review)
    context = StepContext(stores, settings, session.id)
    case = msgspec.structs.replace(_card(session.profile, session.stage)[1], interview_id=session.id)
    prepared = save(context, "case", [state], lambda: PreparedCase(case, {}, (), ()))
    ref = save(context, "score", [state], lambda: ScoredInterview(offline, prepared))
    if state not in ("open", "asking", "kr"):
        _review(context, ref, state)
    if state in ("published", "reviewed"):
        stores.scorecards.publish(offline)
        stores.interviews.set_status(session.id, "published")
    assert not stores.artifacts.list(session.id, COMPARE_STEP)
    return card


def _review(context: StepContext, ref: ArtifactRef, state: State) -> None:
    asked = review_needed(context, ref)
    assert bool(asked) == (state != "published")
    if state in ("withheld", "asked_again"):
        record_review(context, ref, f"withhold:{GROUND}", "airflow:lee")
    if state == "asked_again":
        review_needed(context, ref)
    if state == "reviewed":
        record_review(context, ref, "publish:evidence_supports_card", "airflow:lee")


def scores_in(card: Scorecard) -> set[str]:
    """What of a card must not reach a reader who may not see it: rationales, and the total as JSON writes it."""
    rationales = {j.rationale.en for line in card.criteria for j in line.judgements}
    return {text for text in rationales if text} | {f"{card.total}"}
