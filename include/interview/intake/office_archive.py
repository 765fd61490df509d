"""Office files as they are since 2007: zip archives of XML parts, damaged in many ways."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

from include.interview.errors import BadInput

UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    NotImplementedError,  # zipfile: a compression it does not know
    EOFError,
    OSError,
    RuntimeError,  # zipfile: encrypted
    ValueError,
    LookupError,  # expat: an encoding it does not know
)
"""What zipfile, zlib and expat raise over a damaged archive or its parts."""


@contextmanager
def office_archive(content: bytes, damaged: BadInput) -> Iterator[zipfile.ZipFile]:
    """The archive in `content`, open while the block lasts; whatever is found unreadable in the block is `damaged`.

    Raises:
        BadInput: `damaged`, or what the block itself raises.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except UNREADABLE as error:
        raise damaged from error
