"""The one grammar of ids that people choose: openings, competencies, questions, files of an export."""

from __future__ import annotations

import re
import unicodedata

from include.interview.errors import BadInput

MAX_ID = 64
_ALLOWED = re.compile(r"[^\W_](?:[\w.\-]*[\w\-])?")


def checked_id(value: str, what: str) -> str:
    """`value` in NFC when it is an id: letters, digits, `-`, `_` and `.`, at most 64 characters.

    It begins with a letter or digit, does not end with a point and holds no two points in a row, so that it is safe as
    a part of an address and as the name of a file. `what` names it in errors ("the opening's id").

    Raises:
        BadInput: it is none.
    """
    value = unicodedata.normalize("NFC", value)
    if len(value) > MAX_ID or ".." in value or not _ALLOWED.fullmatch(value):
        raise BadInput(
            f"{what} is not an id.",
            f"Use letters, digits, '-', '_' and '.', at most {MAX_ID} characters, beginning with a letter or digit.",
            code="bad_id",
        )
    return value


def safe_stem(name: str) -> str:
    """A file's name without its ending, as a name for what is written about it: one part of a path, never a way up.

    Characters that no id may hold become "_"; nothing left gives "file".
    """
    stem = unicodedata.normalize("NFC", name).rpartition(".")[0] if "." in name.lstrip(".") else name
    stem = "".join(ch if ch.isprintable() and ch not in '/\\:*?"<>|\x7f' else "_" for ch in stem)
    return stem.strip(". ") or "file"
