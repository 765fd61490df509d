"""The live card is made by the offline judges, rules and algebra, from a live transcript and live measurements."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.case import Case
from include.interview.errors import ConsentMissing, PolicyRefusal
from include.interview.live.conversation import Conversation
from include.interview.live.session import LiveVoice
from include.interview.records import Observation
from include.judgement.rules import RULES
from include.perception.fluency import measure_fluency
from include.settings import JudgeSettings, load_settings
from tasks.evaluation.judge_and_score import judge_case, score_case
from tasks.live.card import live_card, live_case, prosody_allowed, require_prosody
from tests.support.services.chat_completions import Endpoint, fails
from tests.support.spoken_sessions import SESSIONS, opening, utterances

pytestmark = pytest.mark.unit
SETTINGS = load_settings({"TRIVIEW_HOME": str(Path("/nonexistent"))})
ALL = frozenset({"recording", "ai_evaluation", "emotion_analysis"})


def case_of(
    language: str = "en", profile: str = "standard", *, voiced: bool = False, consents=ALL, times: int = 1
) -> Case:
    said = utterances(SESSIONS[language] * times, language)
    talk = Conversation(language, opening(language))
    for n, u in enumerate(said):
        voice = LiveVoice(150.0 + n % 3, 2.0, -26.0, 15.0) if voiced else None
        talk.add(msgspec.structs.replace(u, voice=voice))
    return live_case(
        "s-1", opening(language), load_profile(profile), load_rubric("practical", "1"), language, talk.transcript(),
        talk.marks(), talk.utterances("candidate"), consents,
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_card_is_that_of_the_offline_judges_over_the_same_case(language: str) -> None:
    case = case_of(language)
    live = live_card(case, SETTINGS)
    offline = score_case(case, judge_case(case, case.criteria, SETTINGS), inputs={"live": "s-1"})
    assert live == offline
    assert live.status == "complete"
    assert live.inputs == {"live": "s-1"}


def test_the_rules_get_the_fluency_they_need() -> None:
    case = case_of()
    fluency = case.channel("fluency")
    assert fluency == measure_fluency(case.transcript)
    for rule in RULES["answer_flow"]:
        measure = fluency.get(rule.measure)
        assert measure is not None
        assert measure.value is not None, rule.measure
    latency = fluency.get("response_latency_s")
    assert latency.value == pytest.approx(0.8, abs=0.05)  # the pause between turns of the spoken session
    card = live_card(case, SETTINGS)
    for name in ("emotion", "answer_flow"):
        line = next(c for c in card.criteria if c.criterion == name)
        assert {e.measure for e in line.evidence if isinstance(e, Observation)} >= {
            "response_latency_s", "long_pauses_per_min", "pause_share",
        }  # fmt: skip


def test_slow_answers_lower_the_flow_and_nothing_else() -> None:
    said = utterances(SESSIONS["en"], "en")
    shift = 0.0
    late = []
    for before, u in zip([None, *said], said, strict=False):
        if before is not None and before.role == "interviewer" and u.role == "candidate":
            shift += 5.0
        words = tuple(msgspec.structs.replace(w, start_s=w.start_s + shift, end_s=w.end_s + shift) for w in u.words)
        late.append(msgspec.structs.replace(u, start_s=u.start_s + shift, end_s=u.end_s + shift, words=words))
    cards = []
    for spoken in (said, late):
        talk = Conversation("en", opening("en"))
        for u in spoken:
            talk.add(u)
        case = live_case(
            "s-1",
            opening("en"),
            load_profile("standard"),
            load_rubric("practical", "1"),
            "en",
            talk.transcript(),
            (),
            (),
            ALL,
        )
        cards.append({c.criterion: c.score for c in live_card(case, SETTINGS).criteria})
    assert cards[1]["answer_flow"] < cards[0]["answer_flow"]
    assert cards[1]["answer_quality"] == cards[0]["answer_quality"]


def test_prosody_takes_part_against_the_own_first_minute_only_where_it_may() -> None:
    case = case_of(voiced=True, times=4)
    shift = case.channel("voice").get("f0_shift_semitones")
    assert shift.value == pytest.approx(0.0, abs=0.3)
    card = live_card(case, SETTINGS)
    emotion = next(c for c in card.criteria if c.criterion == "emotion")
    assert "f0_shift_semitones" in {e.measure for e in emotion.evidence if isinstance(e, Observation)}
    assert "loudness_db" not in {
        e.measure for line in card.criteria for e in line.evidence if isinstance(e, Observation)
    }
    for profile, consents in (("eu", ALL), ("text_only", ALL), ("standard", frozenset({"recording"}))):
        silent = case_of(profile=profile, voiced=True, consents=consents)
        assert silent.channel("voice") is None
        assert not prosody_allowed(load_profile(profile), consents, "practical")
    with pytest.raises(PolicyRefusal):
        require_prosody(load_profile("eu"), ALL, "practical")
    with pytest.raises(ConsentMissing):
        require_prosody(load_profile("kr"), frozenset(), "practical")


@pytest.mark.parametrize("profile", ["eu", "text_only"])
def test_without_emotion_the_rest_is_weighed_anew(profile: str) -> None:
    card = live_card(case_of(profile=profile), SETTINGS)
    assert [round(c.effective_weight, 1) for c in card.criteria] == [50.0, 37.5, 0.0, 12.5]
    assert card.status == "complete"


def test_an_endpoint_that_does_not_answer_leaves_an_incomplete_card_and_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("include.judgement.openai_wire.FIRST_WAIT_S", 0.0)
    failed: list[str] = []
    with Endpoint(fails(503)) as endpoint:
        judge = JudgeSettings(kind="openai", base_url=endpoint.url, api_key="k", model="m", timeout_s=5.0)
        settings = msgspec.structs.replace(SETTINGS, judge=judge)
        card = live_card(case_of(), settings, report=lambda criterion, _: failed.append(criterion))
        assert len(endpoint.requests) == 5
    assert failed == ["answer_quality"]
    assert card.status == "incomplete"
    assert {c.reason.code for c in card.criteria if c.reason} == {"judge_failed"}


def test_marks_of_a_few_clicks_do_not_join_the_answers_between_them() -> None:
    from include.interview.live.wire import QuestionActed

    said = utterances(SESSIONS["en"], "en")
    talk = Conversation("en", opening("en"))
    for u in said:
        talk.add(u)
    assert talk.marks() == ()
    click = round(said[9].start_s * 1000) + 500  # the interviewer clicks while the last answer has begun
    talk.apply(QuestionActed(id="cache", action="used", at_ms=click))
    marks = talk.marks({said[0].id: "introduction"})
    assert [m.question_id for m in marks] == ["introduction", said[3].id, said[6].id, "cache"]
    assert marks[-1].start_s == said[8].start_s
    case = live_case(
        "s-1", opening("en"), load_profile("standard"), load_rubric("practical", "1"), "en", talk.transcript(), marks
    )
    assert [len(a.utterances) for a in case.answers] == [2, 2, 1, 2]
    assert case.answers[0].question == "Tell me about yourself."


def test_a_click_before_the_question_belongs_to_it() -> None:
    from include.interview.live.wire import QuestionActed

    said = utterances(SESSIONS["en"], "en")
    talk = Conversation("en", opening("en"))
    for u in said:
        talk.add(u)
    talk.apply(QuestionActed(id="challenge", action="used", at_ms=round(said[3].start_s * 1000) - 300))
    assert [(m.question_id, m.start_s) for m in talk.marks()][1] == ("challenge", said[3].start_s)


def test_prosody_of_an_utterance_is_that_of_the_whole_recordings_measures() -> None:
    from include.interview.records import Transcript, Utterance
    from include.perception.speech import Waveform
    from include.perception.voice import measure_voice, prosody_tracks, utterance_voice
    from tests.support.speech_sounds import silence, tone

    slide = tone(np.geomspace(130.0, 170.0, 4 * 16_000), 4.0, 2_000)
    live = utterance_voice(slide)
    whole = measure_voice(
        prosody_tracks(Waveform(np.concatenate([silence(1.0), slide]))),
        Transcript("speech", "ko", 1.0, (Utterance("c1", "candidate", "candidate", "말", 1.0, 5.0),), 5.0),
    )
    assert live.f0_hz == pytest.approx(whole.get("f0_median_hz").value, rel=0.01)
    assert live.f0_sd_semitones == pytest.approx(whole.get("f0_sd_semitones").value, abs=0.15)
    assert live.intensity_db == pytest.approx(whole.get("loudness_db").value, abs=0.5)
    assert utterance_voice(np.zeros(0, np.int16)) == LiveVoice()
