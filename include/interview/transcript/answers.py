"""Answers: which words of the candidate belong to which question."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.records import Answer, Opening, QuestionMark, Transcript, Utterance
from include.interview.transcript.text import fold, words

_RESPONSES = (
    "okay|ok|yes|yeah|yep|right|alright|all|sure|i|see|got|it|mm|mmm|hmm|mhm|mm-hmm|uh-huh|uh|oh|ah|great|good|nice|"
    "cool|perfect|excellent|wonderful|awesome|interesting|very|really|that's|fair|enough|thank|thanks|you|so|much|"
    "understood|"
    "네|예|아|음|어|오|아하|그렇군요|그러시군요|그러셨군요|그렇죠|그래요|알겠습니다|좋습니다|좋아요|좋네요|맞아요|"
    "맞습니다|감사합니다|고맙습니다|잘|들었습니다"
)
BACKCHANNELS = frozenset(_RESPONSES.split("|"))
"""Words of a listener's response ("I see, okay", "네, 그렇군요"). An interviewer's turn of these alone, in the
middle of an answer, starts no new question (Yngve 1970, backchannel)."""


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
    return "?" not in fold(text) and all(word in BACKCHANNELS for word in words(fold(text)))


def _by_turns(transcript: Transcript, opening: Opening | None) -> tuple[Answer, ...]:
    answers: list[Answer] = []
    asked: list[str] = []
    said: list[Utterance] = []
    heard: list[str] = []  # responses that may yet turn out to introduce the next question

    def close() -> None:
        if said:
            question = " ".join(asked) or None
            answers.append(Answer(question, _question_id(opening, question) if question else None, tuple(said)))

    for utterance in transcript.utterances:
        if utterance.role == "candidate":
            said.append(utterance)
            heard = []
        elif utterance.role == "interviewer":
            if said and _is_backchannel(utterance.text):
                heard.append(utterance.text)
                continue
            if said:
                close()
                asked, said = heard, []
            asked.append(utterance.text)
            heard = []
    close()
    return tuple(answers)
