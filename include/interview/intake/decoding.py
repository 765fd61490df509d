"""Bytes of a text file as text: UTF-8, UTF-16, Korean CP949 or Western CP1252, each only where it is certain."""

from __future__ import annotations

import codecs
import re
import unicodedata

from include.interview.errors import BadInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks; UTF-32's stand before those of UTF-16, with which one of them begins."""
WIDE_SHARE = 0.97
"""Share of the characters of a UTF-16 text without a mark that must be Korean, Latin or punctuation of both."""
HANGUL_SHARE = 0.7
"""Share of the letters outside ASCII of a CP949 text that must be hangul of KS X 1001: Korean texts hold few Chinese
characters, and Western, Chinese and Japanese bytes that happen to decode hold many."""
COMMON_SHARE = 0.2
"""Share of the hangul that must be among the hundred most frequent syllables. They make up about 0.7 of written Korean,
and less than a twentieth of Chinese text in GB 2312 that is read as Korean."""
WESTERN_SHARE = 0.3
"""Most of the letters of a Western text that may be accented. French, the most accented of the common ones, has 0.06;
Cyrillic and Greek text read as CP1252 consists of nothing else."""
LEAST_PLAIN = 12
"""Letters of ASCII below which bytes that could also be syllables of CP949 are not certainly Western: "…J" and "꿏" are
the same two bytes."""
_COMMON = frozenset(
    "이다는을가에하고의지한도니사로기어자를으있나시해은리라대서게제인정아원했그수저면습요안일여보부관"
    "네예스장구주들전성상과만경동문조업무험국공모소비제진발생각때른거말러려까않없받좋할었았된되것같입답질팀통분간행신연개우"
)
_CLOSING = "’‘´–—…·-"
_ENDING = "”»›™°"
_SYMBOLS = frozenset("€‚„…‹‘’“”•–—™›\u00a0¡£§©«®°´·»½¿")
_HIGH_RUN = re.compile(rb"[\x80-\xff]")


def decode_text(data: bytes, name: str) -> str:
    """The text of `data`, the bytes of the file `name`, without a byte-order mark.

    Read are UTF-8, UTF-16 and UTF-32 with a mark, UTF-16 without one, CP949 (Korean Windows) and CP1252 (Western
    Windows). The last three are taken only where the bytes make sense in one of them and in no other; a wrong guess
    would change words without anybody noticing.

    Raises:
        BadInput: the bytes are no text, or their encoding is not certain.
    """
    marked = next(((mark, encoding) for mark, encoding in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        text = _decoded(data, marked[1])
        if text is None or "\x00" in text:
            raise _no_text(name)
        return text.removeprefix("\ufeff")
    if b"\x00" in data:
        text = _wide(data)
        if text is None:
            raise _no_text(name)
        return text
    text = _decoded(data, "utf-8")
    if text is not None:
        return text
    text, hangul = _korean(data)
    text = text if hangul else _western(data)
    if text is not None:
        return text
    if _is_binary(data):
        raise _no_text(name)
    raise BadInput(
        f"{name} is not a text file in UTF-8, and which encoding it has cannot be told for certain.",
        "Save it as UTF-8. (UTF-16, and plain Korean CP949 or Western CP1252, are read as well.)",
        code="encoding_unclear",
    )


def _no_text(name: str) -> BadInput:
    return BadInput(f"{name} is not a text file.", "Save it as UTF-8 (UTF-16 and CP949 are read as well).")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_binary(data: bytes) -> bool:
    """True when control characters stand in `data` that no text holds, or nothing in it is a letter of ASCII."""
    if any(byte < 0x20 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in data):
        return True
    return not any(chr(byte).isalnum() for byte in data if byte < 0x80) and _decoded(data, "cp949") is None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, when exactly one byte order gives Korean or Latin text."""
    texts = (_decoded(data, encoding) for encoding in ("utf-16-le", "utf-16-be"))
    fitting = [text for text in texts if text and "\x00" not in text and _share(text) >= WIDE_SHARE]
    return fitting[0] if len(fitting) == 1 else None


def _share(text: str) -> float:
    return sum(_is_ordinary(ch) for ch in text) / len(text)


def _is_ordinary(ch: str) -> bool:
    code = ord(ch)
    if code < 0x250:
        return ch in "\t\n\r" or unicodedata.category(ch) != "Cc"
    return 0xAC00 <= code <= 0xD7A3 or 0x1100 <= code <= 0x11FF or 0x2000 <= code <= 0x206F or 0x3000 <= code <= 0x318F


def _korean(data: bytes) -> tuple[str | None, bool]:
    """The text when `data` is certainly CP949, and whether its bytes form hangul at all: then they are not Western."""
    text = _decoded(data, "cp949")
    if text is None:
        return None, False
    high = [ch for ch in text if ch > "\x7f" and ch.isalpha()]
    hangul = [ch for ch in high if "가" <= ch <= "힣" and min(ch.encode("cp949")) >= 0xA1]
    if not hangul or len(hangul) < HANGUL_SHARE * len(high):
        return None, False
    return (text, True) if sum(ch in _COMMON for ch in hangul) >= COMMON_SHARE * len(hangul) else (None, True)


def _western(data: bytes) -> str | None:
    """The text when `data` is certainly CP1252: Latin words with few accents, and typographic marks beside words."""
    text = _decoded(data, "cp1252")
    if text is None:
        return None
    letters = [ch for ch in text if ch.isalpha()]
    accented = sum(ch > "\x7f" for ch in letters)
    if not letters or accented > WESTERN_SHARE * len(letters):
        return None
    if sum(ch.isascii() for ch in letters) < LEAST_PLAIN and _any_hangul(data):
        return None
    return text if all(_stands_right(text, found.start()) for found in _HIGH_RUN.finditer(data)) else None


def _any_hangul(data: bytes) -> bool:
    """True when `data` read as CP949 holds a syllable, one beyond KS X 1001 included."""
    return any("가" <= ch <= "힣" for ch in _decoded(data, "cp949") or "")


def _stands_right(text: str, at: int) -> bool:
    """False for a character that stands where no Western writer puts it: "didnÕt", "b±d"."""
    ch, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    inside = before.isalpha() and after.isalpha()
    if ch.isalpha():
        return not (ch.isupper() and before.islower())
    return ch in _SYMBOLS and not (inside and ch not in _CLOSING) and not (ch in _ENDING and after.isalpha())
