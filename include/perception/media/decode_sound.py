"""Sound inside the decoding child: any audio stream at one rate and channel count, sample 0 at time 0."""

from __future__ import annotations

from typing import Any

import av
from av.audio.frame import AudioFrame

from include.perception.media.decode_open import (
    DAMAGE,
    MAX_DAMAGED_PACKETS,
    open_recording,
    packets_of,
    presented_s,
    set_guards,
)
from include.perception.media.wire import SILENCE, SOUND, Outlet, Refusal

_RESYNC_S = 0.04
"""Time stamps may wander by this much (millisecond rounding, capture clocks) before sound is moved to them."""

_JUMP_S = 0.5
"""Time that goes back by more than this is a second recording in the file, or a clock that was set: what it carries is
counted as not read. Less is a correction of the capture clock."""

_SAMPLE_BYTES = 2
_FINEST_CHUNK = 16_000
"""Samples gathered before they are sent: one second."""

_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""FFmpeg's usual layout of each number of channels."""


class _Timeline:
    """Lays decoded sound onto recording time: fills what is missing with silence, drops and counts what overlaps."""

    def __init__(self, outlet: Outlet, origin_s: float, end_samples: int, rate_hz: int, channels: int) -> None:
        self._outlet = outlet
        self._origin_s = origin_s
        self._end_samples = end_samples
        self._rate_hz = rate_hz
        self._channels = channels
        self._width = _SAMPLE_BYTES * channels
        self._resampler: av.AudioResampler | None = None
        self._format: tuple[str, str, int] | None = None
        self._segment_s = 0.0
        self._segment_samples = 0
        self._source_rate = 1
        self._drop = 0
        self._back = False
        self._pending = bytearray()
        self.written = 0
        self.silent = 0
        self.unread = 0

    def add(self, frame: AudioFrame, stamp: float | None) -> None:
        """Append `frame`, which is presented at `stamp` seconds of the file's own time."""
        time = None if stamp is None else stamp - self._origin_s
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        expected = self._segment_s + self._segment_samples / self._source_rate
        if form != self._format or (time is not None and abs(time - expected) > _RESYNC_S):
            self._begin(frame, form, time if time is not None else expected)
        self._segment_samples += frame.samples
        assert self._resampler is not None  # noqa: S101 — _begin made it
        frame.pts = None  # the resampler must not second-guess the time line
        for part in self._resampler.resample(frame):
            self._take(part)

    def finish(self) -> None:
        self._drain()
        self._send()

    def _begin(self, frame: AudioFrame, form: tuple[str, str, int], time: float) -> None:
        """A new stretch of continuous sound at recording time `time`."""
        self._drain()
        self._format = form
        kept = frame.layout.nb_channels == self._channels > 1  # else FFmpeg mixes up or down
        layout = frame.layout if kept else _LAYOUTS[self._channels]
        self._resampler = av.AudioResampler(format="s16", layout=layout, rate=self._rate_hz)
        self._segment_s, self._segment_samples, self._source_rate = time, 0, form[2]
        at = min(round(time * self._rate_hz), self._end_samples)
        self._drop = max(0, self.written - at)
        self._back = self._drop > _JUMP_S * self._rate_hz
        if at > self.written:
            self._send()
            self._outlet.send_json(SILENCE, {"at": self.written, "samples": at - self.written})
            self.silent += at - self.written
            self.written = at

    def _drain(self) -> None:
        if self._resampler is not None:
            for part in self._resampler.resample(None):
                self._take(part)

    def _take(self, part: AudioFrame) -> None:
        data = memoryview(bytes(part.planes[0]))[: part.samples * self._width]
        skip = min(self._drop, part.samples)
        self._drop -= skip
        keep = min(part.samples - skip, self._end_samples - self.written)
        self.unread += (skip if self._back else 0) + part.samples - skip - max(0, keep)
        if keep > 0:
            self._pending += data[skip * self._width : (skip + keep) * self._width]
            self.written += keep
        if len(self._pending) >= _FINEST_CHUNK * self._width:
            self._send()

    def _send(self) -> None:
        if self._pending:
            self._outlet.send(SOUND, bytes(self._pending))
            self._pending.clear()


def decode(job: dict[str, Any], outlet: Outlet) -> dict[str, Any]:
    """Send SOUND and SILENCE messages in time order, at most `end_samples` in all (of all channels at once).

    The job's `channels` (1 to 8, by default 1) is how many are sent, whatever the stream has. Returns the samples sent,
    how many of them are silence, the damaged packets left out, whether the file broke off, and the samples `unread`: at
    times that were passed before, or after the end.

    Raises:
        Refusal: code "undecodable": the stream does not decode.
    """
    damaged = in_a_row = 0
    broken = False
    with open_recording(job) as container:
        stream: Any = container.streams[job["stream_index"]]
        set_guards(stream, job)
        timeline = _Timeline(outlet, job["origin_s"], job["end_samples"], job["rate_hz"], job.get("channels", 1))
        for packet in packets_of(container, [stream]):
            if packet is None:
                broken = True
                break
            try:
                for frame in stream.codec_context.decode(packet):
                    timeline.add(frame, presented_s(frame, stream))
                in_a_row = 0
            except DAMAGE as error:
                damaged, in_a_row = damaged + 1, in_a_row + 1
                if in_a_row > MAX_DAMAGED_PACKETS:
                    raise Refusal("undecodable", reason="sound") from error
        for frame in stream.codec_context.decode(None):
            timeline.add(frame, presented_s(frame, stream))
        timeline.finish()
    return {
        "samples": timeline.written,
        "silent": timeline.silent,
        "unread": timeline.unread,
        "damaged": damaged,
        "broken": broken,
    }
