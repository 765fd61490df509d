"""Text files of other programs that hold a transcript in a format that is not read here."""

from __future__ import annotations

import re

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_SBV = re.compile(rf"^[ \t]*{_TIME},{_TIME}[ \t]*$", re.MULTILINE)
_BEGINNINGS = (
    (re.compile(r"\[Script Info\]", re.IGNORECASE), "SubStation Alpha subtitles (.ass)"),
    (re.compile(r"\{\\rtf"), "rich text (.rtf)"),
    (re.compile(r"<(?:!doctype|html|\?xml|tt[\s>])", re.IGNORECASE), "HTML or XML"),
)


def foreign_format(text: str) -> str | None:
    """The name of the format when `text` is one of another program: other subtitles, rich text, HTML or XML."""
    head = text.lstrip("\ufeff \t\r\n")
    for beginning, name in _BEGINNINGS:
        if beginning.match(head):
            return name
    return "SubViewer subtitles (.sbv)" if _SBV.search(text) else None
