"""One interview taken apart: sentences, what each holds, and which of them count.

A sentence does not count when it repeats an earlier one, has nothing to do with an interview, addresses the judge,
or praises the speaker without a deed or number. Everything positive is read from counted sentences only, so that
repetition, padding and self-praise cannot raise a level.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from typing import Literal

import msgspec
import numpy as np

from include.interview.case import Case
from include.interview.records import Record
from include.interview.text import language_of
from include.judgement.cleaning import Piece, pieces
from include.judgement.embedding import encode, nearness
from include.judgement.injection import addresses_judge
from include.judgement.lexicon_files import lexicon
from include.judgement.tokens import Words, words_of

Dropped = Literal["", "repeated", "unrelated", "instruction", "self_praise", "empty"]

BACKCHANNEL_WORDS = 8
"""Answers with fewer words are greetings or listener's responses and do not stand for an answer."""
MIN_TALK = 0.17
"""Nearness to interview talk, the question or the job below which a sentence without "I" or "we" is unrelated;
set on hand-written unrelated sentences (tests/include/judgement/test_offline_invariance.py)."""
PERSON_BONUS = 0.12
"""Added to the nearness of sentences in which the candidate speaks of "I" or "we": they are about the candidate."""
SAME_SENTENCE = 0.93
"""Cosine from which two sentences of at least five words say the same thing twice."""
KINDS = (
    "situation", "task", "action", "result", "reflection", "vague", "evasive", "motivation", "teamwork",
    "leadership", "strategy", "experience", "culture", "composure",
)  # fmt: skip
TALK_KINDS = ("interview_talk", *(k for k in KINDS if k != "vague"))
CATEGORIES = (
    "hedges", "vague", "evasive", "reasoning", "connectives", "organising", "time", "situation", "task", "result",
    "learn", "positive", "enthusiasm", "negative", "anxiety", "negation", "team", "lead", "initiative", "strategy",
    "experience", "motive", "culture", "work", "quantifiers",
)  # fmt: skip
QUESTION_KINDS = ("q_intro", "q_behavioural", "q_weakness", "q_motivation", "q_closing")
_PLAIN = re.compile(r"[\W_]+")


class Sentence(Record, frozen=True):
    """One sentence with its words, the phrases found per category, its nearness per kind, and why it was dropped."""

    piece: Piece
    words: Words
    hits: dict[str, tuple[str, ...]]
    near: dict[str, float]
    dropped: Dropped
    asks: bool
    question: float
    other_question: float
    job: float
    index: int


class AnswerParts(Record, frozen=True):
    """One answer: its question, the question's kind, and its sentences."""

    question: str | None
    kind: str
    sentences: tuple[Sentence, ...]

    @property
    def counted(self) -> tuple[Sentence, ...]:
        return tuple(s for s in self.sentences if not s.dropped)

    @property
    def n_words(self) -> float:
        """Words of counted sentences, fillers left out, in English-equivalent words."""
        return sum(s.words.n for s in self.counted)


class Analysis(msgspec.Struct, frozen=True):
    """Everything the offline judge knows of one interview. `vectors`: float32 (sentences, 512)."""

    language: str
    answers: tuple[AnswerParts, ...]
    vectors: np.ndarray
    document: float | None
    instructions: int

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(s for a in self.answers for s in a.sentences)


def language_of_case(case: Case) -> str:
    """ "ko" or "en": the case's language, else the transcript's, else by the letters of the candidate's words."""
    for language in (case.language, case.transcript.language):
        if language in ("ko", "en"):
            return language
    return "ko" if language_of(" ".join(u.text for u in case.candidate)) == "ko" else "en"


def job_texts(case: Case) -> list[str]:
    """What the opening says of the job, in both languages: title with description, and each competency."""
    opening = case.opening
    texts = []
    for language in ("ko", "en"):
        texts.append(f"{opening.title.text(language)}. {opening.description.text(language)}")
        texts += [f"{c.name.text(language)}: {c.description.text(language)}" for c in opening.competencies]
    return [t for t in dict.fromkeys(texts) if t.strip(" .:")]


def _question_kind(vector: np.ndarray) -> str:
    if not vector.any():
        return "q_intro"
    scores = {kind: float(nearness(vector[None, :], kind)[0]) for kind in QUESTION_KINDS}
    return max(scores, key=lambda k: scores[k])


def _hits(clean: str, raw: str, language: str) -> dict[str, tuple[str, ...]]:
    words = lexicon(language)
    low = clean.lower()
    found = {category: words.hits(category, low) for category in CATEGORIES}
    found["hedges"] = words.hits("hedges", raw.lower())
    return found


def _drop(piece: Piece, words: Words, hits: dict[str, tuple[str, ...]], talk: float) -> Dropped:
    if addresses_judge(piece.text):
        return "instruction"
    if words.n < 1:
        return "empty"
    deeds = words.acts_i + words.acts_we + words.numbers
    if piece.praised and not deeds:
        return "self_praise"
    personal = words.i + words.we + len(re.findall(r"\bmy\b", piece.clean.lower()))
    if talk + (PERSON_BONUS if personal else 0.0) < MIN_TALK and words.n >= 3 and not hits["work"]:
        return "unrelated"
    return ""


def _repeats(index: int, texts: list[str], words: list[float], same: np.ndarray, kept: list[int]) -> bool:
    """Whether sentence `index` says again what an earlier kept one said."""
    plain = _PLAIN.sub("", texts[index].lower())
    for other in kept:
        if plain and plain == _PLAIN.sub("", texts[other].lower()) and words[index] >= 3:
            return True
        if words[index] >= 5 and words[other] >= 5 and same[index, other] >= SAME_SENTENCE:
            return True
    return False


def _build(case: Case) -> Analysis:
    language = language_of_case(case)
    answers = [a for a in case.answers if a.utterances]
    owned: list[tuple[int, Piece]] = [
        (n, p) for n, a in enumerate(answers) for u in a.utterances for p in pieces(u, language)
    ]
    vectors = encode([p.clean for _, p in owned])
    questions = encode([a.question or "" for a in answers])
    kinds = [_question_kind(q) for q in questions]
    job = encode(job_texts(case))
    near = {kind: nearness(vectors, kind) for kind in (*KINDS, "interview_talk")} if owned else {}
    to_question = vectors @ questions.T if owned else np.zeros((0, len(answers)))
    to_job = np.sort(vectors @ job.T, axis=1)[:, -2:].mean(axis=1) if owned and len(job) else np.zeros(len(owned))
    same = vectors @ vectors.T
    texts = [p.clean for _, p in owned]
    words = [words_of(t, language) for t in texts]
    sizes = [w.n for w in words]
    kept: list[int] = []
    grouped: dict[int, list[Sentence]] = {n: [] for n in range(len(answers))}
    for i, (n, piece) in enumerate(owned):
        hits = _hits(piece.clean, piece.text, language)
        others = [
            to_question[i, m] for m in range(len(answers)) if m != n and answers[m].question != answers[n].question
        ]
        talk = max(float(near[k][i]) for k in TALK_KINDS)
        talk = max(talk, float(to_question[i, n]), float(to_job[i]))
        dropped: Dropped = _drop(piece, words[i], hits, talk)
        if not dropped and _repeats(i, texts, sizes, same, kept):
            dropped = "repeated"
        if not dropped:
            kept.append(i)
        grouped[n].append(
            Sentence(
                piece=piece,
                words=words[i],
                hits=hits,
                near={k: float(near[k][i]) for k in (*KINDS, "interview_talk")},
                dropped=dropped,
                asks="?" in piece.text and bool(lexicon(language).hits("ask_back", piece.text.lower())),
                question=float(to_question[i, n]),
                other_question=float(np.mean(others)) if others else 0.0,
                job=float(to_job[i]),
                index=i,
            )
        )
    parts = tuple(AnswerParts(a.question, kinds[n], tuple(grouped[n])) for n, a in enumerate(answers) if grouped[n])
    return Analysis(
        language=language,
        answers=parts,
        vectors=vectors,
        document=_document_agreement(case, vectors, kept),
        instructions=sum(s.dropped == "instruction" for a in parts for s in a.sentences),
    )


def _document_agreement(case: Case, vectors: np.ndarray, kept: list[int]) -> float | None:
    """Mean over document sentences of the cosine to the nearest sentence said; None without documents."""
    said = vectors[kept]
    texts = [t for d in case.documents for t in re.split(r"(?<=[.!?。])\s+|\n+", d.text) if len(t.split()) >= 4]
    if not texts or not len(said):
        return None
    nearest = (encode(texts[:60]) @ said.T).max(axis=1)
    top = np.sort(nearest)[-max(3, len(nearest) // 3) :]
    return float(top.mean())


_KEEP = 8
_analyses: OrderedDict[str, Analysis] = OrderedDict()
_guard = threading.Lock()


def _key(case: Case) -> str:
    material = (case.language, case.transcript.language, case.answers, case.opening, case.documents)
    return hashlib.sha256(msgspec.json.encode(material)).hexdigest()


def analyse(case: Case) -> Analysis:
    """The analysis of `case`; the last few are kept, because every criterion reads the same one."""
    key = _key(case)
    with _guard:
        if key in _analyses:
            _analyses.move_to_end(key)
            return _analyses[key]
        analysis = _build(case)
        _analyses[key] = analysis
        if len(_analyses) > _KEEP:
            _analyses.popitem(last=False)
        return analysis


def main_answers(analysis: Analysis) -> tuple[AnswerParts, ...]:
    """Answers that stand for an answer: chit-chat of under eight words is left out unless there is nothing else."""
    full = tuple(a for a in analysis.answers if sum(s.words.n for s in a.sentences) >= BACKCHANNEL_WORDS)
    return full or analysis.answers
