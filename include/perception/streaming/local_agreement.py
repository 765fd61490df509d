"""LocalAgreement-2: words two consecutive hypotheses share are stable.

Liu et al. 2020, https://arxiv.org/abs/2005.11185; as used for Whisper by Macháček et al. 2023,
https://arxiv.org/abs/2307.14743. Words are those between spaces: in Korean, eojeol.
"""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"[^\w]+")


def _plain(word: str) -> str:
    return _PUNCTUATION.sub("", word).casefold() or word


class LocalAgreement:
    """Grows `stable` over the hypotheses of one utterance; what is stable is never taken back."""

    def __init__(self) -> None:
        self.stable: list[str] = []
        self._previous: list[str] = []

    def hear(self, text: str) -> tuple[str, str]:
        """The stable and the unstable part after one more hypothesis.

        A hypothesis that contradicts stable words changes only what follows as many words.
        """
        words = text.split()
        shared = 0
        for old, new in zip(self._previous, words, strict=False):
            if _plain(old) != _plain(new):
                break
            shared += 1
        if shared > len(self.stable):
            self.stable.extend(words[len(self.stable) : shared])
        self._previous = words
        return " ".join(self.stable), " ".join(words[len(self.stable) :])
