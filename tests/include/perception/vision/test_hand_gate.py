"""The gate before the hand detector: hand-made sequences of frames."""

from __future__ import annotations

import pytest

from include.perception.vision.hand_gate import HandGate
from include.perception.vision.sightings import BodySighting

pytestmark = pytest.mark.unit


def body(presence: float) -> BodySighting:
    nowhere = (0.0, 0.0, 0.0)
    return BodySighting(nowhere, nowhere, nowhere, presence)


def looks(presences: list[float | None], hands_from: int | None = None, fps: float = 5.0) -> list[int]:
    """Indices of the frames looked at when hands are in the picture from frame `hands_from` on."""
    gate, looked = HandGate(), []
    for k, presence in enumerate(presences):
        if gate.wants(k / fps, None if presence is None else body(presence)):
            looked.append(k)
            gate.looked(k / fps, hands_from is not None and k >= hands_from)
    return looked


def test_one_look_a_second_where_no_hand_can_be() -> None:
    assert looks([0.002] * 16) == [0, 5, 10, 15]


def test_every_frame_is_looked_at_where_a_hand_can_be() -> None:
    assert looks([0.002, 0.2, 0.2, 0.002]) == [0, 1, 2]


def test_without_a_body_every_frame_is_looked_at() -> None:
    assert looks([None] * 4) == [0, 1, 2, 3]


def test_a_hand_the_body_detector_missed_is_found_within_a_second_and_then_followed() -> None:
    assert looks([0.002] * 12, hands_from=3) == [0, 5, 6, 7, 8, 9, 10, 11]
