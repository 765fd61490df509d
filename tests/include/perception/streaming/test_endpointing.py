from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from include.perception.streaming.endpointing import (
    Ended,
    Endpointer,
    EndpointRules,
    EndpointState,
    Paused,
    Resumed,
    Signal,
    Started,
)

pytestmark = pytest.mark.unit

RULES = EndpointRules()


def run(probabilities: list[int], ends: Endpointer | None = None) -> list[Signal]:
    ends = ends or Endpointer(RULES)
    return [signal for p in probabilities for signal in ends.step(p)]


def test_silence_and_short_bursts_begin_nothing() -> None:
    assert run([0] * 500) == []
    assert run([0] * 20 + [255] * (RULES.onset - 1) + [0] * 100) == []


def test_an_utterance_with_its_padding() -> None:
    signals = run([0] * 40 + [250] * 30 + [0] * 40)
    assert signals[0] == Started(40)
    assert signals[1] == Paused(70, 70 + RULES.short_pause)
    ended = signals[2]
    assert isinstance(ended, Ended)
    assert (ended.start, ended.end) == (40, 70)
    assert (ended.sound_from, ended.sound_to) == (40 - RULES.lead, 70 + RULES.short_pause)
    assert ended.probabilities == bytes([250] * 30)


def test_a_trial_hears_what_the_end_hears() -> None:
    signals = run([0] * 10 + [250] * 30 + [0] * 40)
    paused, ended = signals[1], signals[2]
    assert isinstance(paused, Paused)
    assert isinstance(ended, Ended)
    assert (paused.end, paused.sound_to) == (ended.end, ended.sound_to)


def test_a_hesitation_is_no_end() -> None:
    signals = run([250] * 20 + [0] * (RULES.pause - 2) + [250] * 20 + [0] * 30)
    assert [type(s) for s in signals] == [Started, Paused, Resumed, Paused, Ended]


def test_a_weak_voice_that_wavers_begins_where_it_was_first_heard() -> None:
    signals = run([0] * 10 + [140, 140, 60, 60, 60, 60, 60, 140, 140] + [0] * 40)
    assert signals[0] == Started(10)


def test_a_long_utterance_ends_at_a_breath() -> None:
    signals = run([250] * RULES.long + [0] * RULES.long_pause)
    assert isinstance(signals[-1], Ended)


def test_speech_without_pause_is_cut_where_it_is_least_like_speech() -> None:
    voice = [250] * 900
    voice[300:305] = [150] * 5
    signals = run(voice)
    stops = [s for s in signals if isinstance(s, Ended)]
    assert stops[0].end == 302
    assert stops[0].sound_to == 302
    assert signals[signals.index(stops[0]) + 1] == Started(302)
    assert all(s.end - s.start <= RULES.longest for s in stops)
    assert all(a.end == b.start for a, b in pairwise(stops))
    assert stops[1].sound_from == stops[0].sound_to


def test_neighbours_never_share_sound() -> None:
    random = np.random.default_rng(7)
    voice: list[int] = []
    for _ in range(200):
        voice += [240] * int(random.integers(1, 120)) + [10] * int(random.integers(1, 40))
    stops = [s for s in run(voice) if isinstance(s, Ended)]
    assert len(stops) > 20
    for a, b in pairwise(stops):
        assert a.sound_to <= b.sound_from
        assert a.end <= b.start


def test_a_saved_state_continues_anywhere() -> None:
    random = np.random.default_rng(11)
    voice = [int(p) for p in np.repeat(random.integers(0, 256, 150), random.integers(1, 30, 150))]
    whole = run(voice)
    for at in random.integers(0, len(voice), 25):
        first = Endpointer(RULES)
        signals = run(voice[:at], first)
        state = EndpointState(**{f: getattr(first.state, f) for f in EndpointState.__struct_fields__})
        signals += run(voice[at:], Endpointer(RULES, state))
        assert signals == whole
