"""An executive session as feedback sees it: prepared questions, what was heard, probes, and a new owner in between."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from include.interview.live import wire
from include.interview.live.conversation import Conversation
from include.interview.live.wire import Durable, Feedback, QuestionActed, QuestionSuggested
from include.judgement.live.coverage import KIND
from include.judgement.live.suggestions import MOST_OPEN, MOST_PROBES
from include.judgement.preparation.filters import fault_of
from live_gateway.feedback import LiveFeedback
from live_gateway.sessions.handle import SessionHandle
from live_gateway.socket.visibility import share_of
from tests.support.executive_sessions import opening
from tests.support.speech_engine import Scripted
from tests.support.spoken_executive import PREPARED, SESSIONS, context, prepared
from tests.support.spoken_sessions import final, hold, utterances
from tests.support.virtual_sessions import RATE, VIRTUAL, VirtualWorld

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
REST_MS = 2_600


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


async def listened(feedback: LiveFeedback, said: list[Any]) -> list[Durable]:
    """Everything said in order, each followed by a silence in which a probe may be suggested."""
    events: list[Durable] = []
    for u in said:
        events += [final(u), *await hold(feedback, [u])]
        events += await feedback.on_tick(round(u.end_s * 1000) + REST_MS) + await feedback.settled()
    return events


def of_kind(events: list[Durable], kind: str) -> list[Feedback]:
    return [e for e in events if isinstance(e, Feedback) and e.kind == kind]


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_prepared_questions_are_recognised_and_probes_go_into_their_answers(language: str) -> None:
    feedback, said = LiveFeedback(context(language)), utterances(SESSIONS[language], language)
    events = await listened(feedback, said)
    asked = {f.value: f.evidence for f in of_kind(events, "question_asked")}
    assert asked == {PREPARED[0]: [said[0].id], PREPARED[1]: [said[5].id]}
    assert of_kind(events, "question_coverage")[-1].value == pytest.approx(2 / 3, abs=0.001)
    assert [m.question_id for m in feedback.marks()][0::2][:2] == list(PREPARED[:2])

    made = [e for e in events if isinstance(e, QuestionSuggested)]
    assert {(e.probe, e.criterion) for e in made} >= {("reflection", "leadership"), ("ownership", "culture_fit")}
    spoken = {u.id for u in said if u.role == "candidate"}
    listed = {q.wording for q in prepared(language)}
    for suggestion in made:
        assert fault_of(suggestion.text) is None
        assert suggestion.text not in listed
        assert set(suggestion.evidence) <= spoken

    covered = {f.value: f for f in of_kind(events, KIND)}
    assert covered["leadership"].evidence == [said[1].id, said[2].id, said[4].id], "an answer goes on over its probe"
    assert {"en": "1 answer; ", "ko": "답변 1개; "}[language] in covered["leadership"].text
    assert {"en": "heard: courses compared", "ko": "들음: 방안 비교"}[language] in covered["strategic_thinking"].text
    for event in (*made, *covered.values(), *of_kind(events, "question_asked")):
        assert share_of("candidate", event) is None
        assert share_of("interviewer", event) == event
    await feedback.close()


async def test_a_question_marked_by_hand_counts_as_asked() -> None:
    feedback = LiveFeedback(context())
    news = await feedback.on_event(QuestionActed(id=PREPARED[2], action="used", at_ms=1_000))
    assert [f.value for f in of_kind(news, "question_coverage")] == [pytest.approx(1 / 3, abs=0.001)]
    await feedback.close()


@pytest.mark.parametrize(("language", "cut"), [("en", 3), ("en", 5), ("ko", 8)])
async def test_a_new_owner_knows_what_was_asked_heard_and_suggested(language: str, cut: int) -> None:
    said = utterances(SESSIONS[language] * 2, language)
    alone, old, new = (LiveFeedback(context(language)) for _ in range(3))
    expected = await listened(alone, said)
    events = await listened(old, said[:cut])
    new.restore(events)
    events += await listened(new, said[cut:])

    def shown(of: list[Durable]) -> dict[str, Any]:
        talk = Conversation(language, opening(language))
        for event in of:
            talk.apply(event)
            assert len(talk.open_suggestions()) <= MOST_OPEN
        return {
            "suggested": {s.id: (s.text, s.probe, s.criterion) for s in talk.suggested.values()},
            "open": sorted(s.id for s in talk.open_suggestions()),
            "heard": {k[2]: (f.evidence, f.text) for k, f in talk.emitted.items() if k[1] == KIND},
            "asked": {k[2]: f.evidence for k, f in talk.emitted.items() if k[1] == "question_asked"},
        }

    assert shown(events) == shown(expected)
    made = [e for e in events if isinstance(e, QuestionSuggested)]
    assert len({e.id for e in made}) == len({e.text for e in made}) == len(made)
    for criterion in {e.criterion for e in made}:
        assert sum(e.criterion == criterion for e in made) <= MOST_PROBES
    for each in (alone, old, new):
        await each.close()


class ListeningWorld(VirtualWorld):
    """A session whose owners have the feedback we ship."""

    async def make_feedback(self, handle: SessionHandle) -> LiveFeedback:  # type: ignore[override]
        return LiveFeedback(context("en"))


async def test_an_owner_that_takes_over_goes_on_where_the_other_stopped() -> None:
    """Sound in, durable events out: the first owner stops in the middle of the interview, another goes on."""
    said = utterances(SESSIONS["en"][:6], "en")
    starts = [round((u.start_s + 3.0 * n) * RATE) for n, u in enumerate(said)]
    spoken = [
        (u.track, Scripted(start, start + round((u.end_s - u.start_s) * RATE), u.text))
        for u, start in zip(said, starts, strict=True)
    ]
    tracks: tuple[wire.Track, ...] = ("interviewer", "candidate")
    script: dict[wire.Track, Sequence[Scripted]] = {t: [line for track, line in spoken if track == t] for t in tracks}
    world = ListeningWorld(script, stage="executive", lease_ttl_s=1.0)
    interviewer, candidate = await world.join("interviewer"), await world.join("candidate")
    first = asyncio.create_task((await world.owner("a")).run())
    await world.talk(starts[3] / RATE + 1.0, interviewer, candidate)
    before = [e.id for e in world.of(QuestionSuggested)]
    assert before
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await asyncio.sleep(2.0)  # the lease runs out
    second = asyncio.create_task((await world.owner("b")).run())
    await world.talk(starts[-1] / RATE + 12.0 - starts[3] / RATE, interviewer, candidate)
    await asyncio.sleep(3.0)

    assert world.finals() == [u.text for u in said]
    made = [e.id for e in world.of(QuestionSuggested)]
    assert made[: len(before)] == before
    assert len(set(made)) == len(made) > len(before)
    assert any(e.probe == "reflection" and e.criterion == "leadership" for e in world.of(QuestionSuggested))
    assert [e.seq for e in world.events] == list(range(1, len(world.events) + 1))
    asked = [e.value for e in world.of(Feedback) if e.kind == "question_asked"]
    assert asked == [PREPARED[0], PREPARED[1]]
    assert next(e.value for e in world.of(Feedback) if e.kind == KIND) == "leadership"
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
