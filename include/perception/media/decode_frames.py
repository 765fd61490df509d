"""Pictures inside the decoding child: sampling on a time grid."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation

from include.perception.media.decode_open import (
    DAMAGE,
    MAX_DAMAGED_PACKETS,
    open_recording,
    packets_of,
    presented_s,
    set_guards,
)
from include.perception.media.wire import FRAME, PICTURE, Outlet, Refusal

_TIME_SLACK_S = 1e-4
"""A frame this little before a grid point counts as on it: containers round their time stamps."""


class _Damage:
    """Counts packets that do not decode; too many in a row end the stream."""

    def __init__(self) -> None:
        self.packets = 0
        self.broken = False
        self._in_a_row = 0

    def none(self) -> None:
        self._in_a_row = 0

    def one(self, error: Exception) -> None:
        self.packets += 1
        self._in_a_row += 1
        if self._in_a_row > MAX_DAMAGED_PACKETS:
            raise Refusal("undecodable", reason="pictures") from error


def _frames(container: InputContainer, stream: Any, damage: _Damage) -> Iterator[VideoFrame]:
    """All frames of `stream` in presentation order, from where the container stands."""
    for packet in packets_of(container, [stream]):
        if packet is None:
            damage.broken = True
            break
        try:
            frames = packet.decode()
        except DAMAGE as error:
            damage.one(error)
            continue
        damage.none()
        yield from frames
    try:
        yield from stream.codec_context.decode(None)
    except DAMAGE as error:
        damage.one(error)


def _shrunk(frame: VideoFrame, job: dict[str, Any]) -> tuple[int, int, memoryview]:
    """`frame` as packed RGB, scaled once (area averaging) so that its longer side is at most `max_side`."""
    if frame.width * frame.height > job["max_pixels"]:
        raise Refusal("pixels", width=frame.width, height=frame.height, limit=job["max_pixels"])
    shown_width = frame.width * job["pixel_aspect"]
    scale = min(1.0, job["max_side"] / max(shown_width, frame.height))
    width, height = max(2, round(shown_width * scale)), max(2, round(frame.height * scale))
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation=Interpolation.AREA)
    plane = small.planes[0]
    data = memoryview(plane)
    row = width * 3
    if plane.line_size == row:
        return width, height, data[: row * height]
    rows = (data[y * plane.line_size : y * plane.line_size + row] for y in range(height))
    return width, height, memoryview(b"".join(rows))


def _send(outlet: Outlet, time: float, frame: VideoFrame, job: dict[str, Any]) -> None:
    width, height, data = _shrunk(frame, job)
    outlet.send(PICTURE, FRAME.pack(time, width, height), data)


def _open_video(container: InputContainer, job: dict[str, Any]) -> Any:
    stream = container.streams[job["stream_index"]]
    set_guards(stream, job)
    return stream


def sample(job: dict[str, Any], outlet: Outlet) -> dict[str, Any]:
    """Send the first frame at or after every point of the grid k / fps, never a frame twice.

    With `sparse` set, frames no other frame refers to are not decoded as long as the rest still comes at
    least as densely as the grid; times stay those of the frames really shown.

    Returns:
    Frames sent (`frames`), packets left out (`damaged`) and whether the file broke off (`broken`).
    """
    step = 1.0 / job["fps"]
    due, last = 0.0, -math.inf
    sent = 0
    damage = _Damage()
    with open_recording(job) as container:
        stream = _open_video(container, job)
        context = stream.codec_context
        if job["sparse"]:
            context.skip_frame = "NONREF"
        for frame in _frames(container, stream, damage):
            if (stamp := presented_s(frame, stream)) is None or (time := stamp - job["origin_s"]) <= last:
                continue
            if job["sparse"] and time - last > step:
                context.skip_frame = "DEFAULT"
            last = time
            if time < due - _TIME_SLACK_S:
                continue
            if time > job["end_s"]:
                break
            _send(outlet, max(0.0, time), frame, job)
            sent += 1
            due = (math.floor((time + _TIME_SLACK_S) / step) + 1) * step
    return {"frames": sent, "damaged": damage.packets, "broken": damage.broken}
