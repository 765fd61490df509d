"""Times of a recording written into a typed transcript: where they stand, so that none is read as a word."""

from __future__ import annotations

import re

COLON = "[:：﹕︰∶]"
_TIME = rf"\d{{1,3}}{COLON}\d{{2}}(?:{COLON}\d{{2}})?(?:[.,]\d{{1,3}})?(?![\d])"
_LONG = rf"\d{{1,3}}{COLON}\d{{2}}{COLON}\d{{2}}(?:[.,]\d{{1,3}})?(?![\d])"
_SPAN = rf"{_TIME}(?:\s{{0,3}}[-–—~→]\s{{0,3}}{_TIME})?"
_LONG_SPAN = rf"{_LONG}(?:\s{{0,3}}[-–—~→]\s{{0,3}}{_LONG})?"
_UNITS = r"(?:\d{1,4}\s?(?:시간|분|초|h|min|m|sec|s)\s?){1,3}"
_DATE = r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}[T ,]\s{0,3})?"
BRACKETED = rf"[\[(（【<{{]\s{{0,3}}(?:{_DATE}{_SPAN}|{_UNITS})\s{{0,3}}[\])）】>}}]"
STAMP = rf"(?:{BRACKETED}|{_DATE}{_SPAN})"
CLEAR = re.compile(rf"{BRACKETED}|{_DATE}{_LONG_SPAN}")
"""A time that nobody says: in brackets, or with hours, minutes and seconds. 10:30 alone may be a time of day."""

_STAMP = re.compile(STAMP)
_MARKS = re.compile(r"(?:\*(?=\s)|[\s>#•·▪◦\-–—|\u200b-\u200f\u2060\ufeff]|\d{1,4}[.)]\s)*+")
_BOLD = re.compile(r"(?:[*_]{1,3}|<(?:b|strong|i|em)>)(?=\S)")
_AT_ZERO = re.compile(rf"0{{1,2}}{COLON}\d\d(?!{COLON})")
_INSIDE = re.compile(rf"\[\s?(?:{_SPAN})\s?\]|[(（]\s?{_LONG}\s?[)）]")


def after_times(line: str, at: int = 0) -> tuple[int, bool, bool]:
    """Where the text of `line` begins behind bullets, markup and times, from character `at` on.

    Returns:
        (index of the first character of the text, whether bold type was opened, whether a time stood there).
    """
    if line[at : at + 1].isalpha():
        return at, False, False
    opened = timed = False
    while True:
        at = _MARKS.match(line, at).end()  # type: ignore[union-attr]
        if bold := _BOLD.match(line, at):
            opened, at = True, bold.end()
        stamp = _STAMP.match(line, at)
        if not stamp or _goes_on(stamp):
            return at, opened, timed
        timed, at = True, stamp.end()


def starts_at_zero(line: str, at: int = 0) -> bool:
    """True when the text at `at` begins with a time of the first minute or hour (0:12), which nobody says of a day."""
    return _AT_ZERO.match(line, _MARKS.match(line, at).end()) is not None  # type: ignore[union-attr]


def without_times(text: str, *, stamped: bool) -> str:
    """`text` without times of the recording; times of day that were said stay.

    Taken out are: a text that is a time and nothing else; a time in brackets, or with hours, minutes and seconds, at
    the beginning; a time in square brackets, or a long one in round ones, anywhere. With `stamped` (the file's lines
    carry times), any time at the beginning.
    """
    at = _MARKS.match(text).end()  # type: ignore[union-attr]
    stamp = _STAMP.match(text, at)
    if stamp and not _goes_on(stamp):
        rest = text[stamp.end() :]
        if stamped or CLEAR.fullmatch(stamp[0]) or not rest.strip():
            text = rest
    return _INSIDE.sub(" ", text) if ":" in text or "：" in text else text


def _goes_on(stamp: re.Match[str]) -> bool:
    """True for a time with letters directly behind it, which is a word: 10:30에."""
    return stamp[0][-1].isdigit() and stamp.string[stamp.end() : stamp.end() + 1].isalpha()
