"""The media type of a recording by its first bytes: what a browser is told, whatever the file was called."""

from __future__ import annotations

import pytest

from include.perception.media.containers import media_type_of

pytestmark = pytest.mark.unit
EBML = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01"


@pytest.mark.parametrize(
    ("head", "kind", "said"),
    [
        (EBML + b"B\x82\x84webmB\x87\x81\x04", "video", "video/webm"),
        (EBML + b"B\x82\x84webmB\x87\x81\x04", "audio", "audio/webm"),
        (EBML + b"B\x82\x88matroska", "video", "video/x-matroska"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00", "video", "video/mp4"),
        (b"\x00\x00\x00\x14ftypM4A \x00\x00\x00\x00", "audio", "audio/mp4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00", "video", "video/quicktime"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio", "audio/wav"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", "video", "video/x-msvideo"),
        (b"OggS\x00\x02", "audio", "audio/ogg"),
        (b"fLaC\x00", "audio", "audio/flac"),
        (b"ID3\x04\x00", "audio", "audio/mpeg"),
        (b"<html><script>", "video", "application/octet-stream"),
        (b"", "audio", "application/octet-stream"),
    ],
)
def test_a_type_is_told_by_the_content(head: bytes, kind: str, said: str) -> None:
    assert media_type_of(head, kind) == said
