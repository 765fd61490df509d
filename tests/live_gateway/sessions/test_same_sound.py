"""Two channels of one sender become one track when they are equal, decided once and before anything is heard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.storage.live import AudioChunk, Sender
from live_gateway.sessions.same_sound import LONGEST_S, ROOM, TWO, Pair
from tests.support.channel_sounds import RATE, frames, noise, voice

pytestmark = pytest.mark.unit

SENDER = Sender("interviewer", 2, 0, 0)
SPEECH = voice(3.0, 2)
CHUNK = 1600


def chunks(both: np.ndarray, size: int = CHUNK) -> list[AudioChunk]:
    return [AudioChunk(at, both[at : at + size].tobytes()) for at in range(0, len(both), size)]


def quiet(seconds: float) -> np.ndarray:
    return np.zeros((round(seconds * RATE), 2), "<i2")


@pytest.mark.parametrize("sign", [1, -1])
def test_equal_channels_are_one_microphone(sign: int) -> None:
    given_ = chunks(frames(SPEECH, sign * SPEECH))
    assert Pair().sorted_out(SENDER, given_) == (ROOM, given_)


@settings(deadline=None, max_examples=30)
@given(crosstalk=st.floats(0.0, 0.85), delay=st.integers(0, 96), hiss=st.floats(1.0, 20.0))
def test_a_microphone_that_hears_the_other_person_is_its_own(crosstalk: float, delay: int, hiss: float) -> None:
    other = crosstalk * np.roll(SPEECH, delay) + noise(len(SPEECH), hiss)
    assert Pair().sorted_out(SENDER, chunks(frames(SPEECH + noise(len(SPEECH), hiss, 3), other)))[0] == TWO


@pytest.mark.parametrize("other", [np.zeros(len(SPEECH)), noise(len(SPEECH), 10.0), voice(3.0, 77)])
def test_unlike_channels_are_two(other: np.ndarray) -> None:
    assert Pair().sorted_out(SENDER, chunks(frames(SPEECH, other)))[0] == TWO
    assert Pair().sorted_out(SENDER, chunks(frames(other, SPEECH)))[0] == TWO


def test_the_hum_and_offset_that_inputs_share_do_not_make_them_one() -> None:
    shared = 300 + 400 * np.sin(2 * np.pi * 50 * np.arange(RATE) / RATE)
    both = frames(shared + noise(RATE, 6.0, 1), shared + noise(RATE, 6.0, 2))
    assert Pair().sorted_out(SENDER, chunks(both))[0] == TWO


def test_nothing_is_fed_before_it_is_decided_and_nothing_is_lost() -> None:
    pair, everything = Pair(), chunks(np.concatenate([quiet(2.0), frames(SPEECH, SPEECH)]))
    fed: list[AudioChunk] = []
    for chunk in everything:
        before = pair.held_to
        tracks, now = pair.sorted_out(SENDER, [chunk])
        if now:
            assert tracks == ROOM
        else:
            assert pair.held_to > before
        fed.extend(now)
    assert fed == everything
    assert pair.held_to == 0


def test_sound_read_again_is_held_once() -> None:
    pair, still = Pair(), chunks(quiet(1.0))
    pair.sorted_out(SENDER, still)
    pair.sorted_out(SENDER, still)
    assert pair.release() == (SENDER, TWO, still)
    assert pair.release() is None


def test_long_silence_is_not_waited_through() -> None:
    given_ = chunks(quiet(LONGEST_S))
    assert Pair().sorted_out(SENDER, given_[:-1])[1] == ()
    assert Pair().sorted_out(SENDER, given_) == (TWO, given_)


def test_the_next_owner_goes_on_as_the_last_began() -> None:
    given_ = chunks(frames(SPEECH, SPEECH))
    assert Pair(["candidate"]).sorted_out(SENDER, given_)[0] == TWO
    assert Pair(["room"]).sorted_out(SENDER, chunks(frames(SPEECH, voice(3.0, 5))))[0] == ROOM
