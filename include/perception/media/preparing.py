"""Preparation of a recording: its sound as raw 16 kHz mono samples."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from include.interview.media import AUDIO_SAMPLE_RATE_HZ, AudioFacts, MediaFacts, PreparedMedia
from include.interview.progress import Progress, silent
from include.interview.records import Flag, Interval
from include.perception.media import wire
from include.perception.media.appended import appended_share
from include.perception.media.guard import Decoding
from include.settings import Limits

AUDIO_FILE = "audio.s16"
_SAMPLE_BYTES = 2
_FULL_SCALE = 32768.0

MIN_UNREAD_S = 1.0
"""Sound left out from which the card says so: encoders write a tenth of a second beyond the end."""
MAX_CHANNELS = 8
"""Of a recording with more, FFmpeg makes the mean: no microphone of an interview has them."""

_QUIET_PEAK_DBFS = -60.0
"""A recording whose loudest sample stays below this carries no speech: room noise of a muted microphone."""


def prepare(path: Path, facts: MediaFacts, out_dir: Path, limits: Limits, progress: Progress = silent) -> PreparedMedia:
    """Write `audio.s16` (when there is an audio track) into the folder `out_dir`.

    `audio.s16` is raw 16 kHz mono little-endian 16-bit PCM; sample 0 is recording time 0, and what the
    recording has no sound for (late start, gaps, early end) is zero and listed in `audio_gaps`. Several channels become
    one as `mixing.py` says: copies and empty channels are left out, and channels that cancel are not summed.

    Raises:
        BadMedia: the recording turns out undecodable or over a limit while decoding.
        OSError: `out_dir` cannot be written, for instance on a full disk.
    """
    sound = _Sound()
    if facts.audio is not None:
        with (out_dir / AUDIO_FILE).open("wb") as file:
            sound = _write_sound(path, facts, facts.audio, limits, file, progress)
        sound.unread_s = max(sound.unread_s, appended_share(path) * facts.duration_s)
    progress(1.0, "prepared")
    return PreparedMedia(
        facts=facts,
        audio_file=None if facts.audio is None else AUDIO_FILE,
        audio_samples=sound.samples,
        audio_coverage=sound.coverage,
        audio_peak_dbfs=sound.peak_dbfs,
        audio_gaps=tuple(sound.gaps),
        truncated=facts.truncated or sound.damaged > 0,
        flags=_sound_flags(facts, sound),
    )


class _Sound(msgspec.Struct):
    """What was written to the audio file."""

    samples: int = 0
    peak: int = 0
    damaged: int = 0
    unread_s: float = 0.0
    gaps: list[Interval] = []
    flags: tuple[Flag, ...] = ()

    @property
    def coverage(self) -> float:
        missing = sum(gap.end_s - gap.start_s for gap in self.gaps)
        return max(0.0, 1.0 - missing * AUDIO_SAMPLE_RATE_HZ / self.samples) if self.samples else 0.0

    @property
    def peak_dbfs(self) -> float | None:
        return 20 * math.log10(self.peak / _FULL_SCALE) if self.peak else None

    def add_gap(self, start: int, samples: int) -> None:
        start_s, end_s = start / AUDIO_SAMPLE_RATE_HZ, (start + samples) / AUDIO_SAMPLE_RATE_HZ
        self.gaps.append(Interval(start_s, end_s, "no_audio"))


def _sound_flags(facts: MediaFacts, sound: _Sound) -> tuple[Flag, ...]:
    if facts.audio is None:
        return (Flag("no_audio_track", "warning"),)
    flags = sound.flags
    if sound.peak_dbfs is None or sound.peak_dbfs < _QUIET_PEAK_DBFS:
        flags += (Flag("silent_audio", "warning"),)
    if sound.damaged:
        flags += (Flag("damaged_audio", "warning", {"packets": sound.damaged}),)
    if sound.unread_s >= MIN_UNREAD_S:
        flags += (Flag("sound_not_read", "warning", {"seconds": round(sound.unread_s, 1)}),)
    return flags


def _write_sound(
    path: Path, facts: MediaFacts, audio: AudioFacts, limits: Limits, file: BinaryIO, progress: Progress
) -> _Sound:
    """Decode to `file`, mono; several channels lie in a nameless file beside it until they are mixed."""
    if not 1 < audio.channels <= MAX_CHANNELS:
        return _decode(path, facts, audio, 1, limits, file, progress)
    with tempfile.TemporaryFile(dir=Path(file.name).parent) as spool:
        sound = _decode(path, facts, audio, audio.channels, limits, spool, progress)
        spool.flush()
        _mix(spool.fileno(), audio.channels, sound, file)
    return sound


def _mix(spool: int, channels: int, sound: _Sound, file: BinaryIO) -> None:
    """The open file `spool` of interleaved samples to mono `file`; peak and flags of `sound` are set."""
    import numpy as np

    from include.perception.media.mixing import mono, plan

    sound.peak = 0
    if not sound.samples:
        return
    frames = np.memmap(f"/proc/self/fd/{spool}", "<i2", "r", shape=(sound.samples, channels))
    mix = plan(frames)
    sound.flags = mix.flags()
    for piece in mono(frames, mix):
        sound.peak = max(sound.peak, _peak(piece))
        file.write(piece.tobytes())


def _peak(samples: Any) -> int:
    return max(int(samples.max()), -int(samples.min()))


def _decode(
    path: Path,
    facts: MediaFacts,
    audio: AudioFacts,
    channels: int,
    limits: Limits,
    file: BinaryIO,
    progress: Progress,
) -> _Sound:
    import numpy as np

    sound = _Sound()
    total = round(facts.duration_s * AUDIO_SAMPLE_RATE_HZ)
    seconds = facts.duration_s * limits.decode_timeout_factor
    job = {
        "stream_index": audio.stream_index,
        "origin_s": facts.origin_s,
        "end_samples": total,
        "rate_hz": AUDIO_SAMPLE_RATE_HZ,
        "channels": channels,
    }
    with Decoding(path, "sound", limits, seconds, **job) as decoding:
        for kind, body in decoding:
            if kind == wire.SOUND:
                samples = np.frombuffer(body, "<i2").reshape(-1, channels)[: total - sound.samples]
                if samples.size == 0:
                    continue
                sound.peak = max(sound.peak, _peak(samples))
                file.write(samples.tobytes())
                sound.samples += len(samples)
            elif kind == wire.SILENCE:
                missing = min(json.loads(body)["samples"], total - sound.samples)
                sound.add_gap(sound.samples, missing)
                _write_silence(file, missing * channels)
                sound.samples += missing
            progress(min(1.0, sound.samples / max(1, total)), "sound")
        sound.damaged = int(decoding.account["damaged"])
        sound.unread_s = int(decoding.account["unread"]) / AUDIO_SAMPLE_RATE_HZ
    if sound.samples < total:  # the sound track ends before the picture does
        sound.add_gap(sound.samples, total - sound.samples)
        _write_silence(file, (total - sound.samples) * channels)
        sound.samples = total
    return sound


def _write_silence(file: BinaryIO, samples: int) -> None:
    """Zeros, `samples` of 16 bits."""
    second = bytes(AUDIO_SAMPLE_RATE_HZ * _SAMPLE_BYTES)
    for _ in range(samples // AUDIO_SAMPLE_RATE_HZ):
        file.write(second)
    file.write(bytes(samples % AUDIO_SAMPLE_RATE_HZ * _SAMPLE_BYTES))
