"""The delivery step on a made voice: what differs is pointed at, what the profile or the person refuses is not done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.entities import ArtifactRef, MediaObject
from include.interview.media import MediaFacts
from include.interview.records import Measurements, Recording, Transcript, Utterance, Word
from include.interview.voice.records import DeliveryReview
from include.perception.speech import SAMPLE_RATE
from include.storage import Stores
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedInterview, PreparedRecording, SpeechOutput, load, save
from tasks.executive.voice import delivery
from tests.support.installation import CONSENT, Installation, installed

pytestmark = pytest.mark.slow

ANSWERS, ANSWER_S, SYLLABLE_S = 7, 30.0, 0.25
MOVED = 5
"""The answer in which the voice swings three times as far as in the others."""
TEXT = "그때는 걱정이 많았지만 결과가 정말 좋았습니다"


@dataclass(frozen=True)
class Held:
    installation: Installation
    speech: ArtifactRef

    def context(self, stores: Stores) -> StepContext:
        return self.installation.context(stores, self.speech.interview_id)


def sound() -> np.ndarray:
    """Seven answers of 30 s by one voice around 150 Hz; its intonation is the same but in one of them."""
    rng = np.random.default_rng(11)
    t = np.arange(round(ANSWERS * ANSWER_S * SAMPLE_RATE)) / SAMPLE_RATE
    knots = np.arange(0.0, ANSWERS * ANSWER_S + 1.0)
    slow = np.interp(t, knots, rng.normal(0, 1, len(knots)))
    inside = (t >= MOVED * ANSWER_S) & (t < (MOVED + 1) * ANSWER_S)
    semitones = slow * np.where(inside, 4.0, 1.0)
    phase = 2 * np.pi * np.cumsum(150.0 * 2 ** (semitones / 12)) / SAMPLE_RATE
    loud = 0.2 + 0.8 * np.abs(np.sin(np.pi * t / SYLLABLE_S))
    return (4_000 * loud * sum(np.sin(k * phase) / k for k in range(1, 6))).astype("<i2")


def transcript() -> Transcript:
    rng = np.random.default_rng(12)
    said = []
    for n in range(ANSWERS):
        start = n * ANSWER_S
        said.append(Utterance(f"q{n}", "S0", "interviewer", "왜 그랬나요?", start, start + 1.0))
        texts = TEXT.split() * 20
        at, words = start + 1.5 + 0.1 * n, []
        for text in texts:
            length = SYLLABLE_S * len(text) * float(rng.uniform(0.8, 1.2))
            if at + length > start + ANSWER_S - 0.5:
                break
            words.append(Word(text, at, at + length, 0.9))
            at += length + float(rng.choice([0.05, 0.4]))
        text = " ".join(w.text for w in words)
        said.append(Utterance(f"a{n}", "S1", "candidate", text, words[0].start_s, words[-1].end_s, tuple(words)))
    return Transcript("speech", "ko", 1.0, tuple(said), duration_s=ANSWERS * ANSWER_S)


def hold(home: Path, profile: str = "standard", consents: tuple[str, ...] | None = None) -> Held:
    """An executive interview up to its `speech` step, in an installation of its own."""
    made = installed(home)
    with made.stores() as stores:
        opening = general_opening()
        stores.openings.put(opening)
        candidate = stores.candidates.create("Quill")
        application = stores.applications.ensure(candidate.id, opening.id)
        interview = stores.interviews.create(application, "executive", profile, "ko")
        stores.consents.grant(candidate.id, interview.id, consents or load_profile(profile).purposes, CONSENT)
        context = made.context(stores, interview.id)
        audio = stores.artifacts.run_file(
            interview.id, "audio", ["t"], lambda path: path.write_bytes(sound().tobytes())
        )
        seconds = ANSWERS * ANSWER_S
        one = PreparedRecording(
            Recording("m1", 0, 0.0, seconds),
            MediaObject("m1", interview.id, "audio", "0" * 64, 1),
            MediaFacts("wav", 1, 1, seconds, 0.0, "container", None, None),
            audio,
            track="candidate",
        )
        media = save(context, "assemble", [], lambda: PreparedInterview((one,), ()))
        speech = save(
            context, "speech", [media], lambda: SpeechOutput(media, transcript(), Measurements("fluency", 1.0), ())
        )
    return Held(made, speech)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    return hold(tmp_path_factory.mktemp("delivery") / "home")


def test_the_answer_whose_intonation_differs_is_pointed_at(held: Held) -> None:
    with held.installation.stores() as stores:
        ref = delivery(held.context(stores), held.speech)
        assert delivery(held.context(stores), held.speech) == ref
        found = load(stores, ref, DeliveryReview)
    assert found.voice is not None
    assert found.voice.reason is None
    places = [(p.answer_id, p.direction) for p in found.voice.pointers if p.measure == "f0_range"]
    assert places == [(f"a{MOVED}", "higher")]
    (pointer,) = [p for p in found.voice.pointers if p.measure == "f0_range"]
    assert MOVED * ANSWER_S <= pointer.start_s < pointer.end_s <= (MOVED + 1) * ANSWER_S
    others = [p for p in found.voice.pointers if p.answer_id != f"a{MOVED}"]
    assert len(others) <= 1
    assert [round(a.latency_s or 0.0, 1) for a in found.voice.answers] == [0.5 + 0.1 * n for n in range(ANSWERS)]
    assert sum(s.share for s in found.voice.talk) == pytest.approx(1.0, abs=1e-3)


def test_the_tone_of_the_words_stands_beside_the_voice(held: Held) -> None:
    with held.installation.stores() as stores:
        found = load(stores, delivery(held.context(stores), held.speech), DeliveryReview)
    assert found.tone is not None
    assert found.voice is not None
    assert [t.answer_id for t in found.tone] == [a.answer_id for a in found.voice.answers]
    assert all(t.counts["favourable"] and t.counts["tense"] and not t.counts["unfavourable"] for t in found.tone)
    assert {a.distance is None for a in found.voice.answers[MOVED:]} == {False}


@pytest.mark.parametrize("profile", ["eu", "text_only"])
def test_a_profile_that_refuses_gets_nothing_and_the_audit_chain_says_so(profile: str, tmp_path: Path) -> None:
    refusing = hold(tmp_path / "home", profile)
    with refusing.installation.stores() as stores:
        found = load(stores, delivery(refusing.context(stores), refusing.speech), DeliveryReview)
        entries = [e for e in stores.audit.entries() if e.action == "policy.refused"]
    assert (found.voice, found.tone, found.refused) == (None, None, ("voice", "tone"))
    assert [msgspec.json.decode(e.detail)["channel"] for e in entries] == ["voice", "tone"]


def test_without_consent_nothing_is_described(tmp_path: Path) -> None:
    silent = hold(tmp_path / "home", consents=("recording", "ai_evaluation"))
    with silent.installation.stores() as stores:
        found = load(stores, delivery(silent.context(stores), silent.speech), DeliveryReview)
    assert (found.voice, found.tone, found.refused) == (None, None, ("voice", "tone"))
