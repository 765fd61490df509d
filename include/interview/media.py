"""What a recording is, once probed and prepared.

All times are seconds of recording time: 0 is the earliest presentation time stamp of the chosen streams.
"""

from __future__ import annotations

from typing import Literal

from include.interview.records import Flag, Interval, Record

AUDIO_SAMPLE_RATE_HZ = 16_000
"""Rate of prepared audio: what Silero VAD, Whisper and the diarization models take."""


class VideoFacts(Record, frozen=True):
    """The chosen video stream. `width` × `height` in pixels as a person sees it, after `rotation_deg`.

    `rotation_deg` is the clockwise turn (0, 90, 180 or 270) that brings decoded frames upright.
    `fps` is the mean frame rate; `vfr` says that frame distances differ, so only time stamps tell the time.
    """

    stream_index: int
    codec: str
    width: int
    height: int
    rotation_deg: int
    fps: float
    vfr: bool
    frames: int
    start_s: float
    end_s: float
    pixel_aspect: float = 1.0
    """Width of one stored pixel divided by its height, before rotation."""


class AudioFacts(Record, frozen=True):
    """The chosen audio stream, as it lies in the file (before it is brought to 16 kHz mono)."""

    stream_index: int
    codec: str
    sample_rate_hz: int
    channels: int
    start_s: float
    end_s: float


class MediaFacts(Record, frozen=True):
    """What probing found out. `video` or `audio` is None when the recording has no such track.

    `duration_s` runs from recording time 0 to the end of the last packet really present in the file;
    `origin_s` is the file's own time stamp of recording time 0. `truncated`: the file ends before the
    duration its header announces.
    """

    container: str
    size_bytes: int
    streams: int
    duration_s: float
    origin_s: float
    duration_source: Literal["container", "packets"]
    video: VideoFacts | None
    audio: AudioFacts | None
    truncated: bool = False
    announced_duration_s: float | None = None
    flags: tuple[Flag, ...] = ()


class PreparedMedia(Record, frozen=True):
    """What `prepare` wrote. Files are named relative to the prepared folder.

    `audio_file`: raw little-endian 16-bit mono PCM at 16 kHz whose sample 0 is recording time 0; None without
    an audio track. `audio_coverage`: share of the recording that decoded audio covers (the rest is silence
    put in by us, listed in `audio_gaps`). `audio_peak_dbfs`: loudest sample, None when all samples are zero.
    `flags`: remarks on the sound only; those of probing are in `facts.flags`.
    `truncated`: decoding ended before the announced end, or damaged packets were left out.
    """

    facts: MediaFacts
    audio_file: str | None
    audio_samples: int
    audio_coverage: float
    audio_peak_dbfs: float | None
    audio_gaps: tuple[Interval, ...] = ()
    truncated: bool = False
    flags: tuple[Flag, ...] = ()
