"""The detector and the endpointer as one stream, over real sound, without the recogniser."""

from __future__ import annotations

import time

import numpy as np
import pytest

from include.interview.errors import BadInput
from include.perception.streaming.endpointing import EndpointRules
from include.perception.streaming.events import TrackState
from include.perception.streaming.track_audio import SpeechEnded, SpeechStarted, Stretch, TrackAudio
from tests.support.noise_and_music import hum, keyboard, music, noise
from tests.support.speech_sounds import spoken

pytestmark = pytest.mark.models

RATE = 16_000
RULES = EndpointRules()


@pytest.fixture(scope="module")
def session():
    from faster_whisper.vad import get_vad_model

    return get_vad_model().session


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    sentences = (
        "I led a small team.",
        "Well, it was hard at first, but we found a way.",
        "Yes.",
        "We finished in May.",
    )
    parts = [np.zeros(RATE // 2, np.int16)]
    for n, sentence in enumerate(sentences):
        parts += [spoken(sentence), np.zeros(round((0.3 + 0.4 * n) * RATE), np.int16)]
    return np.concatenate([*parts, np.zeros(RATE, np.int16)])


def stretches(stream: TrackAudio, pcm: np.ndarray, at: int, random: np.random.Generator | None = None) -> list[Stretch]:
    found = []
    while at < len(pcm):
        size = 800 if random is None else int(random.integers(1, 9_000))
        stream.accept(at, pcm[at : at + size])
        at = min(len(pcm), at + size)
        while stream.ready:
            found += [s.stretch for s in stream.advance() if isinstance(s, SpeechEnded)]
    return found


def facts(found: list[Stretch]) -> list[tuple]:
    return [(s.start, s.end, s.sound_from, s.probabilities, s.pcm.tobytes()) for s in found]


def test_the_same_utterances_however_the_sound_arrives(session, speech: np.ndarray) -> None:
    whole = facts(stretches(TrackAudio(session, RULES), speech, 0))
    assert len(whole) >= 3
    for seed in range(5):
        random = np.random.default_rng(seed)
        assert facts(stretches(TrackAudio(session, RULES), speech, 0, random)) == whole


def test_a_state_at_any_moment_continues_to_the_same_utterances(session, speech: np.ndarray) -> None:
    whole = facts(stretches(TrackAudio(session, RULES), speech, 0))
    random = np.random.default_rng(5)
    for at in random.integers(1, len(speech), 30):
        first = TrackAudio(session, RULES)
        before = facts(stretches(first, speech[:at], 0, random))
        state = first.state()
        assert len(state.blob) < 4_000
        second = TrackAudio(session, RULES, TrackState(state.next_sample, state.blob))
        assert before + facts(stretches(second, speech, state.next_sample, random)) == whole


def test_a_gap_ends_what_is_said_and_the_stream_goes_on_after_it(session, speech: np.ndarray) -> None:
    stream = TrackAudio(session, RULES)
    half = RATE * 2
    before = stretches(stream, speech[:half], 0)
    before += [s.stretch for s in stream.gap(half + 50_000) if isinstance(s, SpeechEnded)]
    assert before
    assert before[-1].end <= half
    later = np.concatenate([np.zeros(half + 50_000, np.int16), speech])
    after = stretches(stream, later, half + 50_000)
    assert after
    assert all(s.sound_from >= half + 50_000 for s in after)


def test_an_undeclared_hole_is_refused(session) -> None:
    stream = TrackAudio(session, RULES)
    stream.accept(1_000, np.zeros(800, np.int16))
    stream.accept(1_400, np.zeros(800, np.int16))
    assert stream.position == 2_200
    with pytest.raises(BadInput) as refused:
        stream.accept(2_201, np.zeros(800, np.int16))
    assert refused.value.code == "audio_hole"


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("silence", np.zeros(RATE * 60, np.int16)),
        ("white", noise(20, 0.0)),
        ("faint", noise(20, 0.0, -50.0)),
        ("pink", noise(20, 0.5)),
        ("brown", noise(20, 1.0)),
        ("hum", hum(20)),
        ("keyboard", keyboard(20)),
        ("music", music(20)),
        ("vibrato", music(20, 0.006)),
    ],
)
def test_noise_is_no_voice_and_costs_little(session, name: str, sound: np.ndarray) -> None:
    stream = TrackAudio(session, RULES)
    begun = time.thread_time()
    signals = []
    for at in range(0, len(sound), 1_600):
        stream.accept(at, sound[at : at + 1_600])
        while stream.ready:
            signals += stream.advance()
    assert time.thread_time() - begun < 0.02 * len(sound) / RATE
    assert not [s for s in signals if isinstance(s, SpeechStarted)]
    assert len(stream.open_sound()) < RATE
    assert stream.position - stream.state().next_sample < RATE
