"""Opening the recording on stdin inside the decoding child, and choosing its streams."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from include.perception.media.wire import Refusal

_NOT_THE_RECORDING = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
PICTURE_CODECS = {"mjpeg", "png", "bmp", "gif", "webp"}
"""A single packet of these is a cover picture, even where the container forgot to say so."""

_HEADROOM_BYTES = 64 * 1024**2
"""A decoder needs a handful of pictures at once; less room than this and it may fail for want of memory."""

DAMAGE = (av.error.InvalidDataError, av.error.UndefinedError, av.error.ExternalError)
"""What decoders raise over damaged data. Anything else (memory above all) is not the packet's fault."""

MAX_DAMAGED_PACKETS = 200
"""Consecutive packets that fail to decode before a stream counts as broken off."""


def open_recording(job: dict[str, Any]) -> InputContainer:
    """The container on stdin, read from its start; nothing but this one descriptor may be opened.

    Raises:
        Refusal: not readable as `job["container"]`; code "no_index" for MP4, else "undecodable".
    """
    os.lseek(0, 0, os.SEEK_SET)
    try:
        return av.open(
            "fd:",
            format=job["container"],
            options={"fd": "0", "protocol_whitelist": "fd", "format_whitelist": job["container"]},
            metadata_errors="replace",
        )
    except (av.error.InvalidDataError, av.error.EOFError, av.error.OSError) as error:
        raise Refusal("no_index" if job["container"] == "mov" else "undecodable") from error


def memory_short(job: dict[str, Any]) -> bool:
    """True when the address space is all but used up: decoders then call good packets invalid."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 — pathlib is one more import in this process
        used = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    value: bool = used + _HEADROOM_BYTES > job["memory_bytes"]
    return value


def video_candidates(container: InputContainer) -> list[VideoStream]:
    """Video streams that are moving pictures with a known codec, largest first."""
    streams = [
        s
        for s in container.streams.video
        if s.codec_context is not None
        and not s.disposition & _NOT_THE_RECORDING
        and s.codec_context.width > 0
        and not (s.codec_context.name in PICTURE_CODECS and s.frames == 1)
    ]
    return sorted(streams, key=lambda s: (-s.codec_context.width * s.codec_context.height, s.index))


def audio_candidates(container: InputContainer) -> list[Any]:
    """Audio streams with a known codec: the container's default first, then the richest."""
    streams = [s for s in container.streams.audio if s.codec_context is not None and s.codec_context.sample_rate > 0]
    return sorted(
        streams,
        key=lambda s: (
            not s.disposition & Disposition.default,
            -s.codec_context.sample_rate,
            -s.codec_context.channels,
            s.index,
        ),
    )


def packets_of(container: InputContainer, streams: list[Stream]) -> Iterator[Packet[Any] | None]:
    """Packets of `streams` in file order; None once where the file breaks off with an error."""
    try:
        for packet in container.demux(streams):
            if packet.size:  # the last ones are empty flush packets
                yield packet
    except av.error.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        yield None


def set_guards(stream: Any, job: dict[str, Any]) -> None:
    """Refuse pictures above the limit before memory is taken, and decode in one thread.

    One thread: with several, what a decoder conceals in a damaged picture depends on their timing; the
    detectors fill the other cores anyway.
    """
    context = stream.codec_context
    context.thread_count = 1
    if context.type == "video":
        context.options = {"max_pixels": str(int(job["max_pixels"]))}


def presented_s(frame: Any, stream: Stream) -> float | None:
    """Presentation time of `frame` in the file's own seconds; None when the container gave it none.

    Frames flushed out of a decoder at the end carry no time base of their own, so the stream's is used.
    """
    return None if frame.pts is None else float(frame.pts * stream.time_base)
