"""The offline evaluation of an executive interview on real sound: four criteria from words, each profile's rules."""

from __future__ import annotations

import wave
from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy.signal import resample_poly

from include.interview.assessment.openings import general_opening
from include.interview.errors import NotFound
from include.interview.live.session import LiveRecord
from include.interview.stages import flow_of
from include.perception.speech.diarization import VoiceCount
from include.storage import Stores
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, SpeechOutput, VoiceOutput, load
from tasks.evaluation.publish import review_needed, stored_reports
from tasks.executive import flow as steps
from tasks.live.hearing import voices_of
from tasks.live.in_process import LiveRun, evaluate_session, publish_session
from tasks.live.results import live_result
from tasks.practical import flow as practical
from tests.support.hearing import SYNTHETIC_WER, word_error_rate
from tests.support.installation import Installation, installed
from tests.support.interview_clips import ANSWER, speak
from tests.support.recorded_sessions import open_session, record_of, said, transcript_of, two_channel_session

pytestmark = [pytest.mark.models, pytest.mark.hears]
QUESTION = "Tell me about a time when you led others."
CRITERIA = ["leadership", "strategic_thinking", "experience", "culture_fit"]
RATE = 16_000
Evaluated = tuple[Installation, LiveRecord, LiveRun]


def spoken(path: Path, text: str) -> np.ndarray:
    """int16 of a synthetic voice at 16 kHz."""
    with wave.open(str(speak(path, text, words_per_minute=190))) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float)
    return np.round(resample_poly(samples, 320, 441)).clip(-32768, 32767).astype(np.int16)


@pytest.fixture(scope="module")
def recording(weights: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One question and one answer, each on its own channel."""
    folder = tmp_path_factory.mktemp("executive")
    asked, answered = spoken(folder / "asked.wav", QUESTION), spoken(folder / "answered.wav", ANSWER)
    frames = np.zeros((RATE // 2 + len(asked) + RATE + len(answered) + RATE, 2), np.int16)
    frames[RATE // 2 : RATE // 2 + len(asked), 0] = asked
    start = RATE // 2 + len(asked) + RATE
    frames[start : start + len(answered), 1] = answered
    path = folder / "session.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((2, 2, RATE, 0, "NONE", "not compressed"))
        sound.writeframes(frames.astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def evaluated(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    made = installed(tmp_path_factory.mktemp("executive") / "home")
    with made.stores() as stores:
        record = two_channel_session(stores, made.settings, recording, [(QUESTION, ANSWER)], stage="executive")
        return made, record, evaluate_session(made.context(stores, record.session.id))


def handed_over(stores: Stores, made: Installation, recording: Path, profile: str) -> LiveRecord:
    return two_channel_session(
        stores, made.settings, recording, [(QUESTION, ANSWER)], stage="executive", profile=profile
    )


def test_an_interview_becomes_a_published_card_of_four_criteria_from_words(evaluated: Evaluated) -> None:
    made, record, run = evaluated
    session_id = record.session.id
    with made.stores() as stores:
        context = made.context(stores, session_id)
        heard = load(stores, run.speech, SpeechOutput).transcript
        assert review_needed(context, run.card) == ()
        publish_session(context, run)
        found = live_result(stores, session_id)
        reports = stored_reports(stores, session_id)
        assert stores.audit.verify().intact
    answer = " ".join(u.text for u in heard.utterances if u.role == "candidate")
    assert word_error_rate(ANSWER, answer) <= SYNTHETIC_WER
    card = found.offline
    assert card is not None
    assert (found.state, card.stage, card.status, card.rubric_version) == ("published", "executive", "complete", "2")
    assert [(line.criterion, line.effective_weight) for line in card.criteria] == [(c, 25.0) for c in CRITERIA]
    for line in card.criteria:
        assert line.evidence, line.criterion
        assert all(hasattr(quote, "utterance_id") for quote in line.evidence), "words only"
    assert found.live == record.card
    assert found.comparison is not None
    assert {"report.ko.html", "report.en.html"} <= set(reports)
    assert "judge_observed" not in run.seconds
    assert "judge_words" in run.seconds


def test_without_written_values_culture_is_not_judged(evaluated: Evaluated, tmp_path: Path) -> None:
    made, record, run = evaluated
    made = made.copied(tmp_path / "home")
    with made.stores() as stores:
        context = made.context(stores, record.session.id)
        stores.openings.put(msgspec.structs.replace(general_opening(), values=()))
        case = steps.case(context, run.speech, run.voice)
        judged = [steps.judge(context, case, group) for group in flow_of("executive").judge_groups]
        score = steps.score(context, case, judged)
        card = load(stores, score, ScoredInterview).card
        assert review_needed(context, score) == ("no_values",)
    line = next(line for line in card.criteria if line.criterion == "culture_fit")
    assert (line.status, line.level, line.reason and line.reason.code) == ("insufficient", None, "no_values")
    assert (card.status, card.total, card.missing) == ("incomplete", None, ("culture_fit",))
    assert [one.status for one in card.criteria if one is not line] == ["scored"] * 3


@pytest.mark.parametrize("profile", ["standard", "kr", "eu", "text_only"])
def test_a_voice_is_measured_to_be_described_only_where_the_profile_allows(
    evaluated: Evaluated, recording: Path, tmp_path: Path, profile: str
) -> None:
    made, _, run = evaluated
    measured = profile in ("standard", "kr")
    made = made.copied(tmp_path / "home")
    with made.stores() as stores:
        if profile == "standard":
            voiced = load(stores, run.voice, VoiceOutput)
            case = load(stores, run.case, PreparedCase).case
            assert case.channel("voice") is not None
        else:
            session = handed_over(stores, made, recording, profile).session
            context = made.context(stores, session.id)
            voiced = load(stores, steps.voice(context, steps.assemble(context)), VoiceOutput)
            refused = [e for e in stores.audit.entries(f"interview:{session.id}") if e.action == "policy.refused"]
            assert bool(refused) != measured
    assert [track is not None for track in voiced.tracks] == [False, measured], "and never the interviewers'"


def test_each_flow_takes_its_own_stage_only(evaluated: Evaluated) -> None:
    made, record, _ = evaluated
    with made.stores() as stores, pytest.raises(NotFound, match="of stage executive"):
        practical.assemble(made.context(stores, record.session.id))


def test_how_many_voices_a_room_has_is_what_the_session_was_sure_of(evaluated: Evaluated, tmp_path: Path) -> None:
    made = evaluated[0].copied(tmp_path / "home")
    with made.stores() as stores:
        session = msgspec.structs.replace(open_session(stores, stage="executive"), panel=("account-2", "account-3"))
        lines = [
            said("room", "unknown", "word " * 12, 10.0 * n, 10.0 * n + (6.0 if n < 5 else 1.0), speaker=f"S{n + 1}")
            for n in range(6)
        ]
        record = record_of(session, transcript_of(lines, 60.0), made.settings)
    assert voices_of(record) == VoiceCount(least=4, most=6), "five were sure, four people were there"
    fewer = msgspec.structs.replace(record, transcript=transcript_of(lines[:2], 60.0))
    assert voices_of(fewer) == VoiceCount(least=2, most=6)
    nobody = msgspec.structs.replace(record, transcript=transcript_of([], 60.0))
    assert voices_of(nobody) == VoiceCount(least=None, most=6)
    old = msgspec.structs.replace(record, session=msgspec.structs.replace(session, stage="practical"))
    assert voices_of(old) is None
