"""Executive interviews that were held and scored, whose insights wait for people: made by the real steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import msgspec
from sqlalchemy import select, update

from include.interview.assessment.policy import load_profile
from include.interview.entities import ArtifactRef
from include.interview.live.session import LiveRecord, LiveSession
from include.interview.records import Transcript
from include.interview.scoring.review import with_review
from include.settings import Settings
from include.storage import Stores
from include.storage.database import tables as t
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, save
from tasks.executive.approval import store_for_approval
from tasks.executive.insights import draft, verify
from tasks.live.handover import hand_over
from tasks.typed_transcript import judge_transcript
from tests.include.judgement.insight.claim_files import transcript_text
from tests.support.executive_sessions import Application, application

TURN_S = 12.0
"""Seconds given to each utterance of a typed transcript, so that quotes have times."""
EARLIER, HELD = "{language}_second", "{language}_development"
"""Files of tests/include/judgement/insight/claims whose transcripts are the AI and the executive interview."""


@dataclass(frozen=True)
class Held:
    """An executive interview with its scored card. `waiting`: how many insights wait for people."""

    context: StepContext
    session: LiveSession
    card: ArtifactRef
    waiting: int

    @property
    def ids(self) -> list[str]:
        """Ids of its insights."""
        return [one.id for one in self.context.stores.insights.list(self.session.id)]

    def sentence(self, insight_id: str, language: str) -> str:
        """The insight's sentence in `language`."""
        (text,) = [one.text for one in self.context.stores.insights.list(self.session.id) if one.id == insight_id]
        return dict(text.given())[language]


def timed(transcript: Transcript) -> Transcript:
    """The transcript as if it had been spoken, one utterance after the other."""
    said = tuple(
        msgspec.structs.replace(u, start_s=n * TURN_S, end_s=(n + 1) * TURN_S - 1.0)
        for n, u in enumerate(transcript.utterances)
    )
    return msgspec.structs.replace(transcript, utterances=said, duration_s=len(said) * TURN_S)


def scored_session(
    stores: Stores,
    settings: Settings,
    language: str = "en",
    *,
    leader_id: str | None = None,
    candidate_id: str | None = None,
) -> tuple[LiveSession, ArtifactRef]:
    """An executive session that was handed over, with its card from the recording scored and nothing published."""
    made: Application = application(
        stores, language, [("ai", transcript_text(EARLIER.format(language=language)))],
        leader_id=leader_id, candidate_id=candidate_id, settings=settings,
    )  # fmt: skip
    session = made.session
    stores.consents.grant(session.candidate_id, session.id, load_profile(session.profile).consents, "1")
    text = transcript_text(HELD.format(language=language)).encode()
    opening = stores.openings.get(session.opening_id)
    one = judge_transcript(text, "executive", opening, settings, stage="executive")
    heard = timed(one.case.transcript)
    case = msgspec.structs.replace(one.case, interview_id=session.id, transcript=heard)
    scored = with_review(msgspec.structs.replace(one.card, interview_id=session.id), ())
    stores.live_sessions.set_state(session.id, "handed_over")
    hand_over(stores, LiveRecord(session, heard, (), (), (), (), scored), [])
    stores.interviews.set_status(session.id, "processing")
    context = StepContext(stores, settings, session.id)
    prepared = save(context, "case", [language], lambda: PreparedCase(case, {}, (), ()))
    return session, save(context, "score", [prepared], lambda: ScoredInterview(scored, prepared))


def awaiting(
    stores: Stores,
    settings: Settings,
    language: str = "en",
    *,
    leader_id: str | None = None,
    candidate_id: str | None = None,
) -> Held:
    """A scored session whose insights were drafted, verified and stored, and about which people are asked."""
    session, card = scored_session(stores, settings, language, leader_id=leader_id, candidate_id=candidate_id)
    context = StepContext(stores, settings, session.id)
    waiting = store_for_approval(context, verify(context, draft(context, card)))
    return Held(context, session, card, waiting)


def let_pass(stores: Stores, interview_id: str, hours: float) -> None:
    """Move the moment at which people were asked into the past, as if so much time had gone by."""
    table, by = t.insight_approvals, timedelta(hours=hours)
    with stores.db.begin() as connection:
        row = connection.execute(select(table).where(table.c.interview_id == interview_id)).one()
        connection.execute(
            update(table)
            .where(table.c.interview_id == interview_id)
            .values(asked_at=row.asked_at - by, due_at=row.due_at - by)
        )
