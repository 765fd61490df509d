"""Streaming speech with the real models on real recordings; on machines without them, on espeak-ng's voice."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
import time

import jiwer
import numpy as np
import pytest

from include.interview.errors import BadInput, ServiceFailure
from include.perception.speech import SpeechModels, Waveform, packing, transcriber, vad
from include.settings import load_settings
from live_gateway.speech.engine import SpeechEngine
from live_gateway.speech.events import Discarded, Ended, Final, Partial, Speaker, Started
from live_gateway.speech.options import SpeechOptions
from tests.include.perception.speech.sounds import media, recording, spoken
from tests.live_gateway.speech.conftest import made
from tests.live_gateway.speech.listener import RATE, Listener, hear, surrounded
from tests.live_gateway.speech.sounds import noise

pytestmark = [pytest.mark.models, pytest.mark.anyio]

PAIR = (
    "Good morning Steve. Good morning Katie. Have you heard about the new conversation transcription capability? "
    "No, tell me more. It's the new feature that transcribes our discussion and lets us know who said what. "
    "That sounds interesting. I'm going to give this a try."
)
JFK = "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country."
FURTHER = 0.02
"""How many more errors than the offline pass are allowed."""


def plain(text: str, language: str) -> str:
    words = re.sub(r"[^\w\s]", " ", text.lower().replace("gonna", "going to")).split()
    return " ".join(words) if language == "en" else " ".join("".join(words))


def offline_text(waveform: Waveform, models: SpeechModels, language: str) -> str:
    """The offline pass without its diarization."""
    probabilities = vad.speech_probabilities(waveform, models.vad)
    windows = packing.pack(vad.speech_intervals(probabilities), probabilities, len(waveform.samples))
    return " ".join(w.text for heard in transcriber.recognise(waveform, windows, models, language) for w in heard.words)


def korean(name: str) -> str:
    lines = media("README.md").read_text(encoding="utf-8").splitlines()
    return next(line.split(": ", 1)[1] for line in lines if line.startswith(f"{name}: "))


@pytest.fixture(scope="module")
def exchange() -> np.ndarray:
    """Two voices of espeak-ng with pauses between: runs anywhere."""
    pause = np.zeros(round(0.9 * RATE), np.int16)
    parts: list[np.ndarray] = []
    for n, text in enumerate(("I led a team of five people.", "We had many problems.", "But the customer was happy.")):
        parts += [spoken(text, "en-us" if n % 2 else "en-gb"), pause]
    return surrounded(np.concatenate(parts))


async def test_as_right_as_the_offline_pass(engine: SpeechEngine) -> None:
    names = ("jfk.flac", "en/two_speakers_katie_steve.wav", "ko/train_audio1.wav", "ko/train_audio2.wav")
    references, live, offline = [], [], []
    models = SpeechModels(load_settings().models_dir, 2)
    for name in names:
        sound = surrounded(recording(media(name)).samples)
        language = "ko" if name.startswith("ko") else "en"
        reference = {"jfk.flac": JFK, names[1]: PAIR}.get(name) or korean(name)
        heard = await hear(engine, language, sound)
        references.append(plain(reference, language))
        live.append(plain(heard.text, language))
        offline.append(plain(offline_text(Waveform(sound), models, language), language))
        for final in heard.of(Final):
            assert final.words
            assert 0.3 < final.confidence <= 1.0
            assert all(a.end_s <= b.start_s for a, b in zip(final.words, final.words[1:], strict=False))
            assert final.start_ms / 1000 - 0.4 <= final.words[0].start_s
            assert final.words[-1].end_s <= final.end_ms / 1000 + 0.4
    print("error rates: live", jiwer.wer(references, live), "offline", jiwer.wer(references, offline))  # noqa: T201
    assert jiwer.wer(references, live) <= jiwer.wer(references, offline) + FURTHER


async def test_events_come_in_order_and_ids_tell_the_start(engine: SpeechEngine, exchange: np.ndarray) -> None:
    heard = await hear(engine, "en", exchange, track="interviewer")
    finals = heard.of(Final)
    assert len(finals) == 3
    assert [f.utt for f in finals] == [f"i{f.start_ms}" for f in finals]
    for final in finals:
        story = [type(e) for e in heard.events if getattr(e, "utt", None) == final.utt]
        assert story == [Started, Ended, Final]
        assert len(final.pcm) / RATE * 1000 >= final.end_ms - final.start_ms
        assert final.pcm_start_ms <= final.start_ms
    states = [f.resume.next_sample for f in finals]
    assert states == sorted(states)


async def test_another_process_continues_with_the_same_finals(engine: SpeechEngine, exchange: np.ndarray) -> None:
    whole = (await hear(engine, "en", exchange)).of(Final)
    random = np.random.default_rng(3)
    for k, final in enumerate(whole[:-1]):
        rest = await hear(engine, "en", exchange, sizes=random.integers(1, 5_000, 9).tolist(), resume=final.resume)
        assert [(f.utt, f.text, f.words) for f in rest.of(Final)] == [(f.utt, f.text, f.words) for f in whole[k + 1 :]]


async def test_words_do_not_depend_on_who_else_speaks(engine: SpeechEngine, exchange: np.ndarray) -> None:
    alone = (await hear(engine, "en", exchange)).of(Final)
    crowd = await asyncio.gather(*(hear(engine, "en", exchange) for _ in range(4)))
    for heard in crowd:
        assert [f.text for f in heard.of(Final)] == [f.text for f in alone]


async def test_a_hallucination_over_noise_is_not_shown(engine: SpeechEngine) -> None:
    from live_gateway.speech.credibility import Voice
    from live_gateway.speech.recogniser import Recogniser

    recogniser = Recogniser(SpeechModels(load_settings().models_dir, 1).whisper)
    for language in ("ko", "en"):
        for slope in (0.0, 0.5, 1.0):
            sound = noise(3.0, slope).astype(np.float32) / 32_768
            encoded = recogniser.encode(sound)
            (hypothesis,) = recogniser.decode([encoded], [sound], language, 5)
            assert not recogniser.judge(encoded, sound, hypothesis, Voice(2.5, 0.75), language).words


async def test_finalize_ends_a_sentence_in_the_middle(engine: SpeechEngine) -> None:
    listener = Listener()
    session = engine.open("en", ["candidate"], listener)
    sound = spoken("I have worked with databases for many years")
    await session.feed("candidate", 0, sound[: len(sound) - 3_000], 5_000.0)
    assert not listener.of(Final)
    await session.finalize()
    (final,) = listener.of(Final)
    assert final.start_ms >= 5_000
    assert "databases" in final.text
    await session.close()


async def test_a_gap_is_heard_across_and_a_hole_is_refused(engine: SpeechEngine, exchange: np.ndarray) -> None:
    listener = Listener()
    session = engine.open("en", ["candidate"], listener)
    cut = RATE * 2
    await session.feed("candidate", 0, exchange[:cut], 0.0)
    with pytest.raises(BadInput):
        await session.feed("candidate", cut + 1, exchange[cut:], 0.0)
    await session.gap("candidate", cut, cut + RATE)
    await session.feed("candidate", cut + RATE, exchange[cut:], (cut + RATE) / RATE * 1000)
    await session.finalize()
    await session.close()
    assert len(listener.of(Ended)) == len(listener.of(Final)) + len(listener.of(Discarded)) >= 3


async def test_closing_in_the_middle_leaves_nothing(engine: SpeechEngine, exchange: np.ndarray) -> None:
    before = asyncio.all_tasks()
    sessions = [engine.open("en", ["candidate"], Listener()) for _ in range(3)]
    for session in sessions:
        await session.feed("candidate", 0, exchange, 0.0)
        await session.close()
        with pytest.raises(ServiceFailure):
            await session.feed("candidate", len(exchange), exchange, 0.0)
    assert asyncio.all_tasks() == before
    assert engine.load().streams == 0


async def test_admission_follows_what_finals_cost_here(engine: SpeechEngine, exchange: np.ndarray) -> None:
    await hear(engine, "en", exchange)
    assert engine.room_for_another()
    opened = []
    while engine.room_for_another() and len(opened) < 500:
        opened.append(engine.open("en", ["candidate"], Listener()))
    assert 0 < len(opened) < 500
    assert engine.load().streams == len(opened)
    for session in opened:
        await session.close()
    assert engine.room_for_another()


async def test_a_failing_listener_is_reported_to_the_feeder(engine: SpeechEngine, exchange: np.ndarray) -> None:
    async def emit(_: object) -> None:
        raise OSError

    session = engine.open("en", ["candidate"], emit)

    async def all_of_it() -> None:
        await session.feed("candidate", 0, exchange, 0.0)
        await session.finalize()

    with pytest.raises(ServiceFailure) as failed:
        await all_of_it()
    assert failed.value.code == "speech_failed"
    await session.close()


async def test_partials_grow_while_somebody_speaks() -> None:
    """In real time: five seconds."""
    engine = made(SpeechOptions(diarization=False))
    await engine.start()
    listener = Listener()
    session = engine.open("en", ["candidate"], listener)
    sound = surrounded(spoken("I worked on a large project with five people and we finished it in three months"))
    begun = time.monotonic()
    for at in range(0, len(sound), 1_600):
        await asyncio.sleep(max(0.0, begun + at / RATE - time.monotonic()))
        await session.feed("candidate", at, sound[at : at + 1_600], at / RATE * 1000)
    await session.finalize()
    await session.close()
    threads = threading.active_count()
    await engine.stop()
    assert threading.active_count() <= threads - 2
    partials = listener.of(Partial)
    assert partials
    for a, b in itertools.pairwise(partials):
        if a.utt == b.utt:
            assert b.rev == a.rev + 1
            assert b.stable.startswith(a.stable)
    assert listener.of(Final)


@pytest.mark.slow
async def test_two_voices_over_one_microphone_are_told_apart() -> None:
    sound = surrounded(recording(media("en/two_speakers_katie_steve.wav")).samples)
    engine = made(SpeechOptions(partials=False, loaded_beam=5))
    await engine.start()
    heard = await hear(engine, "en", sound, track="room")
    await engine.stop()
    labels = {f.utt: f.speaker for f in heard.of(Final)}
    for event in heard.of(Speaker):
        labels |= dict.fromkeys(event.utts, event.label)
    said = {f.text.split()[0]: labels[f.utt] for f in heard.of(Final)}
    assert set(labels.values()) == {"S1", "S2"}
    assert said["Have"] == said["It's"] != said["That"]
    assert engine.load().streams == 0
