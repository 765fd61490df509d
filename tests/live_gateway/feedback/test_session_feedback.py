"""Live feedback as a function of what it is told: scores, chips, flags, suggestions, and who may see them."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.interview.errors import ConsentMissing, PolicyRefusal
from include.interview.live.conversation import Conversation
from include.interview.live.wire import (
    Durable,
    Feedback,
    QuestionActed,
    QuestionSuggested,
    ScoreUpdate,
    SpeakerUpdate,
)
from include.judgement.live.suggestions import MOST_OPEN
from include.judgement.protected_grounds import may_be_suggested
from include.settings import JudgeSettings
from live_gateway.feedback import LiveFeedback
from live_gateway.feedback.prosody import prosody_of
from tests.support.services.chat_completions import Endpoint, completion, fails
from tests.support.spoken_sessions import SESSIONS, context, final, hold, opening, utterances, voice

pytestmark = pytest.mark.slow
CANDIDATES_KINDS = {"pace", "audibility", "time"}


def of_kind(news: list[Durable], kind: str) -> list[Feedback]:
    return [e for e in news if isinstance(e, Feedback) and e.kind == kind]


def scores(news: list[Durable]) -> dict[str, ScoreUpdate]:
    return {e.criterion: e for e in news if isinstance(e, ScoreUpdate)}


@pytest.mark.anyio
@pytest.mark.parametrize("language", ["en", "ko"])
async def test_a_session_from_first_word_to_card(language: str) -> None:
    feedback, said = LiveFeedback(context(language)), utterances(SESSIONS[language], language)
    first = await hold(feedback, said[:2])
    assert all(s.value is None and s.insufficient for s in scores(first).values())
    news = first + await hold(feedback, said[2:])
    assert {c: s.value is not None for c, s in scores(news).items()} == dict.fromkeys(
        ("answer_quality", "keyword_match", "emotion", "answer_flow"), True
    )
    spoken = {u.id for u in said}
    for event in news:
        assert set(getattr(event, "evidence", [])) <= spoken
    assert all(s.evidence for s in scores(news).values() if s.value is not None)
    chips = {f.value: f.evidence for f in of_kind(news, "keyword")}
    assert chips == {"Kubernetes": [said[2].id], "test": [said[2].id]}
    assert [(f.value, f.evidence) for f in of_kind(news, "protected_ground")] == [
        ("age" if language == "en" else "family", [said[6].id])
    ]
    asked = {f.value: f.evidence for f in of_kind(news, "question_asked")}
    assert asked == {"introduction": [said[0].id], "challenge": [said[3].id]}
    assert of_kind(news, "question_coverage")[-1].value == pytest.approx(2 / 3, abs=0.001)
    card = await feedback.assessment()
    assert card.status == "complete"
    assert [line.effective_weight for line in card.criteria] == [40, 30, 20, 10]
    await feedback.close()


@pytest.mark.anyio
async def test_the_last_scores_told_are_those_of_the_card() -> None:
    feedback = LiveFeedback(context())
    said = utterances(SESSIONS["en"], "en")
    news = await hold(feedback, said)
    for second in range(3):
        news += await feedback.on_tick(round(said[-1].end_s * 1000) + 5_000 * (second + 1))
        news += await feedback.settled()
    card = await feedback.assessment()
    assert card.criteria
    for line in card.criteria:
        emitted = scores(news)[line.criterion]
        assert emitted.value == pytest.approx(line.score, abs=0.021)
        assert emitted.weight == line.effective_weight
    await feedback.close()


@pytest.mark.anyio
async def test_a_criterion_is_told_only_when_it_changed_and_not_too_often() -> None:
    feedback = LiveFeedback(context())
    last: dict[str, tuple[int, float | None]] = {}
    for u in utterances(SESSIONS["en"], "en"):
        now = round(u.end_s * 1000) + 400
        for event in await feedback.on_final(u, None, now) + await feedback.settled():
            if isinstance(event, ScoreUpdate):
                before = last.get(event.criterion)
                if before is not None:
                    assert now - before[0] >= 3_000
                    if before[1] is not None and event.value is not None:
                        assert abs(event.value - before[1]) >= 0.02
                last[event.criterion] = (now, event.value)
    assert await feedback.on_tick(10_000_000) is not None
    assert not scores(await feedback.on_tick(10_000_100))
    await feedback.close()


@pytest.mark.anyio
async def test_suggestions_are_two_at_most_never_twice_and_put_away() -> None:
    for language in ("en", "ko"):
        feedback, said = LiveFeedback(context(language)), utterances(SESSIONS[language] * 2, language)
        talk = Conversation(language, opening(language))
        for event in await hold(feedback, said):
            talk.apply(event)
            assert len(talk.open_suggestions()) <= MOST_OPEN
        suggested = list(talk.suggested.values())
        assert suggested
        assert len({s.text for s in suggested}) == len(suggested)
        for suggestion in suggested:
            assert suggestion.why
            assert suggestion.evidence
            assert may_be_suggested(suggestion.text)
        await feedback.close()


@pytest.mark.anyio
async def test_a_suggestion_that_the_interviewer_asks_is_used_and_one_put_away_stays_away() -> None:
    feedback = LiveFeedback(context())
    said = utterances(SESSIONS["en"][3:6], "en")
    news = await hold(feedback, said)
    news += await feedback.on_tick(round(said[-1].end_s * 1000) + 2_500)
    news += await feedback.settled()
    (suggestion,) = [e for e in news if isinstance(e, QuestionSuggested)]
    asked = utterances([f"i: {suggestion.text}"], "en", said[-1].end_s + 3)
    acted = [e for e in await hold(feedback, asked) if isinstance(e, QuestionActed)]
    assert acted == [QuestionActed(id=suggestion.id, action="used", at_ms=round(asked[0].start_s * 1000))]
    assert suggestion.id in {m.question_id for m in feedback.marks()}
    again = await hold(feedback, utterances(["c: I just rewrote the scripts, as I said."], "en", asked[-1].end_s + 1))
    assert suggestion.text not in {e.text for e in again if isinstance(e, QuestionSuggested)}
    await feedback.close()


@pytest.mark.anyio
async def test_under_load_no_questions_and_no_prosody_and_less_judging() -> None:
    feedback, said = LiveFeedback(context()), utterances(SESSIONS["en"], "en")
    feedback.shed(3)
    news = await hold(feedback, said, voice)
    assert not [e for e in news if isinstance(e, QuestionSuggested)]
    assert feedback._voices == {}
    assert scores(news)
    await feedback.close()


# ---------------------------------------------------------------- the candidate's side


LINES = st.lists(
    st.sampled_from([line for lines in SESSIONS.values() for line in lines] + ["c: um yes", "i: 몇 살이세요?"]),
    max_size=7,
)


@given(LINES, st.sampled_from(["en", "ko"]), st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_candidate_is_never_told_scores_suggestions_or_flags(lines: list[str], language: str, sound: bool) -> None:
    async def run() -> list[Durable]:
        feedback = LiveFeedback(context(language))
        said = utterances(lines, language)
        news = await hold(feedback, said, (lambda u: voice(u, amplitude=60.0)) if sound else None)
        news += await feedback.on_tick(31 * 60_000)
        await feedback.close()
        return news

    for event in asyncio.run(run()):
        if isinstance(event, Feedback):
            assert event.audience in ("interviewer", "candidate", "both")
            if event.audience != "interviewer":
                assert event.kind in CANDIDATES_KINDS
        if isinstance(event, QuestionSuggested):
            assert may_be_suggested(event.text)


@pytest.mark.anyio
async def test_a_low_voice_is_told_once_and_once_more_when_it_is_over() -> None:
    feedback, said = LiveFeedback(context()), utterances([SESSIONS["en"][1]] * 24, "en")
    news: list[Durable] = []
    for n, u in enumerate(said):
        pcm = voice(u, amplitude=60.0 if n < 12 else 4_000.0)
        news += await feedback.on_final(u, pcm, round(u.end_s * 1000))
    hints = of_kind(news, "audibility")
    assert [(h.audience, h.value) for h in hints] == [("candidate", "quiet"), ("candidate", "good")]
    assert "microphone" in hints[0].text
    assert hints[1].text == ""
    await feedback.close()


@pytest.mark.anyio
async def test_clipped_sound_and_hurried_speech_are_told_calmly() -> None:
    feedback, said = LiveFeedback(context("ko")), utterances(SESSIONS["ko"], "ko")
    hurried = [
        msgspec.structs.replace(
            u, start_s=n * 4.0, end_s=n * 4.0 + 2.5, words=(), text="책임자로서 결제서비스의성능을개선하고배포했습니다"
        )
        for n, u in enumerate(u for u in said if u.role == "candidate")
    ]
    news: list[Durable] = []
    for u in hurried:
        loud = np.where(np.arange(40_000) % 100 < 50, 32_767, -32_767).astype(np.int16)
        news += await feedback.on_final(u, loud, round(u.end_s * 1000))
    assert [h.value for h in of_kind(news, "audibility")] == ["clipped"]
    assert [(h.value, h.text) for h in of_kind(news, "pace")] == [("fast", "조금 더 천천히 말씀하셔도 됩니다.")]
    await feedback.close()


@pytest.mark.anyio
async def test_time_and_silence() -> None:
    feedback, said = LiveFeedback(context("ko")), utterances(SESSIONS["ko"][:2], "ko")
    await hold(feedback, said)
    end = round(said[-1].end_s * 1000)
    assert not of_kind(await feedback.on_tick(end + 10_000), "silence")
    silence = of_kind(await feedback.on_tick(end + 21_000), "silence")
    assert [(s.audience, s.evidence, s.text) for s in silence] == [
        ("interviewer", [said[-1].id], "21초 동안 아무도 말하지 않았습니다.")
    ]
    assert not of_kind(await feedback.on_tick(end + 40_000), "silence")
    times = of_kind(await feedback.on_tick(600_500), "time") + of_kind(await feedback.on_tick(700_000), "time")
    assert [(t.audience, t.value, t.text) for t in times] == [("both", 10, "10분이 지났습니다.")]
    await feedback.close()


# ---------------------------------------------------------------- speakers, takeover


@pytest.mark.anyio
async def test_a_corrected_speaker_takes_chips_and_flags_along() -> None:
    feedback, said = LiveFeedback(context()), utterances(SESSIONS["en"], "en")
    await hold(feedback, said)
    to_interviewer = SpeakerUpdate(utts=[said[2].id], speaker="interviewer", role="interviewer", cause="correction")
    news = await feedback.on_event(to_interviewer)
    assert {f.value: f.evidence for f in of_kind(news, "keyword")} == {"Kubernetes": [], "test": []}
    to_candidate = SpeakerUpdate(utts=[said[6].id], speaker="candidate", role="candidate", cause="correction")
    news = await feedback.on_event(to_candidate)
    assert [(f.value, f.evidence, f.text) for f in of_kind(news, "protected_ground")] == [("age", [], "")]
    assert {u.id: u.role for u in feedback.transcript().utterances}[said[2].id] == "interviewer"
    await feedback.close()


def shown(events: list[Durable], language: str) -> dict[str, Any]:
    """What both pages show after `events`."""
    talk = Conversation(language, opening(language))
    for event in events:
        talk.apply(event)
    chips = {
        k[2]: f.evidence for k, f in talk.emitted.items() if k[1] in ("keyword", "protected_ground", "question_asked")
    }
    return {
        "chips": {value: evidence for value, evidence in chips.items() if evidence},
        "open": sorted(s.id for s in talk.open_suggestions()),
        "scores": {c: s.value for c, s in talk.scores.items()},
        "coverage": talk.latest["interviewer", "question_coverage"].value,
    }


@pytest.mark.anyio
@pytest.mark.parametrize(("language", "cut"), [("en", 0), ("en", 3), ("en", 6), ("en", 9), ("ko", 5), ("ko", 11)])
async def test_a_new_owner_knows_what_the_old_one_knew(language: str, cut: int) -> None:
    profile = "text_only"  # nothing is heard of the voice: nothing can be lost
    said = utterances(SESSIONS[language], language)
    late = round(said[-1].end_s * 1000) + 60_000

    async def rest(feedback: LiveFeedback, events: list[Durable], after: list[Any]) -> list[Durable]:
        for u in after:
            events = [*events, final(u), *await hold(feedback, [u])]
        for now in (late, late + 15_000):
            events += await feedback.on_tick(now) + await feedback.settled()
        return events

    alone = LiveFeedback(context(language, profile))
    expected = await rest(alone, [], said)
    old, events = LiveFeedback(context(language, profile)), []
    for u in said[:cut]:
        events += [final(u), *await hold(old, [u])]
    new = LiveFeedback(context(language, profile))
    new.restore(events)
    reached = await rest(new, events, said[cut:])
    assert new.transcript() == alone.transcript()
    assert new.marks() == alone.marks()
    first, second = shown(expected, language), shown(reached, language)
    for criterion, value in first.pop("scores").items():
        assert second["scores"][criterion] == pytest.approx(value, abs=0.021)
    second.pop("scores")
    assert first == second
    one, two = await alone.assessment(), await new.assessment()
    assert [(c.criterion, c.score) for c in one.criteria] == [(c.criterion, c.score) for c in two.criteria]
    for each in (alone, old, new):
        await each.close()


@pytest.mark.anyio
async def test_what_was_not_told_before_a_takeover_is_told_after_it() -> None:
    """The owner died between writing a final and thinking about it."""
    said = utterances(SESSIONS["en"], "en")
    feedback = LiveFeedback(context())
    feedback.restore([final(u) for u in said])
    news = await feedback.on_tick(round(said[-1].end_s * 1000) + 2_000) + await feedback.settled()
    assert {f.value for f in of_kind(news, "keyword")} == {"Kubernetes", "test"}
    assert of_kind(news, "protected_ground")
    assert scores(news)
    assert [h.value for h in of_kind(news, "prosody")] == ["incomplete"]
    await feedback.close()


# ---------------------------------------------------------------- policy


@pytest.mark.anyio
@pytest.mark.parametrize(("profile", "consent"), [("eu", True), ("text_only", True), ("standard", False)])
async def test_no_prosody_where_profile_or_consent_forbid_it(profile: str, consent: bool) -> None:
    here = context(profile=profile, consent=consent)
    said = utterances(SESSIONS["en"], "en")
    feedback = LiveFeedback(here)
    news = await hold(feedback, said, voice)
    assert feedback._voices == {}
    assert (scores(news)["emotion"].value is None) == (profile != "standard"), "it rests on words alone"
    with pytest.raises(ConsentMissing if not consent else PolicyRefusal):
        prosody_of(here.profile, here.consents, here.rubric.stage, voice(said[1]))
    card = await feedback.assessment()
    line = next(c for c in card.criteria if c.criterion == "emotion")
    if consent:
        assert line.status == "disabled"
        assert [round(c.effective_weight, 1) for c in card.criteria] == [50.0, 37.5, 0.0, 12.5]
    else:
        assert line.status == "scored"
        assert card.total is not None
    await feedback.close()


# ---------------------------------------------------------------- a judge model


def scripted(_endpoint: Endpoint, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    name = body["response_format"]["json_schema"]["name"]
    if name == "follow_up_questions":
        utt = body["messages"][1]["content"].split("[c")[-1].split("]")[0]
        questions = [
            {
                "why": "The result is open.",
                "evidence": [f"c{utt}"],
                "text": "How did the rewritten scripts do afterwards?",
            },
            {"why": "It is open.", "evidence": [f"c{utt}"], "text": "Are you married?"},
        ]
        return 200, {}, completion(json.dumps({"questions": questions}))
    data = body["messages"][1]["content"]
    utt = data.split("[c")[1].split("]")[0]
    quote = data.split(f"[c{utt}] candidate: ")[1].split("\n")[0]
    answer = {
        "insufficient": None, "quotes": [{"utterance_id": f"c{utt}", "text": quote}], "rationale_ko": "말했다.",
        "rationale_en": "Told.", "level": 3.5,
    }  # fmt: skip
    return 200, {}, completion(json.dumps(answer, ensure_ascii=False))


@pytest.mark.anyio
async def test_a_judge_model_judges_finished_answers_and_its_questions_are_filtered() -> None:
    said = utterances(SESSIONS["en"], "en")
    with Endpoint(scripted) as endpoint:
        judge = JudgeSettings(
            kind="openai", base_url=endpoint.url, api_key="k", model="scripted", runs=3, timeout_s=5.0
        )
        feedback = LiveFeedback(context(judge=judge))
        news = await hold(feedback, said[:2])
        assert endpoint.requests == []  # the first answer is not over
        news += await hold(feedback, said[2:])
        calls = len(endpoint.requests)
        assert scores(news)["answer_quality"].value == pytest.approx(0.625)
        assert {e.text for e in news if isinstance(e, QuestionSuggested)} == {
            "How did the rewritten scripts do afterwards?"
        }
        card = await feedback.assessment()
        assert len(endpoint.requests) - calls == 4 * judge.runs
        assert card.judges[0].kind == "openai"
        await feedback.close()


@pytest.mark.anyio
async def test_a_judge_that_is_away_is_told_and_scores_nothing(caplog: pytest.LogCaptureFixture) -> None:
    said = utterances(SESSIONS["en"], "en")
    with Endpoint(fails(401, echo=True)) as endpoint, caplog.at_level(logging.INFO):
        judge = JudgeSettings(kind="openai", base_url=endpoint.url, api_key="k", model="scripted", timeout_s=5.0)
        feedback = LiveFeedback(context(judge=judge))
        news = await hold(feedback, said)
        card = await feedback.assessment()
        await feedback.close()
    assert [h.value for h in of_kind(news, "judge")] == ["failed"]
    assert card.total is None
    assert {c.reason.code for c in card.criteria if c.reason} == {"judge_failed"}
    assert "rewrote the scripts" not in caplog.text
