"""The container of a file, recognised by its first bytes: the name of a file proves nothing."""

from __future__ import annotations

from collections.abc import Callable

SNIFF_BYTES = 16_384
"""Enough for the first frames of bare AAC (at most 8191 bytes each), the longest signature looked at."""

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
    if _chained(head, _adts_length):
        return "aac"
    return "mp3" if _chained(head, _mp3_length) else None


_MEDIA_TYPES = {
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "avi": "video/x-msvideo",
}
_EITHER = {"matroska": "x-matroska", "ogg": "ogg", "mov": "mp4"}
"""Containers of pictures and of sound alone: the second half of the media type."""
_WEBM_DOCTYPE = b"\x42\x82\x84webm"
_QUICKTIME_BRAND = b"qt  "


def media_type_of(head: bytes, kind: str) -> str:
    """The media type (RFC 6838) of a recording that begins with `head`, as browsers know it.

    Args:
        kind: "video" or "audio": which of the two a container for both is said to be.

    Returns: "application/octet-stream" for what no browser plays by name.
    """
    container = container_of(head)
    if container in _MEDIA_TYPES:
        return _MEDIA_TYPES[container]
    if container not in _EITHER:
        return "application/octet-stream"
    if container == "matroska" and _WEBM_DOCTYPE in head[:_DOCTYPE_WITHIN]:
        return f"{kind}/webm"
    if container == "mov" and head[4:12] == b"ftyp" + _QUICKTIME_BRAND:
        return "video/quicktime"
    return f"{kind}/{_EITHER[container]}"


_DOCTYPE_WITHIN = 64
"""Bytes in which the DocType of an EBML header lies (RFC 8794, 11.2.6)."""
_MP3_KBIT = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG-1 layer III
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG-2 and 2.5 layer III
}
_MP3_RATES = (44_100, 48_000, 32_000)


def _chained(head: bytes, length_of: Callable[[bytes], int]) -> bool:
    """Bare audio has no signature but its frame headers: one chance hit is no proof, three in a row are."""
    at = 0
    for _ in range(3):
        length = length_of(head[at : at + 7])
        if length == 0:
            return False
        at += length
        if at >= len(head):
            return at > length  # the file is shorter than three frames, or they are long
    return True


def _adts_length(header: bytes) -> int:
    """Bytes of the ADTS frame that starts with `header`, 0 when it is none (ISO/IEC 13818-7, 6.2)."""
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0:
        return 0
    length = (header[3] & 0x03) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0


def _mp3_length(header: bytes) -> int:
    """Bytes of the MPEG layer III frame that starts with `header`, 0 when it is none (ISO/IEC 11172-3, 2.4.1)."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = header[1] >> 3 & 0x03, header[2] >> 4, header[2] >> 2 & 0x03
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return 0
    slower = {3: 1, 2: 2, 0: 4}[version]
    kbit = _MP3_KBIT[3 if version == 3 else 2][bitrate]
    return (144 if version == 3 else 72) * kbit * 1000 * slower // _MP3_RATES[rate] + (header[2] >> 1 & 1)
