"""When a peer's text counts as final: completed, or repeated unchanged; never both, never a text that changed."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.live.scoring import Heard
from benchmarks.peers.whisper_live import Settling

pytestmark = pytest.mark.unit


def segment(start: float, end: float, text: str, completed: bool = False) -> dict[str, Any]:
    return {"start": f"{start:.3f}", "end": f"{end:.3f}", "text": f" {text}", "completed": completed}


def heard_of(*messages: list[dict[str, Any]]) -> Heard:
    heard = Heard()
    settling = Settling(heard)
    for at, segments in enumerate(messages, start=1):
        settling.take(segments, float(at))
    return heard


def test_a_repeated_segment_is_final_when_repeated() -> None:
    heard = heard_of([segment(0, 1, "ask")], [segment(0, 2, "ask not")], [segment(0, 2, "ask not")])
    assert heard.partials == [(1.0, "ask"), (2.0, "ask not")]
    assert heard.finals == [("ask not", 0.0, 2.0, 3.0)]


def test_its_completion_adds_nothing() -> None:
    done = segment(0, 2, "ask not", completed=True)
    heard = heard_of([segment(0, 2, "ask not")], [segment(0, 2, "ask not")], [done], [done])
    assert heard.finals == [("ask not", 0.0, 2.0, 2.0)]


def test_a_text_that_changes_after_all_was_not_final() -> None:
    heard = heard_of(
        [segment(0, 2, "ask not")], [segment(0, 2, "ask not")], [segment(0, 3, "ask what")], [segment(0, 3, "ask what")]
    )
    assert heard.finals == [("ask what", 0.0, 3.0, 4.0)]
    assert heard.text == "ask what"


def test_completed_segments_count_once_while_the_next_is_open() -> None:
    first = segment(0, 2, "one", completed=True)
    heard = heard_of([segment(0, 2, "one")], [first, segment(2, 3, "two")], [first, segment(2, 4, "two three")])
    assert heard.finals == [("one", 0.0, 2.0, 2.0)]
    assert [text for _, text in heard.partials] == ["one", "two", "two three"]
