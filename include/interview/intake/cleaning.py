"""Text from outside in one form: composed, of one width, without characters that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from include.interview.errors import BadInput

_WIDTHS: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},  # full-width forms of ASCII
    0x3000: " ",  # ideographic space
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFFA1, 0xFFDD) if chr(code).isalpha()},
}
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[@-_])")
"""Control sequences of terminals (ECMA-48): colours, cursor moves, titles."""
_BLANKS: dict[int, str] = dict.fromkeys(map(ord, "\u115f\u1160\u3164\uffa0\u2800\u00a0\u2007\u202f"), " ")
"""Letters and spaces that show as nothing (hangul fillers, empty braille, no-break spaces): a space each."""
_UNSEEN = frozenset(("Cf", "Cc", "Co"))
_KEPT = frozenset("\n\t")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\ufdd0-\ufdef\ufffe\uffff]")
_PLAIN = re.compile(r"[\n\t -~]*")


def clean_text(text: str, name: str) -> str:
    """`text` as everything else reads it, the same for all its twins in other forms.

    Composed (NFC); full-width and half-width forms as ordinary ones; line ends as one newline; without control
    sequences, control, zero-width, direction and private characters; blank letters as spaces. Doing it twice changes
    nothing. `name` names the text in errors.

    Raises:
        BadInput: half a surrogate pair, which is no character, or a NUL.
    """
    if _PLAIN.fullmatch(text):
        return text
    lone = next((at for at, ch in enumerate(text) if "\ud800" <= ch <= "\udfff" or ch == "\x00"), None)
    if lone is not None:
        line = text.count("\n", 0, lone) + 1
        what = "a NUL" if text[lone] == "\x00" else "half of a surrogate pair"
        raise BadInput(
            f"{name}, line {line}: {what} is no character of a text.", "Save it as UTF-8 from a text editor."
        )
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text))
    text = "".join(ch for ch in text if ch in _KEPT or unicodedata.category(ch) not in _UNSEEN)
    text = _VARIANTS.sub("", unicodedata.normalize("NFC", text).translate(_BLANKS))
    return unicodedata.normalize("NFC", text.translate(_WIDTHS))


def clean_line(text: str, name: str) -> str:
    """`clean_text` on one line: whitespace collapsed and trimmed. For names, titles and ids.

    Raises:
        BadInput: as for `clean_text`, or nothing is left that can be seen.
    """
    line = " ".join(clean_text(text, name).split())
    if not any(unicodedata.category(ch)[0] in "LNPS" for ch in line):
        raise BadInput(f"{name} is empty.", "Give at least one character that can be seen.")
    return line


def clean_values(value: Any, name: str) -> Any:
    """`value` (dicts, lists and scalars of a decoded file) with `clean_text` applied to every text and key in it.

    Raises:
        BadInput: as for `clean_text`, or two keys that are the same once clean.
    """
    if isinstance(value, str):
        return clean_text(value, name)
    if isinstance(value, list):
        return [clean_values(item, name) for item in value]
    if isinstance(value, dict):
        found = {clean_values(key, name): clean_values(item, name) for key, item in value.items()}
        if len(found) != len(value):
            raise BadInput(f"{name}: a key occurs twice.", "Write each key once.")
        return found
    return value
