"""A second recording behind the first in one file, which players and FFmpeg do not read: found by its header."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

_MOST_BOXES = 200_000
"""Boxes of an ISO file that are looked at: an hour of fragments of 0.1 s has 72,000."""
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
"""Sizes that a WAV writer leaves when it could not go back to its header: the file is one recording to its end."""


def appended_share(path: Path) -> float:
    """Bytes of further recordings behind the first, per byte of the first; 0.0 where there is none.

    For RIFF (WAV, AVI) and ISO base media files (MP4, MOV, M4A), whose headers say where they end (RIFF; ISO/IEC
    14496-12, 4.2). Other containers begin anew inside the stream, which shows in their time.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF":
            end = _end_of_riff(file, head, size)
        elif head[4:8] == b"ftyp":
            end = _second_ftyp(file, size)
        else:
            return 0.0
    return (size - end) / end


def _end_of_riff(file: BinaryIO, head: bytes, size: int) -> int:
    """Where the first RIFF form ends, when another one of its kind begins there; else `size`."""
    length = int.from_bytes(head[4:8], "little")
    if length in _UNKNOWN_SIZES:
        return size
    for end in (8 + length, 8 + length + length % 2):
        file.seek(end)
        again = file.read(12)
        if again[:4] == b"RIFF" and again[8:12] == head[8:12]:
            return end
    return size


def _second_ftyp(file: BinaryIO, size: int) -> int:
    """Where a second `ftyp` box begins among the outermost boxes; `size` without one."""
    at = 0
    for n in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        length = int.from_bytes(head[:4], "big")
        if head[4:8] == b"ftyp" and n:
            return at
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:], "big")
        if length < 8 or at + length >= size:
            break
        at += length
    return size
