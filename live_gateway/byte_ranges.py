"""The part of a file that a request asks for (RFC 9110, section 14): pure arithmetic on headers.

One range of bytes is answered. Several in one request are refused: they are what a player never asks for, and the means
of asking for one byte a thousand times.
"""

from __future__ import annotations

import re

import msgspec

from include.interview.errors import BadInput

MOST_HEADER_CHARS = 100
"""A range of one file is two numbers."""
_RANGE = re.compile(r"[ \t]*(?:(?P<first>[0-9]+)-(?P<last>[0-9]*)|-(?P<suffix>[0-9]+))[ \t]*")
_UNIT = "bytes"


class Part(msgspec.Struct, frozen=True):
    """Bytes [start, stop) of a file of `size` bytes; start < stop <= size."""

    start: int
    stop: int
    size: int

    @property
    def content_range(self) -> str:
        """The header Content-Range of the answer 206."""
        return f"{_UNIT} {self.start}-{self.stop - 1}/{self.size}"


class RangeRefused(BadInput):
    """The range cannot be answered (416); `size` is that of the whole file in bytes."""

    code = "range_not_satisfiable"

    def __init__(self, cause: str, size: int) -> None:
        super().__init__(cause, f"Ask for one range within bytes 0-{size - 1}, or for the whole file.")
        self.size = size


def requested_part(asked: str | None, if_range: str | None, etag: str, size: int) -> Part | None:
    """The part that the header Range `asked` for; None for the whole file.

    None as well for units other than bytes (RFC 9110, 14.2), and where `if_range` names another version than `etag` or
    a date, which our answers never have (13.1.5).

    Args:
        size: of the file in bytes, at least 1.

    Raises:
        RangeRefused: nothing of it is there, it is no range, there are several, or it is far too long.
    """
    if asked is None:
        return None
    unit, separator, ranges = asked.partition("=")
    if separator and unit.strip().lower() != _UNIT:
        return None
    if if_range is not None and if_range.strip() != etag:
        return None
    if len(asked) > MOST_HEADER_CHARS:
        raise RangeRefused("The header Range is too long.", size)
    if "," in ranges:
        raise RangeRefused("Several ranges at once are not answered.", size)
    found = _RANGE.fullmatch(ranges)
    if found is None:
        raise RangeRefused("The header Range is not a range of bytes.", size)
    if found["suffix"] is not None:
        return _within(size - min(int(found["suffix"]), size), size, size)
    first, last = int(found["first"]), found["last"]
    if last and int(last) < first:
        raise RangeRefused("The range ends before it begins.", size)
    return _within(first, min(int(last) + 1, size) if last else size, size)


def _within(start: int, stop: int, size: int) -> Part:
    if start >= min(stop, size):
        raise RangeRefused(f"The range lies behind the {size} bytes there are.", size)
    return Part(start, stop, size)
