"""Probing inside the decoding child: one pass over all packets, and one decoded frame per chosen stream."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from av.packet import Packet

from include.perception.media.decode_open import (
    DAMAGE,
    MAX_DAMAGED_PACKETS,
    PICTURE_CODECS,
    audio_candidates,
    memory_short,
    open_recording,
    packets_of,
    set_guards,
    video_candidates,
)
from include.perception.media.wire import FACTS, Outlet, Refusal

_VFR_TOLERANCE = 0.2
"""Frame distances within ± this share of the usual one are the same: containers round to milliseconds."""

_VFR_SHARE = 0.02
"""More frame distances than this outside the tolerance make a recording variable in frame rate."""

_DISTANCE_BINS_PER_S = 2000
_MAX_DISTANCE_BINS = 4096


@dataclass
class _Span:
    """What the packets of one stream say, gathered in constant memory."""

    count: int = 0
    first: float | None = None
    last: float = 0.0
    end: float = 0.0
    open_ended: bool = False
    """The last packet does not say how long it lasts."""
    previous: float | None = None
    distances: Counter[int] = field(default_factory=Counter)
    frame: Any = None
    tried: int = 0

    def add(self, packet: Packet[Any]) -> None:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if stamp is None or packet.is_discard:
            return
        time_base = float(packet.time_base)
        time = stamp * time_base
        self.count += 1
        self.first = time if self.first is None else min(self.first, time)
        self.last = max(self.last, time)
        self.end = max(self.end, time + (packet.duration or 0) * time_base)
        self.open_ended = not packet.duration
        order = (packet.dts if packet.dts is not None else stamp) * time_base
        if self.previous is not None:
            bin_ = round((order - self.previous) * _DISTANCE_BINS_PER_S)
            if bin_ in self.distances or len(self.distances) < _MAX_DISTANCE_BINS:
                self.distances[bin_] += 1
        self.previous = order

    @property
    def usual_distance(self) -> float:
        if not self.distances:
            return 0.0
        return max(self.distances, key=lambda bin_: self.distances[bin_]) / _DISTANCE_BINS_PER_S

    @property
    def rate(self) -> float:
        first = self.first or 0.0
        return (self.count - 1) / (self.last - first) if self.last > first else 0.0

    @property
    def variable(self) -> bool:
        usual = self.usual_distance * _DISTANCE_BINS_PER_S
        slack = max(2.0, _VFR_TOLERANCE * usual)  # two bins: one millisecond of rounding
        odd = sum(n for bin_, n in self.distances.items() if abs(bin_ - usual) > slack)
        return odd > _VFR_SHARE * max(1, sum(self.distances.values()))


def _first_frame(span: _Span, packet: Packet[Any]) -> None:
    """Decode until the stream has shown one frame: a stream that never does is no stream."""
    if span.frame is not None or span.tried >= MAX_DAMAGED_PACKETS:
        return
    span.tried += 1
    try:
        span.frame = next(iter(packet.decode()), None)
    except DAMAGE:
        span.frame = None


def _flushed(stream: Any, span: _Span) -> None:
    """The decoder may hold the only frame of a short stream back until it hears of the end."""
    if span.frame is None and span.count:
        try:
            span.frame = next(iter(stream.codec_context.decode(None)), None)
        except DAMAGE:
            span.frame = None


def _announced(container: Any, stream: Any, alone: bool) -> float | None:
    """Seconds the header promises for `stream`; the container's own figure only when nothing else shares it."""
    if stream.duration is not None and stream.duration > 0:
        return float(stream.duration * stream.time_base)
    if alone and container.duration is not None and container.duration > 0:
        value: float | None = container.duration / 1e6
        return value
    return None


def _start(stream: Any, span: _Span) -> float:
    """The stream's first presented time: `start_time` knows about edit lists and priming samples."""
    if stream.start_time is not None:
        return float(stream.start_time * stream.time_base)
    return span.first or 0.0


def _video_facts(stream: Any, span: _Span) -> dict[str, Any]:
    frame = span.frame
    rotation = round(-frame.rotation / 90) * 90 % 360
    aspect = float(stream.codec_context.sample_aspect_ratio or 1) or 1.0
    width, height = round(frame.width * aspect), frame.height
    if rotation in (90, 270):
        width, height = height, width
    return {
        "stream_index": stream.index,
        "codec": stream.codec_context.name,
        "width": width,
        "height": height,
        "rotation_deg": rotation,
        "fps": span.rate,
        "vfr": span.variable,
        "frames": span.count,
        "pixel_aspect": aspect,
    }


def _audio_facts(stream: Any, span: _Span) -> dict[str, Any]:
    return {
        "stream_index": stream.index,
        "codec": stream.codec_context.name,
        "sample_rate_hz": span.frame.sample_rate,
        "channels": stream.codec_context.channels,
    }


def _scan(container: Any, chosen: dict[str, Any]) -> tuple[dict[str, _Span], bool]:
    spans = {kind: _Span() for kind in chosen}
    by_index = {stream.index: kind for kind, stream in chosen.items()}
    broken = False
    for packet in packets_of(container, list(chosen.values())):
        if packet is None:
            broken = True
            break
        span = spans[by_index[packet.stream_index]]
        span.add(packet)
        _first_frame(span, packet)
    for kind, stream in chosen.items():
        _flushed(stream, spans[kind])
    return spans, broken


def _choose(container: Any, job: dict[str, Any]) -> dict[str, Any]:
    streams = len(container.streams)
    if streams > job["max_streams"]:
        raise Refusal("streams", streams=streams, limit=job["max_streams"])
    chosen = {}
    for kind, found in (("video", video_candidates(container)), ("audio", audio_candidates(container))):
        if found:
            chosen[kind] = found[0]
            set_guards(found[0], job)
    if "video" in chosen:
        context = chosen["video"].codec_context
        if context.width * context.height > job["max_pixels"]:
            raise Refusal("pixels", width=context.width, height=context.height, limit=job["max_pixels"])
    if not chosen:
        unknown = any(s.codec_context is None and s.type in ("video", "audio") for s in container.streams)
        raise Refusal("codec" if unknown else "no_streams")
    return chosen


def probe(job: dict[str, Any], outlet: Outlet) -> dict[str, Any]:
    """Send one FACTS message about the chosen streams; times in it are the file's own, in seconds.

    Raises:
        Refusal: code "memory": the memory allowed does not suffice for one frame.
    """
    with open_recording(job) as container:
        chosen = _choose(container, job)
        spans, broken = _scan(container, chosen)
        facts: dict[str, Any] = {
            "container": container.format.name,
            "streams": len(container.streams),
            "broken": broken,
            "undecodable": [],
        }
        for kind, stream in chosen.items():
            span = spans[kind]
            # a cover picture that was not marked as one is a still, not a recording
            still = kind == "video" and span.count <= 1 and stream.codec_context.name in PICTURE_CODECS
            if span.frame is None and span.count and memory_short(job):
                raise Refusal("memory")
            if span.frame is None or still:
                facts["undecodable"] += [] if still or not span.count else [kind]
                continue
            facts[kind] = (_video_facts if kind == "video" else _audio_facts)(stream, span)
            facts[kind]["start"] = _start(stream, span)
            facts[kind]["end"] = max(span.end, span.last + span.usual_distance * span.open_ended)
            facts[kind]["announced"] = _announced(container, stream, alone=len(container.streams) == len(chosen))
    outlet.send_json(FACTS, facts)
    return {}
