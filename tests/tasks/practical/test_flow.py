"""The offline evaluation of a live interview on real sound: two channels, two sockets, one room."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import jiwer
import numpy as np
import pytest

from cli.demo.live_audio import build_demo_session
from cli.demo.video import SCRIPT
from include.interview.errors import BadInput, ConsentMissing, NotFound
from include.interview.live.comparison import CardComparison
from include.interview.live.session import LiveRecord
from include.interview.records import QuestionMark, Transcript
from include.settings import PROJECT_ROOT
from include.storage import Stores
from tasks.ai import perceive
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import (
    ComparedTranscripts,
    PreparedCase,
    PreparedInterview,
    ScoredInterview,
    SpeechOutput,
    VoiceOutput,
    load,
)
from tasks.evaluation.publish import draft, stored_reports
from tasks.live.handover import hand_over
from tasks.live.in_process import LiveRun, evaluate_session, publish_session
from tasks.live.results import live_result
from tasks.practical import flow as steps
from tests.support.expected_skips import NO_SHARED_MEDIA
from tests.support.hearing import SYNTHETIC_WER, plain, word_error_rate
from tests.support.installation import NAME, Installation, installed
from tests.support.interview_clips import SHORT_ANSWER, speak
from tests.support.recorded_sessions import (
    NOTE,
    open_session,
    record_of,
    said,
    sender,
    transcript_of,
    two_channel_session,
)

pytestmark = [pytest.mark.models, pytest.mark.hears]

TWO_PEOPLE = PROJECT_ROOT.parent / "shared" / "media" / "en" / "two_speakers_katie_steve.wav"
TEXTS = [(one.question, one.answer) for one in SCRIPT["en"]]


@dataclass(frozen=True)
class Evaluated:
    """An installation with one finished session and its offline evaluation."""

    installation: Installation
    record: LiveRecord
    run: LiveRun

    @property
    def id(self) -> str:
        return self.record.session.id

    def context(self, stores: Stores, interview_id: str = "") -> StepContext:
        return self.installation.context(stores, interview_id or self.id)

    def copied(self, home: Path) -> Evaluated:
        return Evaluated(self.installation.copied(home), self.record, self.run)


@pytest.fixture(scope="module")
def session_wav(weights: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    speak(tmp_path_factory.mktemp("probe") / "probe.wav", "ready")  # skips where espeak-ng is missing
    return build_demo_session(tmp_path_factory.mktemp("session"))


@pytest.fixture(scope="module")
def evaluated(session_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    made = installed(tmp_path_factory.mktemp("practical") / "home")
    with made.stores() as stores:
        record = two_channel_session(stores, made.settings, session_wav, TEXTS)
        return Evaluated(made, record, evaluate_session(made.context(stores, record.session.id)))


@pytest.fixture
def own(evaluated: Evaluated, tmp_path: Path) -> Evaluated:
    return evaluated.copied(tmp_path / "home")


def transcript(stores: Stores, run: LiveRun) -> Transcript:
    return load(stores, run.speech, SpeechOutput).transcript


def test_everybodys_words_are_their_own_without_telling_voices_apart(evaluated: Evaluated) -> None:
    with evaluated.installation.stores() as stores:
        heard = transcript(stores, evaluated.run)
        prepared = load(stores, evaluated.run.media, PreparedInterview)
    assert [one.track for one in prepared.recordings] == ["interviewer", "candidate"]
    assert {(u.id[0], u.speaker, u.role) for u in heard.utterances} == {
        ("i", "interviewer", "interviewer"), ("c", "candidate", "candidate"),
    }  # fmt: skip
    asked = [u for u in heard.utterances if u.role == "interviewer"]
    assert len(asked) == len(TEXTS)
    for u, (question, _) in zip(asked, TEXTS, strict=True):
        assert word_error_rate(question, u.text) <= SYNTHETIC_WER
    assert [u.start_s for u in heard.utterances] == sorted(u.start_s or 0.0 for u in heard.utterances)
    assert "VBx" not in heard.engine
    assert {flag.code for flag in heard.flags} <= {"heard_twice"}, "a second look at a window is no fault of anybody"


def test_the_live_card_stays_beside_the_offline_card(own: Evaluated) -> None:
    with own.installation.stores() as stores:
        assert live_result(stores, own.id).state == "processing"
        first = publish_session(own.context(stores), own.run)
        assert publish_session(own.context(stores), own.run) == first
        found = live_result(stores, own.id)
        assert len(stores.scorecards.list(interview_id=own.id)) == 1
        offline = load(stores, own.run.card, ScoredInterview).card
        reports = stored_reports(stores, own.id)
        heard_offline = transcript(stores, own.run)
        assert stores.audit.verify().intact
    assert (found.state, found.live, found.offline) == ("published", own.record.card, offline)
    assert (offline.stage, offline.status) == ("practical", "complete")
    assert set(offline.inputs) == {"audio[0]", "live"}
    assert isinstance(found.comparison, CardComparison)
    heard = found.comparison.transcript
    assert heard is not None
    assert heard.wer is not None
    assert heard.wer <= SYNTHETIC_WER, "a synthetic voice is understood, but for some words"
    both = [[" ".join(u.text for u in one.utterances if u.role == role) for role in ("interviewer", "candidate")]
            for one in (heard_offline, own.record.transcript)]  # fmt: skip
    counted = jiwer.wer([plain(text) for text in both[0]], [plain(text) for text in both[1]])
    assert heard.wer == pytest.approx(counted, abs=0.02), "counted by another program, which splits words elsewhere"
    assert heard.cer is not None
    assert (heard.cer == 0.0) == (heard.wer == 0.0)
    assert heard.relabelled == ()
    assert [gap.cause for gap in found.comparison.gaps] == ["client"]
    assert found.comparison.difference == pytest.approx((offline.total or 0) - (own.record.card.total or 0))
    for name in ("report.ko.html", "report.en.html"):
        page = reports[name].decode()
        assert NAME in page
        assert NOTE not in page, "the interviewer's notes are not the candidate's report"
        assert 'id="beside-h"' in page
    spoken = (*heard_offline.utterances, *own.record.transcript.utterances)
    words = [u.text.encode() for u in spoken if u.role == "candidate"]  # the questions are the opening's own
    assert own.installation.holding(NAME.encode(), NOTE.encode(), *words) == [], "nothing lies in the clear"


def test_finished_steps_are_not_run_again(own: Evaluated) -> None:
    with own.installation.stores() as stores:
        before = stores.artifacts.list(own.id)
        again = evaluate_session(own.context(stores))
        assert stores.artifacts.list(own.id) == before
    assert (again.card, again.compared) == (own.run.card, own.run.compared)
    assert again.seconds["whole"] < 3.0


def test_a_card_under_review_can_be_looked_at(own: Evaluated) -> None:
    with own.installation.stores() as stores:
        stores.interviews.set_status(own.id, "review")
        card, reports = draft(stores, own.id, "not published")
        assert live_result(stores, own.id).state == "review"
    assert card.stage == "practical"
    assert b'id="beside-h"' in reports["report.en.html"]


def test_only_the_candidates_voice_is_measured_and_only_where_policy_allows(own: Evaluated, session_wav: Path) -> None:
    with own.installation.stores() as stores:
        asks, answers = load(stores, own.run.voice, VoiceOutput).tracks
        case = load(stores, own.run.case, PreparedCase).case
        assert asks is None
        assert answers is not None
        voiced = case.channel("voice")
        assert voiced is not None
        assert (voiced.get("f0_median_hz") or pytest.fail("no pitch")).value
        for profile in ("eu", "text_only"):
            record = two_channel_session(stores, own.installation.settings, session_wav, TEXTS, profile=profile)
            context = own.context(stores, record.session.id)
            refused = steps.voice(context, steps.assemble(context))
            assert load(stores, refused, VoiceOutput).tracks == (None, None)
            entries = stores.audit.entries(f"interview:{record.session.id}")
            assert [e.action for e in entries].count("policy.refused") == 1


def test_a_session_that_was_not_handed_over_fails_at_once(own: Evaluated) -> None:
    settings = own.installation.settings
    with own.installation.stores() as stores:
        session = open_session(stores)
        with pytest.raises(BadInput) as refusal:
            steps.assemble(own.context(stores, session.id))
        assert refusal.value.code == "not_handed_over"
        assert live_result(stores, session.id).state == "failed"
        hand_over(stores, record_of(session, own.record.transcript, settings), [])
        with pytest.raises(BadInput) as refusal:
            steps.assemble(own.context(stores, session.id))
        assert refusal.value.code == "no_recording"


def test_each_flow_takes_its_own_stage_only(own: Evaluated, tmp_path: Path) -> None:
    other = own.installation.hand_in([speak(tmp_path / "answer.wav", "We finished in time.")])
    with other.stores() as stores:
        with pytest.raises(NotFound, match="practical"):
            perceive.validate(own.context(stores))
        with pytest.raises(NotFound, match="of stage ai"):
            steps.assemble(other.context(stores))
        with pytest.raises(NotFound):
            live_result(stores, other.interview_id)


def test_withdrawn_consent_stops_it(own: Evaluated) -> None:
    with own.installation.stores() as stores:
        for consent in stores.consents.list(own.record.session.candidate_id):
            stores.consents.withdraw(consent.id)
        with pytest.raises(ConsentMissing):
            publish_session(own.context(stores), own.run)
        with pytest.raises(ConsentMissing):
            live_result(stores, own.id)


def sixteen_k(path: Path) -> Path:
    """A mono recording of espeak-ng (22.05 kHz) at the rate of live sessions."""
    from scipy.signal import resample_poly

    with wave.open(str(path)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float)
    made = path.with_name(f"16k-{path.name}")
    with wave.open(str(made), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        sound.writeframes(np.round(resample_poly(samples, 320, 441)).clip(-32768, 32767).astype("<i2").tobytes())
    return made


def test_two_sockets_lie_on_one_clock_and_questions_are_marked(own: Evaluated, tmp_path: Path) -> None:
    question = "How did you find the mistake in the program?"
    asks = sixteen_k(speak(tmp_path / "asks.wav", question, "en-us+f3", 150))
    tells = sixteen_k(speak(tmp_path / "tells.wav", f"I measured every part. {SHORT_ANSWER}"))
    settings = own.installation.settings
    with own.installation.stores() as stores:
        session = open_session(stores, microphones="separate")
        live = transcript_of([said("candidate", "candidate", "I measured every part.", 6.1, 9.0)], 10.0)
        record = record_of(session, live, settings, marks=(QuestionMark("follow-up-1", 0.5),))
        audio = [sender(asks, ("interviewer",)), sender(tells, ("candidate",), "candidate", start_s=6.0)]
        hand_over(stores, record, audio)
        context = own.context(stores, session.id)
        media = steps.assemble(context)
        spoken = steps.speech(context, media)
        found = steps.case(context, spoken, steps.voice(context, media))
        case = load(stores, found, PreparedCase).case
    assert [role for role, _ in groupby(u.role for u in case.transcript.utterances)] == ["interviewer", "candidate"]
    first = next(u for u in case.transcript.utterances if u.role == "candidate")
    assert (first.start_s or 0.0) == pytest.approx(6.1, abs=0.3)
    (answer,) = case.answers
    assert answer.question_id == "follow-up-1"
    assert word_error_rate(question, answer.question or "") <= SYNTHETIC_WER
    voiced = case.channel("voice")
    assert voiced is not None
    assert (voiced.get("f0_median_hz") or pytest.fail("no pitch")).value, "measured where the words are"


@pytest.mark.slow
def test_one_room_microphone_is_told_apart_and_named_as_the_interviewer_named_it(own: Evaluated) -> None:
    if not TWO_PEOPLE.is_file():
        pytest.skip(f"{NO_SHARED_MEDIA}: {TWO_PEOPLE.name}")
    # Offline, who asks is taken for the interviewer; the interviewer had said live that this voice is the candidate.
    live = [
        said("room", "candidate", "Good morning, Steve.", 1.0, 1.7, speaker="S1"),
        said("room", "interviewer", "Good morning, Katie.", 2.6, 3.1, speaker="S2"),
        said("room", "candidate", "Have you heard about the new transcription?", 4.0, 7.0, speaker="S1"),
        said("room", "interviewer", "No, tell me more.", 8.0, 8.7, speaker="S2"),
        said("room", "candidate", "It lets us know who said what.", 9.5, 14.4, speaker="S1"),
        said("room", "interviewer", "I am going to give this a try.", 15.2, 17.4, speaker="S2"),
    ]
    settings = own.installation.settings
    with own.installation.stores() as stores:
        session = open_session(stores)
        corrected = tuple(u.id for u in live if u.speaker == "S1")
        record = record_of(session, transcript_of(live, 19.0), settings, corrected=corrected)
        hand_over(stores, record, [sender(TWO_PEOPLE, ("room",))])
        run = evaluate_session(own.context(stores, session.id))
        heard = transcript(stores, run)
        compared = load(stores, run.compared, ComparedTranscripts).transcript
    assert "VBx" in heard.engine
    assert {u.id[0] for u in heard.utterances} == {"r"}
    assert [r for r, _ in groupby(u.role for u in heard.utterances)] == ["candidate", "interviewer"] * 3
    assert compared.relabelled == ()
    assert compared.corrected == 3
    assert compared.wer is not None
    assert 0.2 < compared.wer < 0.8, "the session's record above leaves words out"
