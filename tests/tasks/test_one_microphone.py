"""One microphone saved as several channels is heard as its mono recording is: no sentence twice, none lost."""

from __future__ import annotations

import wave
from itertools import groupby
from pathlib import Path

import jiwer
import numpy as np
import pytest

from cli.demo.live_audio import build_demo_session
from cli.live_from_file import arranged, read_sound
from include.interview.assessment.openings import general_opening
from include.interview.errors import BadMedia
from include.interview.live.wire import Track
from include.interview.records import Transcript
from include.interview.transcript.text import fold, words
from include.settings import PROJECT_ROOT
from tasks.ephemeral import evaluate_files
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedInterview, SpeechOutput, load
from tasks.live.handover import SenderAudio, hand_over
from tasks.practical import flow as steps
from tests.include.perception.media.test_channels import wav
from tests.support.channel_sounds import RATE, conversation, frames, noise
from tests.support.expected_skips import NO_SHARED_MEDIA
from tests.support.installation import Installation, installed, settings_in
from tests.support.interview_clips import ANSWER, speak
from tests.support.recorded_sessions import chunks, frames_of, open_session, record_of, said, sender, transcript_of
from tests.support.recordings import ffmpeg

CASES = PROJECT_ROOT.parent / "shared" / "cases"
SECONDS = 30
"""Of the demo's session: a question and most of its answer."""
SAME_WORDS = 0.1
"""Word error rate between two hearings of one sound: a rounding may turn a word or two."""


def case(name: str) -> Path:
    path = CASES / name
    if not path.is_file():
        pytest.skip(f"{NO_SHARED_MEDIA}: ../shared/cases/{name}")
    return path


def text(heard: Transcript) -> str:
    return " ".join(word for u in heard.utterances for word in words(fold(u.text)))


def turns(heard: Transcript) -> list[str]:
    return [role for role, _ in groupby(u.role for u in heard.utterances)]


# ---------------------------------------------------------------- files that become a live session


ASKS, TELLS = conversation(16.0, 0.3)
ROOM = ASKS + TELLS + noise(len(ASKS), 5.0)


@pytest.mark.unit
@pytest.mark.parametrize("other", [ROOM, -ROOM, 0.3 * ROOM, -0.5 * np.roll(ROOM, 60), ROOM + noise(len(ROOM), 100.0)])
def test_a_file_of_one_microphone_is_one_channel(other: np.ndarray) -> None:
    sound = arranged(frames(ROOM, other))
    assert (sound.channels, sound.samples.shape) == (1, ROOM.shape)
    assert "same sound" in sound.note
    assert np.corrcoef(sound.samples, ROOM)[0, 1] > 0.99


@pytest.mark.unit
def test_a_file_of_two_microphones_stays_as_it_is() -> None:
    both = frames(ASKS + 0.3 * np.roll(TELLS, 50), TELLS + 0.3 * np.roll(ASKS, 50))
    sound = arranged(both)
    assert (sound.channels, sound.note) == (2, "")
    assert np.array_equal(sound.samples, both)


@pytest.mark.unit
def test_an_empty_channel_is_no_person() -> None:
    silent = np.zeros(len(ROOM))
    sound = arranged(frames(silent, ROOM))
    assert sound.channels == 1
    assert "empty" in sound.note
    for nothing in (silent, 20_000 + silent, noise(len(ROOM), 2000.0), 0.02 * ROOM):
        with pytest.raises(BadMedia) as refusal:
            arranged(frames(ROOM, nothing))
        assert refusal.value.code == "candidate_channel_empty"
    assert arranged(frames(silent, silent)).channels == 1


@pytest.mark.slow
@pytest.mark.unit
def test_more_channels_and_other_rates_are_read(tmp_path: Path) -> None:
    six = wav(tmp_path / "six.wav", frames(*[0 * ROOM] * 2, ROOM, *[0 * ROOM] * 3), RATE)
    assert read_sound(six, tmp_path).channels == 1
    twice = tmp_path / "twice.mp3"
    ffmpeg("-i", wav(tmp_path / "room.wav", frames(ROOM)), "-af", "pan=stereo|c0=c0|c1=0.5*c0", "-ar", "44100", twice)
    assert read_sound(twice, tmp_path).channels == 1


# ---------------------------------------------------------------- the offline evaluation of a session


@pytest.fixture(scope="module")
def made(weights: None, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return installed(tmp_path_factory.mktemp("one") / "home")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """Two synthetic voices as one microphone hears them: float (n,) at 16 kHz."""
    folder = tmp_path_factory.mktemp("room")
    speak(folder / "probe.wav", "ready")  # skips where espeak-ng is missing
    with wave.open(str(build_demo_session(folder))) as sound:
        both = np.frombuffer(sound.readframes(SECONDS * RATE), "<i2").reshape(-1, 2)
    return both.astype(float).sum(axis=1)


def evaluated(
    made: Installation, senders: list[SenderAudio], microphones: str = "shared"
) -> tuple[PreparedInterview, Transcript]:
    """The offline hearing of a session whose live pass wrote one sentence down on both tracks."""
    sentence = "Tell me about a time when you solved a difficult problem."
    tracks: tuple[Track, ...] = ("interviewer", "candidate")
    twice = [said(track, track, sentence, 0.7, 3.5) for track in tracks]  # type: ignore[arg-type]
    with made.stores() as stores:
        session = open_session(stores, microphones=microphones)
        hand_over(stores, record_of(session, transcript_of(twice, SECONDS), made.settings), senders)
        context = StepContext(stores, made.settings, session.id)
        media = steps.assemble(context)
        spoken = steps.speech(context, media)
        return load(stores, media, PreparedInterview), load(stores, spoken, SpeechOutput).transcript


def heard_as_mono(made: Installation, mono: Path, senders: list[SenderAudio], microphones: str = "shared") -> None:
    _, wanted = evaluated(made, [sender(mono, ("room",))])
    prepared, heard = evaluated(made, senders, microphones)
    assert [one.track for one in prepared.recordings] == ["room"]
    assert {"one_microphone", "live_words_twice"} <= {flag.code for flag in heard.flags}
    assert {u.id[0] for u in heard.utterances} == {"r"}
    assert jiwer.wer(text(wanted), text(heard)) <= SAME_WORDS
    assert turns(heard) == turns(wanted)


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_tracks_of_one_microphone_are_heard_once(made: Installation, room: np.ndarray, tmp_path: Path) -> None:
    mono = wav(tmp_path / "mono.wav", frames(room))
    twice = wav(tmp_path / "twice.wav", frames(room, -0.5 * np.roll(room, 40)))
    heard_as_mono(made, mono, [sender(twice, ("interviewer", "candidate"))])


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_sockets_on_one_microphone_are_heard_once(made: Installation, room: np.ndarray, tmp_path: Path) -> None:
    mono = wav(tmp_path / "mono.wav", frames(room))
    late = wav(tmp_path / "late.wav", frames(room[RATE // 2 :]))
    own = SenderAudio("candidate", ("candidate",), 0.6, frames_of(late), lambda: chunks(late))
    heard_as_mono(made, mono, [sender(mono, ("interviewer",)), own], "separate")


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_room_recording_of_a_public_report(made: Installation, tmp_path: Path) -> None:
    cut = {}
    for name in ("room", "room-as-stereo"):
        with wave.open(str(case(f"14-dual-mono-live/{name}.wav"))) as sound:
            samples = np.frombuffer(sound.readframes(SECONDS * RATE), "<i2").reshape(-1, sound.getnchannels())
        cut[name] = wav(tmp_path / f"{name}.wav", samples)
    twice = sender(cut["room-as-stereo"], ("interviewer", "candidate"))
    heard_as_mono(made, cut["room"], [twice])


# ---------------------------------------------------------------- recordings of the first stage


def words_of(path: Path, home: Path) -> str:
    found = evaluate_files([path], general_opening("en"), settings_in(home), with_reports=False)
    return text(found.transcript)


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_inverted_channels_have_the_words_of_the_mono_recording(weights: None, tmp_path: Path) -> None:
    mono = speak(tmp_path / "mono.wav", ANSWER)
    ffmpeg("-i", mono, "-af", "pan=stereo|c0=c0|c1=-0.9*c0", tmp_path / "inverted.wav")
    wanted = words_of(mono, tmp_path / "home")
    assert len(wanted.split()) > 50
    assert jiwer.wer(wanted, words_of(tmp_path / "inverted.wav", tmp_path / "home")) <= SAME_WORDS


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_inverted_recording_of_a_public_report(weights: None, tmp_path: Path) -> None:
    wanted = words_of(case("12-antiphase-stereo/good.wav"), tmp_path / "home")
    heard = words_of(case("12-antiphase-stereo/antiphase.wav"), tmp_path / "home")
    assert jiwer.wer(wanted, heard) <= SAME_WORDS
