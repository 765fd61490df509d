"""Which channels are microphones of their own: copies are recognised, and two people with crosstalk stay two."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.perception.media.likeness import MAX_LAG, Likeness, levels, likeness
from include.perception.media.microphones import SLACK, microphones, one_microphone
from tests.support.channel_sounds import RATE, conversation, frames, later, noise, voice

pytestmark = pytest.mark.unit

ASKS, TELLS = conversation(24.0, 0.2)
ROOM = ASKS + TELLS + noise(len(ASKS), 5.0)


def amplitude(db: float) -> float:
    return float(10 ** (db / 20))


@settings(deadline=None, max_examples=15)
@given(
    gain_db=st.floats(-18.0, 6.0),
    inverted=st.booleans(),
    lag=st.integers(-160, 160),
    noise_db=st.floats(-60.0, -6.0),
    seed=st.integers(0, 2**31),
)
def test_a_copy_is_a_copy(gain_db: float, inverted: bool, lag: int, noise_db: float, seed: int) -> None:
    gain = amplitude(gain_db) * (-1 if inverted else 1)
    hiss = noise(len(ROOM), amplitude(gain_db + noise_db) * float(np.std(ROOM)), seed)
    found = microphones(frames(ROOM, gain * later(ROOM, lag) + hiss))
    (copy,) = found.copies
    assert (len(found.own), found.empty, found.inverted) == (1, (), inverted)
    measured, delay = copy.likeness.ratio, copy.likeness.lag
    if copy.of == 1:
        measured, delay = 1 / measured, -delay
    assert measured == pytest.approx(gain, rel=0.1)
    assert abs(delay - lag) <= 1


# The same examples each time. At the edge (-3 dB, 6 % of the time) about one conversation in hundreds is still taken
# for one microphone: a limit of the method, in docs/architecture.md, and no news of a run that meets it by chance.
@pytest.mark.slow
@settings(deadline=None, max_examples=15, derandomize=True)
@given(
    crosstalk_db=st.floats(-60.0, -3.0),
    delay=st.integers(0, 96),
    share=st.floats(0.06, 0.5),
    gain_db=st.floats(-10.0, 10.0),
    polarity=st.sampled_from([1, -1]),
    seed=st.integers(0, 10_000),
)
def test_a_microphone_each_stays_two(
    crosstalk_db: float, delay: int, share: float, gain_db: float, polarity: int, seed: int
) -> None:
    # 40 s: whoever speaks least speaks for 2.4 s, so for the three loud blocks that tell a voice from a click.
    asks, tells = conversation(40.0, share, seed)
    k = amplitude(crosstalk_db)
    first = asks + k * later(tells, delay) + noise(len(asks), 5.0, seed)
    second = polarity * amplitude(gain_db) * (tells + k * later(asks, delay)) + noise(len(asks), 5.0, seed + 1)
    assert microphones(frames(first, second)).own == (0, 1)


@given(seed=st.integers(0, 10_000))
@settings(deadline=None, max_examples=10)
def test_two_people_who_talk_at_once_all_the_time_are_two(seed: int) -> None:
    both = frames(voice(12.0, seed), voice(12.0, seed + 1))
    assert microphones(both).own == (0, 1)
    assert likeness(both[:, 0], both[:, 1]).correlation < 0.3


def test_one_speaker_in_fifty_is_where_the_line_is() -> None:
    assert not likeness_of_share(0.06).copy
    assert likeness_of_share(0.0).copy, "while only one speaks, the other microphone is a scaled copy"


def likeness_of_share(share: float) -> Likeness:
    asks, tells = conversation(60.0, share)
    both = frames(asks + 0.3 * tells + noise(len(asks), 5.0), tells + 0.3 * asks + noise(len(asks), 5.0, 3))
    return likeness(both[:, 0], both[:, 1])


def test_a_leak_is_no_copy_and_the_louder_channel_stays() -> None:
    for order in ((1.0, 0.02), (0.02, 1.0)):
        found = microphones(frames(order[0] * ROOM, order[1] * ROOM))
        assert found.own == (order.index(1.0),)
        assert found.empty == (order.index(0.02),)
        assert found.copies == ()


def test_a_clean_leak_beside_a_noisy_microphone_is_left_out_all_the_same() -> None:
    found = microphones(frames(ROOM + noise(len(ROOM), 200.0), 0.04 * ROOM))
    assert (found.own, found.empty) == ((0,), (1,))


@pytest.mark.parametrize(
    "broken",
    [
        np.zeros(len(ROOM)),
        np.full(len(ROOM), 20_000.0),
        noise(len(ROOM), 8000.0),
        9000.0 * np.sin(2 * np.pi * 50 * np.arange(len(ROOM)) / RATE),
        20_000.0 + noise(len(ROOM), 300.0),
    ],
    ids=["silent", "constant", "noise", "hum", "constant with noise"],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_broken_channel_holds_nothing(broken: np.ndarray, first: bool) -> None:
    found = microphones(frames(broken, ROOM) if first else frames(ROOM, broken))
    assert (found.own, found.empty) == (((1,), (0,)) if first else ((0,), (1,)))


def test_the_cleaner_copy_is_heard() -> None:
    found = microphones(frames(ROOM + noise(len(ROOM), 300.0), -0.5 * ROOM))
    assert found.own == (1,)
    assert found.inverted


def test_pairs_among_four_channels_are_found() -> None:
    found = microphones(frames(ASKS, -ASKS, TELLS, -0.5 * TELLS))
    assert found.own == (0, 2)
    assert [(copy.channel, copy.of) for copy in found.copies] == [(1, 0), (3, 2)]


@pytest.mark.parametrize("samples", [0, 1, 399, 400, 8001])
def test_nothing_and_next_to_nothing(samples: int) -> None:
    assert microphones(np.zeros((samples, 2), "<i2")).own == (0,)
    assert levels(np.zeros((samples, 1), "<i2"))[0].silent


def test_a_short_sound_that_is_equal_is_one_and_a_short_scaled_one_is_not_decided() -> None:
    word = voice(1.5, 5)
    assert microphones(frames(word, -word)).own == (0,)
    assert microphones(frames(word, 0.3 * word)).own == (0, 1)


@pytest.mark.parametrize("starts", [0, 4000, -9000])
def test_two_streams_of_one_microphone_are_one_though_their_clocks_differ(starts: int) -> None:
    whole = voice(20.0, 8)
    one, other = frames(whole)[:, 0], frames(0.7 * later(whole, starts))[:, 0]
    assert one_microphone(one, other, 0, SLACK) == 0
    if abs(starts) > MAX_LAG:
        assert one_microphone(one, other) is None


def test_the_stream_that_holds_everything_is_heard() -> None:
    whole = frames(voice(20.0, 8))[:, 0]
    assert one_microphone(whole[5 * RATE : 15 * RATE], whole, -5 * RATE) == 1
    assert one_microphone(whole, whole[5 * RATE : 15 * RATE], 5 * RATE) == 0


def test_streams_that_hold_different_parts_stay_two() -> None:
    whole = frames(voice(20.0, 8))[:, 0]
    assert one_microphone(whole[: 12 * RATE], whole[8 * RATE :], 8 * RATE) is None
    assert one_microphone(whole, whole, 30 * RATE) is None
