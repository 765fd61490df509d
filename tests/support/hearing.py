"""What a model heard, held against what was said.

The same sound does not give the same words everywhere: the arithmetic of another processor, or another version of the
synthetic voice, turns one word into its neighbour ("databases", "database"). So no test asks for one recognised word.
It asks for an error rate within a tolerance that it states.
"""

from __future__ import annotations

import re

import jiwer

SYNTHETIC_WER = 0.25
"""Most word errors per word of synthetic English speech: two in a sentence of eight words. Measured under every
instruction set that `make test-processors` knows: up to 0.13. A sentence of which half is missing, or that another
sentence was taken for, is far above it."""


def plain(text: str) -> str:
    """Lower case words between single spaces, without punctuation."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def letters(text: str) -> str:
    """Letters and digits only: Korean is compared so, because spacing is a matter of taste there."""
    return re.sub(r"[\W_]+", "", text).lower()


def word_error_rate(reference: str, heard: str) -> float:
    """Words substituted, left out or put in, per word of `reference`; case and punctuation do not count."""
    return float(jiwer.wer(plain(reference), plain(heard)))


def character_error_rate(reference: str, heard: str) -> float:
    """Letters and digits substituted, left out or put in, per letter or digit of `reference`."""
    return float(jiwer.cer(letters(reference), letters(heard)))


def word_error_rate_in_loop(loop: str, heard: str) -> float:
    """The word error rate of `heard` against the stretch it resembles most of `loop` said over and over: for sound that
    repeats and was joined at no particular moment."""
    words, count = plain(loop).split(), len(plain(heard).split())
    if not count:
        return 1.0
    endless = words * (count // len(words) + 2)
    return min(word_error_rate(" ".join(endless[n : n + count]), heard) for n in range(len(words)))
