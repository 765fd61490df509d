"""Search among 100,000 past answers: Chroma alone, and the whole search with the stores' checks."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from include.interview.answer_index.records import IndexedAnswer
from include.settings import Settings
from include.storage import Stores
from include.storage.repositories.answers import StoredAnswer

ANSWERS, QUICK_ANSWERS = 100_000, 10_000
PER_INTERVIEW = 50
"""More than an interview has: fewer people, so that filling the database takes minutes and not an hour."""
QUERIES, QUICK_QUERIES = 200, 50
WARM_UP = 5
SPREAD = 1.2
"""Noise beside a sentence of length 1: neighbours of one topic then lie at cosines around 0.4, as answers about one
subject do, and other topics below 0.2."""
CRITERIA = ("leadership", "strategic_thinking", "experience", "culture_fit")
OPENING = "benchmark"
WORDS = "지난해 서비스 장애를 맡아 원인을 찾고 동료들과 해결했습니다. We found the cause and fixed it together. " * 4


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Median and 95th percentile (milliseconds) of both, and seconds that filling the index took."""
    from include.judgement.embedding import encode
    from include.judgement.lexicon_files import prototype_sentences
    from tasks.ephemeral import passing_stores
    from tasks.evaluation.answers import NEAREST, search_answers

    count, queries = (QUICK_ANSWERS, QUICK_QUERIES) if quick else (ANSWERS, QUERIES)
    texts = [text for kind in prototype_sentences().values() for text in kind]
    centres = encode(texts)
    with passing_stores(settings) as (stores, _):
        began = time.monotonic()
        _fill(stores, centres, count)
        filled_s = time.monotonic() - began
        drawn = _vectors(np.random.default_rng(2), centres)
        asked = [next(drawn).tolist() for _ in range(queries + 2 * WARM_UP)]
        load = os.getloadavg()[0]
        alone = _timed([partial(stores.vectors.similar, v, NEAREST, opening_id=OPENING) for v in asked])
        of_one = {"opening_id": OPENING, "criterion": CRITERIA[0]}
        one = _timed([partial(stores.vectors.similar, v, NEAREST, **of_one) for v in asked])
        said = itertools.islice(itertools.cycle(texts), queries + WARM_UP)
        # A number at the end: the encoder keeps texts that it was asked for, and a person asks for another one.
        whole = _timed([partial(search_answers, stores, f"{text} {n}", OPENING) for n, text in enumerate(said)])
    return {
        "answers": count,
        "filled_s": filled_s,
        "load_1min": load,
        "chroma": alone,
        "chroma_one_criterion": one,
        "whole_search": whole,
        "targets": {"p95_ms": "≤ 100"},
    }


def _vectors(rng: np.random.Generator, centres: np.ndarray) -> Iterator[np.ndarray]:
    """Unit vectors around the embeddings of real sentences, topics as uneven as openings' questions make them."""
    weights = 1.0 / np.arange(1, len(centres) + 1)
    while True:
        centre = centres[rng.choice(len(centres), p=weights / weights.sum())]
        noise = rng.normal(size=centres.shape[1])
        vector = centre + SPREAD * noise / np.linalg.norm(noise)
        yield (vector / np.linalg.norm(vector)).astype(np.float32)


def _fill(stores: Stores, centres: np.ndarray, count: int) -> None:
    import msgspec

    from include.interview.assessment.openings import general_opening
    from include.interview.assessment.policy import load_profile

    stores.openings.put(msgspec.structs.replace(general_opening(), id=OPENING))
    rng = np.random.default_rng(1)
    vectors = _vectors(rng, centres)
    consents = load_profile("standard").purposes
    for _ in range(count // PER_INTERVIEW):
        candidate = stores.candidates.create("Benchmark")
        interview = stores.interviews.create(
            stores.applications.ensure(candidate.id, OPENING), "executive", "standard", "ko"
        )
        stores.consents.grant(candidate.id, interview.id, consents, "benchmark")
        rows = [_answer(n, next(vectors), rng) for n in range(PER_INTERVIEW)]
        stores.answers.replace(interview.id, rows, 180)
        stores.vectors.put_answers(
            interview.id,
            [(one.answer.answer_id, np.frombuffer(one.vector, "<f4").tolist()) for one in rows],
            opening_id=OPENING,
            stage="executive",
            criteria={one.answer.answer_id: one.answer.criteria for one in rows},
        )
        stores.interviews.set_status(interview.id, "published")


def _answer(n: int, vector: np.ndarray, rng: np.random.Generator) -> StoredAnswer:
    missing = tuple(part for part in ("situation", "result") if rng.random() < 0.4)
    kept = IndexedAnswer(f"u{n}", "ko", None, WORDS, (CRITERIA[rng.integers(len(CRITERIA))],), {}, missing)  # type: ignore[arg-type]
    return StoredAnswer(kept, vector.astype("<f4").tobytes(), "benchmark")


def _timed(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Milliseconds of each call after the first ones, which load what is loaded once."""
    took = []
    for call in calls:
        began = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - began))
    kept = took[WARM_UP:]
    return {"p50_ms": float(np.percentile(kept, 50)), "p95_ms": float(np.percentile(kept, 95))}
