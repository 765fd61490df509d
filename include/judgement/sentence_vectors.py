"""The embeddings of one interview's sentences: how near each is to kinds of talk, to its question and to the job."""

from __future__ import annotations

import msgspec
import numpy as np

from include.interview.case import Case
from include.interview.transcript.text import language_of
from include.judgement.cleaning import Piece
from include.judgement.embedding import encode, encode_once, nearness
from include.judgement.facets import EXAMPLES
from include.judgement.injection import addresses_judge
from include.judgement.lexicon_files import lexicon

CONTEXT_WEIGHT = 0.6
"""What the cosine to the related sentences of the same answer adds to a sentence's own nearness."""
CLEARLY_RELATED = 0.25
"""Nearness from which a sentence serves as context for the others."""
KINDS = (
    "situation", "task", "action", "result", "reflection", "vague", "evasive", "motivation", "teamwork",
    "leadership", "strategy", "experience", "culture", "composure",
)  # fmt: skip
TALK_KINDS = ("interview_talk", *(k for k in KINDS if k != "vague"))


def job_texts(case: Case) -> list[str]:
    """What the opening says of the job, in both languages: title with description, and each competency."""
    opening = case.opening
    texts = []
    for language in ("ko", "en"):
        texts.append(f"{opening.title.text(language)}. {opening.description.text(language)}")
        texts += [f"{c.name.text(language)}: {c.description.text(language)}" for c in opening.competencies]
    return [t for t in dict.fromkeys(texts) if t.strip(" .:")]


class Vectors(msgspec.Struct, frozen=True):
    """Embeddings and cosines of one interview; rows are sentences in order. `examples`: nearness to facets.EXAMPLES."""

    vectors: np.ndarray
    near: dict[str, np.ndarray]
    examples: dict[str, np.ndarray]
    to_question: np.ndarray
    to_job: np.ndarray


def embed(case: Case, texts: list[str], questions: np.ndarray) -> Vectors:
    """The vectors of the sentences `texts` of `case`; `questions`: embeddings of its questions, float32 (n, 512)."""
    vectors = encode(texts)
    job = encode_once(tuple(job_texts(case)))
    to_job = np.sort(vectors @ job.T, axis=1)[:, -2:].mean(axis=1) if len(job) else np.zeros(len(texts))
    near = {kind: nearness(vectors, kind) for kind in (*KINDS, "interview_talk")}
    plain = encode([_unhedged(text) for text in texts])
    examples = {kind: nearness(plain, kind) for kind in EXAMPLES}
    return Vectors(vectors, near, examples, vectors @ questions.T, to_job)


def _unhedged(text: str) -> str:
    """An English text without its hedges: "I guess maybe" is no part of what is told. Korean hedges are endings."""
    if language_of(text) == "ko":
        return text
    for place in reversed(lexicon("en").places("hedges", text)):
        text = f"{text[: place.start]} {text[place.end :]}"
    return " ".join(text.split())


def relatedness(owned: list[tuple[int, Piece]], v: Vectors) -> np.ndarray:
    """How much each sentence has to do with the interview: its own nearness and that of its answer, (sentences,)."""
    own = np.array([n for n, _ in owned])
    talk = np.max([v.near[k] for k in TALK_KINDS], axis=0)
    talk = np.maximum(np.maximum(talk, v.to_job), v.to_question[np.arange(len(owned)), own])
    context = np.zeros(len(owned))
    # Self-praise and words to the judge are no context: they may not decide which other sentences count.
    eligible = np.array(
        [
            t >= CLEARLY_RELATED and not (p.praised or addresses_judge(p.text))
            for t, (_, p) in zip(talk, owned, strict=True)
        ]
    )
    for i, n in enumerate(own):
        others = [j for j in np.flatnonzero((own == n) & eligible) if j != i]
        if others:
            mean = v.vectors[others].mean(axis=0)
            context[i] = float(v.vectors[i] @ mean) / float(np.linalg.norm(mean) or 1.0)
    value: np.ndarray = talk + CONTEXT_WEIGHT * context
    return value
