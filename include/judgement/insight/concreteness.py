"""How concrete a word is: whether it names a thing, person or place, or what a writer makes of one.

A line through the sentence embeddings of some 900 listed Korean and English words (ridge regression, +1 concrete, −1
abstract). That word vectors hold concreteness linearly, across languages: Charbonnier & Wartena 2019 (IWCS).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec
import numpy as np

from include.judgement.embedding import encode
from include.judgement.insight.lexicon import LEXICON_FILE
from include.judgement.lexicon_reading import read_lexicon

WORDS_FILE = LEXICON_FILE.with_name("concreteness.yaml")
LINE_FILE = LEXICON_FILE.with_name("concreteness.npy")
RIDGE = 1.0


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    concrete: tuple[str, ...]
    abstract: tuple[str, ...]


def fit() -> np.ndarray:
    """The line through the listed words: float32 of shape (513,), 512 weights and the offset."""
    words = read_lexicon(WORDS_FILE, _Words)
    vectors = encode([*words.concrete, *words.abstract]).astype(np.float64)
    wanted = np.repeat([1.0, -1.0], [len(words.concrete), len(words.abstract)])
    middle = vectors.mean(axis=0)
    centred = vectors - middle
    gram = centred.T @ centred + RIDGE * np.eye(centred.shape[1])
    weights = np.linalg.solve(gram, centred.T @ (wanted - wanted.mean()))
    return np.append(weights, wanted.mean() - middle @ weights).astype(np.float32)


@cache
def _line() -> np.ndarray:
    found: np.ndarray = np.load(LINE_FILE, allow_pickle=False)
    return found


def concreteness(words: Sequence[str]) -> np.ndarray:
    """Per word about +1 (a thing, person or place) to −1 (a quality, act or judgement): float (len(words),)."""
    found: np.ndarray = encode([w.lower() for w in words]) @ _line()[:-1] + _line()[-1]
    listed = _listed()
    return np.array([listed.get(w.lower(), score) for w, score in zip(words, found, strict=True)])


@cache
def _listed() -> dict[str, float]:
    words = read_lexicon(WORDS_FILE, _Words)
    return {**dict.fromkeys(words.concrete, 1.0), **dict.fromkeys(words.abstract, -1.0)}


if __name__ == "__main__":
    np.save(LINE_FILE, fit())
