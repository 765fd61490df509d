"""Whether a name in Latin letters and one in hangul can be the same: by their consonants, which both scripts keep."""

from __future__ import annotations

import unicodedata

_HANGUL = {
    **dict.fromkeys("ᄀᄁᄏᆨᆩᆿ", "k"), **dict.fromkeys("ᄃᄄᄐᆮᇀ", "t"), **dict.fromkeys("ᄇᄈᄑᆸᇁ", "p"),
    **dict.fromkeys("ᄌᄍᄎᆽᆾ", "c"), **dict.fromkeys("ᄉᄊᆺᆻ", "s"), **dict.fromkeys("ᄅᆯ", "l"),
    **dict.fromkeys("ᄆᆷ", "m"), **dict.fromkeys("ᄂᆫᆼ", "n"),
}  # fmt: skip
_LATIN = {
    **dict.fromkeys("bpfv", "p"), **dict.fromkeys("ckgq", "k"), **dict.fromkeys("dt", "t"), **dict.fromkeys("jz", "c"),
    "s": "s", "x": "ks", **dict.fromkeys("lr", "l"), "m": "m", "n": "n",
}  # fmt: skip
_PAIRS = (("ch", "j"), ("sh", "s"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("ng", "n"))
LEAST = 2
"""Consonants below which a likeness says nothing."""


def consonants(name: str) -> str:
    """The classes of the consonants of `name` in order: "Kafka" and "카프카" both give "kpk"."""
    low = name.lower()
    for pair, one in _PAIRS:
        low = low.replace(pair, one)
    spelled = "".join(_HANGUL.get(c, _LATIN.get(c, "")) for c in unicodedata.normalize("NFD", low))
    return "".join(c for n, c in enumerate(spelled) if n == 0 or c != spelled[n - 1])


def same_name(one: str, other: str) -> bool:
    """True when one is in hangul, the other is not, and their consonants are the same."""
    if _hangul(one) == _hangul(other):
        return False
    first, second = consonants(one), consonants(other)
    return len(first) >= LEAST and first == second


def _hangul(text: str) -> bool:
    return any("가" <= c <= "힣" for c in text)
