"""A session's LiveFeedback from what the database knows of it: opening, profile, rubric, consents, judge."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import opening_rubric
from include.interview.live.wire import TranscriptFinal
from include.interview.stages import LIVE_STAGES, STAGES
from include.settings import JudgeSettings, Settings
from include.storage import Stores
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.owner import MakeFeedback
from tasks.evaluation.consent_gate import purposes_given
from tasks.executive.questions import accepted_questions

if TYPE_CHECKING:
    from live_gateway.feedback import LiveFeedback


_SENTENCE = TranscriptFinal(
    utt="c0", text="I moved the nightly reports to a replica because they blocked the orders.", words=[],
    speaker="candidate", role="candidate", start_ms=0, end_ms=5000, language="en", confidence=1.0,
)  # fmt: skip


def feedback_maker(stores: Stores, settings: Settings) -> MakeFeedback:
    """What makes the feedback of a session. It raises ServiceFailure or BadInput when the session cannot be judged."""

    async def make(handle: SessionHandle) -> LiveFeedback:
        return await asyncio.to_thread(_make, stores, settings, handle)

    return make


def _make(stores: Stores, settings: Settings, handle: SessionHandle) -> LiveFeedback:
    from live_gateway.feedback import FeedbackContext, LiveFeedback

    session = handle.session
    consents = purposes_given(stores, session.candidate_id, session.id)
    opening = stores.openings.get(session.opening_id)
    context = FeedbackContext(
        session_id=session.id,
        opening=opening,
        profile=load_profile(session.profile).agreed(consents),
        rubric=opening_rubric(session.stage, opening),
        language=session.language,
        settings=settings,
        consents=consents,
        prepared=accepted_questions(stores, session.id) if STAGES[session.stage].preparation else (),
    )
    return LiveFeedback(context)


def warm(settings: Settings) -> None:
    """Load what judging needs by judging one sentence, before any session depends on it: the first use is slow."""
    from live_gateway.feedback import FeedbackContext, LiveFeedback

    context = FeedbackContext(
        session_id="warm",
        opening=general_opening(),
        profile=load_profile("standard"),
        rubric=opening_rubric(LIVE_STAGES[0], general_opening()),
        language="en",
        settings=msgspec.structs.replace(settings, judge=JudgeSettings()),
    )
    feedback = LiveFeedback(context)
    feedback.restore([_SENTENCE])
    asyncio.run(feedback.assessment())
