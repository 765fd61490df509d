"""How live systems are compared: last words on the screen, finals, and the measure that is kinder to the peer."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from benchmarks.live.capacity import climb, kinder
from benchmarks.live.clips import Clip
from benchmarks.live.scoring import Heard, final_delays, last_word_delays
from include.interview.records import Interval

pytestmark = pytest.mark.unit

CLIP = Clip("clip", "en", np.zeros(0, np.int16), None, (Interval(1.0, 4.0, "speech"), Interval(6.0, 9.0, "speech")))


def test_a_partial_with_the_last_words_counts_before_its_final() -> None:
    heard = Heard(
        partials=[(3.0, "ask not what"), (4.3, "Ask not what you can do"), (9.5, "for your country")],
        finals=[("Ask not what you can do.", 1.0, 4.0, 7.0), ("for your country.", 6.0, 9.1, 12.0)],
    )
    assert last_word_delays(CLIP, heard) == pytest.approx([0.3, 0.5])
    assert final_delays(CLIP, heard) == pytest.approx([3.0, 3.0])


def test_words_that_changed_again_were_not_the_last_words() -> None:
    heard = Heard(
        partials=[(4.1, "what you can go"), (4.8, "what you can do")],
        finals=[("what you can do", 1.0, 4.0, 5.0), ("so", 6.0, 9.0, 9.4)],
    )
    assert last_word_delays(CLIP, heard) == pytest.approx([0.8, 0.4])


def test_the_same_words_said_before_are_not_those_of_this_stretch() -> None:
    heard = Heard(
        partials=[(2.0, "thank you"), (8.9, "thank you")],
        finals=[("thank you", 1.0, 4.0, 4.5), ("thank you", 6.0, 9.0, 9.5)],
    )
    assert last_word_delays(CLIP, heard) == pytest.approx([0.5, 0.0])


def test_what_never_became_final_is_counted_and_what_runs_on_is_left_out() -> None:
    assert last_word_delays(CLIP, Heard(partials=[(4.1, "ask not")])) == [None, None]
    assert last_word_delays(CLIP, Heard(finals=[("all of it", 1.0, 9.0, 9.6)])) == pytest.approx([0.6])


def test_both_capacities_are_found_and_no_number_is_measured_twice() -> None:
    measured: list[int] = []

    async def streams(count: int) -> tuple[list[tuple[Clip, Heard]], float]:
        """Finals 0.5 s later and last words 0.2 s later with every stream."""
        measured.append(count)
        heard = Heard(
            partials=[(4.0 + 0.2 * count, "what we did"), (9.0 + 0.2 * count, "and why so")],
            finals=[("what we did", 1.0, 4.0, 4.0 + 0.5 * count), ("and why so", 6.0, 9.0, 9.0 + 0.5 * count)],
        )
        return [(CLIP, heard)], 1.0

    found: dict[str, Any] = asyncio.run(climb((1, 2, 4, 8, 16), streams, 3.0))
    assert (found["capacity"], found["capacity_by_last_word"]) == (4, 10)
    assert len(measured) == len(set(measured))


def test_the_headline_is_kinder_to_the_peer() -> None:
    assert kinder("theirs is 0", 4.0) == 4.0
    assert kinder(17.0, 4.0) == 4.0
    assert kinder("theirs is 0", "theirs is 0") == "theirs is 0"
    assert kinder(None, None) is None
