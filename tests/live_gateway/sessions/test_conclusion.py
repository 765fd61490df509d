"""The scores that a session ends with: the last of every criterion agrees with the result, shown or not at all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from include.interview.live import wire
from include.interview.records import Scorecard
from include.interview.scoring.review import with_review
from live_gateway.sessions import commands
from tests.support.record_builders import card
from tests.support.reviewed_sessions import REASON
from tests.support.virtual_sessions import ID, VIRTUAL, NotingFeedback, VirtualWorld, lines

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
TOO_LITTLE = wire.ScoreUpdate(criterion="language", value=None, insufficient="10 words so far.", evidence=[])


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


async def concluded(monkeypatch: pytest.MonkeyPatch, made: Scorecard, *told: wire.ScoreUpdate) -> VirtualWorld:
    """A session that was told these scores and ends with this card."""

    async def assessment(self: NotingFeedback) -> Scorecard:
        return made

    monkeypatch.setattr(NotingFeedback, "assessment", assessment)
    world = VirtualWorld({"candidate": lines("I said this")})
    candidate = await world.join()
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(2, candidate)
    await world.store.append_events(list(told), fence=None)
    await world.command(commands.EndNow(), once="end")
    await running
    return world


async def test_the_last_score_of_every_criterion_is_that_of_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    made = card(ID, 61.0, 2.0, stage="practical")
    world = await concluded(monkeypatch, made, TOO_LITTLE)
    last, result = world.events[-2:]
    assert isinstance(last, wire.ScoreUpdate)
    assert isinstance(result, wire.Result)
    assert result.card == made
    line = made.criteria[0]
    assert (last.criterion, last.value, last.insufficient, last.points) == (
        line.criterion,
        line.score,
        None,
        line.points,
    )


async def test_a_score_that_agrees_already_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    right = wire.ScoreUpdate(criterion="language", value=0.5, insufficient=None, evidence=[], points=15.0, weight=30.0)
    world = await concluded(monkeypatch, card(ID, 61.0, 2.0, stage="practical"), TOO_LITTLE, right)
    assert [replace(event, seq=0) for event in world.of(wire.ScoreUpdate)] == [TOO_LITTLE, right]


async def test_scores_of_a_card_that_a_person_must_see_first_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = with_review(card(ID, 61.0, 2.0, stage="practical"), (REASON,))
    world = await concluded(monkeypatch, made, TOO_LITTLE)
    assert [replace(event, seq=0) for event in world.of(wire.ScoreUpdate)] == [TOO_LITTLE]
