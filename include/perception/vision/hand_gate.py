"""Which frames the hand detector has to look at.

In most interview recordings the hands are below the picture, and the hand detector, finding none, searches every
whole frame: a third of all detection time for nothing. The body detector has already said whether a wrist or finger
can be in the picture. Where it says no, one look per second remains, so that the body detector alone never decides.
"""

from __future__ import annotations

from typing import Any

PLAUSIBLE_PRESENCE = 0.01
"""Least probability of a wrist or finger in the picture at which a frame is looked at. In a recording with hands in
36 of 99 frames the lowest value with a hand was 0.018; with the hands out of the picture the median was 0.006."""
LOOK_EVERY_S = 1.0
"""Longest time without a look, whatever the body detector says."""
_SLACK_S = 1e-3


class HandGate:
    """Decides for each frame, in time order, whether hands are searched; depends on the frames alone."""

    def __init__(self) -> None:
        self._looked_s: float | None = None
        self._found = False

    def wants(self, time_s: float, body: Any) -> bool:
        """True when the frame at `time_s` seconds must be searched; `body` is its BodySighting or None."""
        due = self._looked_s is None or time_s - self._looked_s >= LOOK_EVERY_S - _SLACK_S
        return due or self._found or body is None or body.hand_presence >= PLAUSIBLE_PRESENCE

    def looked(self, time_s: float, found: bool) -> None:
        """Record whether the search in the frame at `time_s` seconds `found` a hand."""
        self._looked_s, self._found = time_s, found
