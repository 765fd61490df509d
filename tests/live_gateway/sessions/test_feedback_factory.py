"""What a session's feedback is made of, from real stores: an executive one knows its accepted questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from cli.session import local_stores
from include.interview.live.session import LiveSession
from include.interview.preparation.records import WriterIdentity, WrittenQuestions
from include.settings import Settings
from include.storage import Stores
from live_gateway.sessions.feedback_factory import feedback_maker
from tasks.executive.questions import decide
from tests.support.executive_sessions import application
from tests.support.installation import settings_in
from tests.support.spoken_executive import PREPARED, prepared

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


@dataclass(frozen=True)
class Opened:
    """As much of a session's handle as its feedback is made of."""

    session: LiveSession


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stores, Settings]]:
    settings = settings_in(tmp_path_factory.mktemp("factory"))
    with local_stores(settings) as (stores, _):
        yield stores, settings


async def questions(opened: tuple[Stores, Settings], session: LiveSession) -> tuple[str, ...]:
    feedback = await feedback_maker(*opened)(Opened(session))  # type: ignore[arg-type]
    await feedback.close()
    return tuple(q.id for q in feedback._context.prepared)


async def test_an_executive_session_has_its_accepted_questions_in_their_order(
    opened: tuple[Stores, Settings],
) -> None:
    stores, _ = opened
    session = application(stores).session
    assert await questions(opened, session) == ()
    written = WrittenQuestions("en", WriterIdentity("t", "offline", "", "1"), prepared("en"))
    stores.prepared_questions.put(session.id, written, "a" * 64)
    decide(stores, session.id, PREPARED[1], "drop")
    decide(stores, session.id, PREPARED[2], "move", position=0)
    assert await questions(opened, session) == (PREPARED[2], PREPARED[0])


async def test_a_practical_session_has_none(opened: tuple[Stores, Settings]) -> None:
    stores, _ = opened
    executive = application(stores).session
    practical = stores.live_sessions.create(
        interviewer_id=executive.interviewer_id, candidate_id=executive.candidate_id,
        opening_id=executive.opening_id, profile="text_only", language="en", microphones="shared", stage="practical",
    )  # fmt: skip
    assert await questions(opened, practical) == ()
