"""Which container a file is, from its first bytes: the name of a file proves nothing."""

from __future__ import annotations

SNIFF_BYTES = 400
"""Enough for two MPEG-TS packets (2 × 188 bytes), the longest signature looked at."""

_MPEG_TS_PACKET = 188
_ISO_BMFF_BOXES = {b"ftyp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot"}
_MAGIC = (
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"caff", "caf"),
    (b"FLV\x01", "flv"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"0&\xb2u\x8ef\xcf\x11", "asf"),
)

ACCEPTED = "mp4, mov, webm, mkv, avi, wav, flac, mp3, m4a, ogg"
"""What a person is told is accepted."""


def container_of(head: bytes) -> str | None:
    """FFmpeg's demuxer name for a file that begins with `head` (`SNIFF_BYTES` bytes), or None when unknown."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[4:8] in _ISO_BMFF_BOXES:
        return "mov"
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"AVI ": "avi"}.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if len(head) > _MPEG_TS_PACKET and head[0] == 0x47 and head[_MPEG_TS_PACKET] == 0x47:
        return "mpegts"
    return _bare_audio(head)


def _bare_audio(head: bytes) -> str | None:
    """ADTS AAC and MPEG audio start with eleven or twelve set bits; the layer bits tell them apart."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "aac"
    layer = (head[1] >> 1) & 0x03
    return "mp3" if layer else None
