"""Probing: streams, size, rotation and true duration of a recording, before anything is done with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from include.interview.media import AudioFacts, MediaFacts, VideoFacts
from include.interview.records import Flag
from include.perception.media import wire
from include.perception.media.guard import Decoding, bad_media, check_file
from include.settings import Limits

_SCAN_BYTES_PER_SECOND = 20e6
"""Slowest disk a scan of all packets is given time for."""

_SHORTFALL_S = 0.5
_SHORTFALL_SHARE = 0.02
"""A file that ends earlier than announced by more than both of these is truncated: durations in headers are
rounded, and containers count the longest stream."""


def probe(path: Path, limits: Limits) -> MediaFacts:
    """What the recording at `path` is: streams, size, rotation, true duration.

    All packets are read once in the guarded child, so durations hold for recordings whose header has none.

    Raises:
        BadMedia: not a recording, damaged beyond use, or outside `limits`.
    """
    size, _ = check_file(path, limits)
    found: dict[str, Any] = {}
    with Decoding(path, "probe", limits, size / _SCAN_BYTES_PER_SECOND) as decoding:
        for kind, body in decoding:
            if kind == wire.FACTS:
                found = json.loads(body)
    facts = _facts(found, size)
    if facts.duration_s > limits.max_duration_s:
        raise bad_media("too_long", seconds=round(facts.duration_s, 1), limit=limits.max_duration_s)
    if facts.duration_s < limits.min_duration_s:
        raise bad_media("too_short", seconds=round(facts.duration_s, 1), limit=limits.min_duration_s)
    return facts


def _facts(found: dict[str, Any], size: int) -> MediaFacts:
    tracks = [found[kind] for kind in ("video", "audio") if kind in found]
    if not tracks:
        raise bad_media("undecodable" if found["undecodable"] else "no_streams")
    origin = min(track["start"] for track in tracks)
    duration = max(track["end"] for track in tracks) - origin
    promised = [
        (track["announced"], track["end"] - track["start"]) for track in tracks if track["announced"] is not None
    ]
    truncated = any(
        announced - present > max(_SHORTFALL_S, _SHORTFALL_SHARE * announced) for announced, present in promised
    )
    flags = tuple(Flag(f"{kind}_undecodable", "warning") for kind in found["undecodable"])
    if truncated:
        flags += (Flag("truncated", "warning", {"present_s": duration, "announced_s": max(a for a, _ in promised)}),)
    return MediaFacts(
        container=found["container"],
        size_bytes=size,
        streams=found["streams"],
        duration_s=duration,
        origin_s=origin,
        duration_source="container" if promised and not truncated else "packets",
        video=_video(found["video"], origin) if "video" in found else None,
        audio=_audio(found["audio"], origin) if "audio" in found else None,
        truncated=truncated,
        announced_duration_s=max((announced for announced, _ in promised), default=None),
        flags=flags,
    )


def _video(track: dict[str, Any], origin: float) -> VideoFacts:
    return msgspec.convert(_facts_of(track, origin, VideoFacts), VideoFacts)


def _audio(track: dict[str, Any], origin: float) -> AudioFacts:
    return msgspec.convert(_facts_of(track, origin, AudioFacts), AudioFacts)


def _facts_of(track: dict[str, Any], origin: float, record: type[VideoFacts | AudioFacts]) -> dict[str, Any]:
    """The child's words about one stream on recording time; `convert` checks every type once more."""
    spans = {"start_s": track["start"] - origin, "end_s": track["end"] - origin}
    return {name: value for name, value in track.items() if name in record.__struct_fields__} | spans
