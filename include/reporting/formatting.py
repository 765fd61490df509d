"""Numbers, times and hostile text as printed; formatting only, no score is computed here."""

from __future__ import annotations

import math
import re
import unicodedata

_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"\s+")
_KEPT_CONTROLS = frozenset("\n\t")


def clean(text: str) -> str:
    """`text` without characters that HTML, SVG or PDF cannot carry (controls and lone surrogates become U+FFFD)."""
    return "".join("\ufffd" if c not in _KEPT_CONTROLS and unicodedata.category(c) in ("Cc", "Cs") else c for c in text)


def plain(text: str) -> str:
    """One line of `text` for places where no markup can isolate it (title, tooltip): direction marks removed."""
    return _SPACES.sub(" ", _BIDI_CONTROLS.sub("", clean(text))).strip()


def clock(seconds: float) -> str:
    """`mm:ss`, or `h:mm:ss` from one hour on; a negative time is 00:00. Rounds down, as players do."""
    whole = max(0, math.floor(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"


def time_id(seconds: float) -> str:
    """The id of a moment, `t=SECONDS` (W3C Media Fragments 1.0), to a hundredth of a second."""
    return "t=" + decimal(max(0.0, seconds), 2)


def decimal(value: float, digits: int) -> str:
    """`value` with at most `digits` decimals and no trailing zeros; never `-0`."""
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def fixed(value: float, digits: int = 1) -> str:
    """`value` with exactly `digits` decimals, with a true minus sign."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "\u2212") if float(text) else f"{0:.{digits}f}"


def share(value: float) -> str:
    """A share of 0 to 1 in whole percent; what is not quite none or all is never rounded to it."""
    whole = round(100 * value)
    if whole == 0 and value > 0:
        return "<1\u00a0%"
    if whole == 100 and value < 1:
        return ">99\u00a0%"
    return f"{whole}\u00a0%"


def quantity(value: float, unit: str) -> tuple[str, str]:
    """A measured value and its unit as printed: shares in percent, others to three significant digits.

    Args:
        value: the measured value in `unit`.
        unit: the unit code of the measure registry (`share`, `s`, `Hz`, `deg`, `1/min`, ...).
    """
    if unit in ("share", "ratio", "fraction"):
        return fixed(value * 100.0, 0 if abs(value) >= 0.1 else 1), "%"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2
    return decimal(value, digits).replace("-", "\u2212"), unit
