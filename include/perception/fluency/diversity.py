"""Lexical diversity (MATTR) and repetitions of spoken text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from include.interview.transcript.text import fold, words

WINDOW = 50
"""Tokens per window of the moving average (Covington & McFall 2010, https://doi.org/10.1080/09296171003643098)."""
LONGEST_RESTART = 4
"""Words of a phrase that may be restarted."""
_EMPHATIC = frozenset(
    ("very", "really", "so", "much", "many", "far", "long", "no", "yes", "had", "that", "bye",
     "정말", "진짜", "아주", "매우", "너무", "많이", "네", "예", "하나", "계속", "점점", "더", "훨씬", "꼭")
)  # fmt: skip
"""Words whose doubling is emphasis, answer or grammar."""
_FRAGMENT = re.compile(r"[^\W\d_]+[-–—~](?=\s+[^\W\d_])")


def mattr(tokens: Sequence[str], window: int = WINDOW) -> float | None:
    """Moving-average type-token ratio in (0, 1] (Covington & McFall 2010); None for fewer than `window` tokens.

    It is the mean share of distinct tokens over all windows of `window` tokens.
    """
    if len(tokens) < window:
        return None
    counts = Counter(tokens[:window])
    total = len(counts)
    for i in range(window, len(tokens)):
        leaving = tokens[i - window]
        counts[leaving] -= 1
        if not counts[leaving]:
            del counts[leaving]
        counts[tokens[i]] += 1
        total += len(counts)
    return total / (window * (len(tokens) - window + 1))


def repetitions(text: str) -> int:
    """How many words or phrases of up to four words are said again at once, or broken off ("w- we").

    Doubled intensifiers and answers (very very, 정말 정말, 네 네) are not repetitions.
    """
    said = [fold(w) for w in words(text)]
    count = len(_FRAGMENT.findall(text))
    i = 0
    while i < len(said):
        for size in range(min(LONGEST_RESTART, (len(said) - i) // 2), 0, -1):
            block = said[i : i + size]
            if block == said[i + size : i + 2 * size] and not (size == 1 and block[0] in _EMPHATIC):
                count += 1
                i += size
                break
        else:
            i += 1
    return count
