"""Answers: which words of the candidate belong to which question."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.records import Answer, Opening, QuestionMark, Transcript, Utterance
from include.interview.text import fold, words

BACKCHANNEL_WORDS = 3
"""An interviewer's turn of at most this many words without a question mark, in the middle of an answer, is a
listener's response ("I see, okay", "네, 그렇군요") and starts no new question (Yngve 1970, backchannel)."""
FOLLOW_UP_MARKS = ("?", "？")


def answers_of(
    transcript: Transcript, marks: Sequence[QuestionMark] = (), opening: Opening | None = None
) -> tuple[Answer, ...]:
    """The candidate's answers in order; every candidate utterance is in exactly one of them.

    With `marks` and times, an utterance answers the last question whose mark lies before the utterance's middle.
    Otherwise the question is what the interviewer said before, and an answer ends where the interviewer asks again.
    `question` is None before the first question. Answers without words are left out.
    """
    timed = all(u.start_s is not None and u.end_s is not None for u in transcript.utterances)
    if marks and timed:
        return _by_marks(transcript, sorted(marks, key=lambda m: m.start_s), opening)
    return _by_turns(transcript, opening)


def _question_text(opening: Opening | None, question_id: str, language: str) -> str | None:
    questions = opening.questions if opening else ()
    return next((q.text.text(language) for q in questions if q.id == question_id), None)


def _question_id(opening: Opening | None, asked: str) -> str | None:
    """The opening's question whose text, in either language, was asked word for word."""
    for question in opening.questions if opening else ():
        if any(fold(text) and fold(text) in fold(asked) for text in (question.text.ko, question.text.en)):
            return question.id
    return None


def _by_marks(transcript: Transcript, marks: Sequence[QuestionMark], opening: Opening | None) -> tuple[Answer, ...]:
    groups: dict[int, list[Utterance]] = {}
    asked: dict[int, list[str]] = {}
    for utterance in transcript.utterances:
        middle = ((utterance.start_s or 0.0) + (utterance.end_s or 0.0)) / 2
        index = sum(mark.start_s <= middle for mark in marks) - 1
        if utterance.role == "candidate":
            groups.setdefault(index, []).append(utterance)
        elif utterance.role == "interviewer" and index not in groups:
            asked.setdefault(index, []).append(utterance.text)
    answers = []
    for index in sorted(groups):
        spoken = " ".join(asked.get(index, ())) or None
        if index < 0:
            answers.append(Answer(spoken, None, tuple(groups[index])))
            continue
        mark = marks[index]
        text = _question_text(opening, mark.question_id, transcript.language)
        answers.append(Answer(text or spoken, mark.question_id, tuple(groups[index])))
    return tuple(answers)


def _is_backchannel(text: str) -> bool:
    return len(words(text)) <= BACKCHANNEL_WORDS and not text.rstrip().endswith(FOLLOW_UP_MARKS)


def _by_turns(transcript: Transcript, opening: Opening | None) -> tuple[Answer, ...]:
    answers: list[Answer] = []
    asked: list[str] = []
    said: list[Utterance] = []

    def close() -> None:
        if said:
            question = " ".join(asked) or None
            answers.append(Answer(question, _question_id(opening, question) if question else None, tuple(said)))

    for utterance in transcript.utterances:
        if utterance.role == "candidate":
            said.append(utterance)
        elif utterance.role == "interviewer":
            if said and _is_backchannel(utterance.text):
                continue
            if said:
                close()
                asked, said = [], []
            asked.append(utterance.text)
    close()
    return tuple(answers)
