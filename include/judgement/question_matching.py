"""Which of the opening's questions each answer answers, and which answers a criterion is judged from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np

from include.interview.assessment.question_map import ReadAnswers, read_answers
from include.interview.assessment.rubric import Criterion
from include.interview.case import Case
from include.interview.records import Answer, Opening, Question
from include.interview.scoring.sufficiency import EOJEOL_PER_ENGLISH_WORD
from include.interview.transcript.text import language_of, sentences, words
from include.judgement.embedding import encode_once
from include.judgement.injection import addresses_judge

SAME_QUESTION = 0.62
"""Cosine between what was asked and a question of the opening from which they are taken for one question, whatever the
wording or language. Set on the questions of the hand-written interviews; see docs/scoring.md."""
CLEARLY_NEARER = 0.05
"""How much nearer it must be than to any of the opening's questions that is read for other criteria."""


def answers_for(case: Case, criterion: Criterion) -> ReadAnswers:
    """The answers of `case` that `criterion` is judged from, by the opening's map of questions to criteria.

    The map narrows what is read of an interview that asked other questions too, and takes no score from it: where it
    would leave a criterion too few answers, all are read. Which question was asked in other words is a guess, and such
    a question counts as another one here. Too few answers are said of interviews that asked the opening's own.
    """
    lengths = [_length(answer) for answer in case.answers]
    marked = [answer.question_id for answer in case.answers]
    asked = asked_questions(case.answers, case.opening)
    read = read_answers(criterion, case.opening, case.answers, asked, lengths)
    if read.enough or None not in marked:
        return read
    return read_answers(criterion, case.opening, case.answers, [None] * len(marked), lengths)


@lru_cache(maxsize=512)
def _length(answer: Answer) -> float:
    """How many English words `answer` is worth; words to the judge must not turn a scrap into an answer."""
    said = [s for u in answer.utterances for s in sentences(u.text) if not addresses_judge(s)]
    korean = language_of(answer.text) == "ko"
    return sum(len(words(s)) for s in said) / (EOJEOL_PER_ENGLISH_WORD if korean else 1.0)


def asked_questions(answers: Sequence[Answer], opening: Opening) -> tuple[str | None, ...]:
    """Per answer the id of the opening's question it answers; None where it is none of them.

    A question marked or asked word for word is known. One asked in other words is the opening's question it comes
    nearest to, if it comes near enough.
    """
    known = {q.id for q in opening.questions}
    return tuple(
        a.question_id if a.question_id is not None else _nearest(a.question, opening.questions) if known else None
        for a in answers
    )


@lru_cache(maxsize=512)
def _nearest(asked: str | None, questions: tuple[Question, ...]) -> str | None:
    if not asked or not asked.strip():
        return None
    vector = encode_once((asked,))[0]
    near = {q: float(np.max(encode_once((q.text.ko, q.text.en)) @ vector)) for q in questions}
    best = max(questions, key=lambda q: near[q])
    rival = max((near[q] for q in questions if _read_for(q) != _read_for(best)), default=0.0)
    return best.id if near[best] >= SAME_QUESTION and near[best] - rival >= CLEARLY_NEARER else None


def _read_for(question: Question) -> tuple[tuple[str, ...] | None, bool]:
    return question.criteria, question.challenge


def read_only(case: Case, read: ReadAnswers) -> Case:
    """`case` with nothing said but the answers in `read` and the questions before them."""
    if read.answers == case.answers:
        return case
    kept = {u.id for a in read.answers for u in a.utterances}
    said, pending = [], []
    for utterance in case.transcript.utterances:
        if utterance.role != "candidate":
            pending.append(utterance)
            continue
        if utterance.id in kept:
            said += [*pending, utterance]
        pending = []
    transcript = msgspec.structs.replace(case.transcript, utterances=tuple(said))
    return msgspec.structs.replace(case, transcript=transcript, answers=read.answers)
