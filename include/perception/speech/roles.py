"""Which of several voices is the candidate's, by who answers whom or whose mouth moves; never by pitch or loudness.

The two kinds of evidence may each decide alone; when they disagree, or neither decides, nobody is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from include.interview.records import Interval, Role, Utterance

DECISIVE = 2.0
"""How many times longer the candidate must have answered than anybody else, to be named by answers."""
FACE_DECISIVE = 1.5
"""How many times more the mouth on camera must move during the candidate's speech than during any other's."""
_LEAST_SPEECH_S = 1.0
"""Mouth activity is compared over at least this much speech per voice."""

_QUESTION = re.compile(
    r"\?\s*$|(까요|나요|가요|는지요|습니까|입니까|ㅂ니까|을까|시죠|주세요|주십시오|주시겠어요|부탁드립니다|부탁드려요|바랍니다)"
    r"\s*[.!]?\s*$"
    r"|^\W*((so|okay|ok|well|and|now|please),?\s+)*"
    r"(tell me|tell us|describe|explain|walk (me|us)|give (me|us)|introduce"
    r"|what|why|how|when|where|who|which|can you|could you|would you|do you|did you|have you|are you)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Turn:
    """Consecutive utterances of one speaker."""

    speaker: str
    utterances: tuple[Utterance, ...]

    @property
    def seconds(self) -> float:
        """Summed length of the utterances in seconds."""
        return sum((u.end_s or 0.0) - (u.start_s or 0.0) for u in self.utterances)

    @property
    def asks(self) -> bool:
        """True when the turn ends with a question or a request (last two utterances)."""
        return any(is_question(u.text) for u in self.utterances[-2:])


def is_question(text: str) -> bool:
    """True for interrogative sentences and interviewers' requests, Korean and English."""
    return bool(_QUESTION.search(text.strip()))


def turns(utterances: Sequence[Utterance]) -> list[Turn]:
    """Utterances grouped while the speaker stays the same."""
    groups: list[list[Utterance]] = []
    for utterance in utterances:
        if not groups or groups[-1][-1].speaker != utterance.speaker:
            groups.append([])
        groups[-1].append(utterance)
    return [Turn(g[0].speaker, tuple(g)) for g in groups]


def _leader(amounts: dict[str, float], ratio: float) -> str | None:
    ranked = sorted(amounts.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] <= 0:
        return None
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    return ranked[0][0] if ranked[0][1] >= ratio * second else None


def by_answers(utterances: Sequence[Utterance]) -> str | None:
    """Label of the voice that spends by far most time answering the others' questions, or None."""
    answered = dict.fromkeys((u.speaker for u in utterances), 0.0)
    sequence = turns(utterances)
    for asking, answering in pairwise(sequence):
        if asking.asks and answering.speaker != asking.speaker:
            answered[answering.speaker] += answering.seconds
    return _leader(answered, DECISIVE)


def by_face(utterances: Sequence[Utterance], face_activity: Sequence[Interval]) -> str | None:
    """Label of the voice during which the mouth on camera moves by far most, or None.

    Movement is the mean `value` of `face_activity` over the voice's speech.
    """
    activity: dict[str, float] = {}
    for speaker in dict.fromkeys(u.speaker for u in utterances):
        weight = total = 0.0
        for u in (u for u in utterances if u.speaker == speaker):
            for i in face_activity:
                shared = min(u.end_s or 0.0, i.end_s) - max(u.start_s or 0.0, i.start_s)
                if shared > 0:
                    weight += shared
                    total += shared * (1.0 if i.value is None else i.value)
        if weight < _LEAST_SPEECH_S:
            return None
        activity[speaker] = total / weight
    return _leader(activity, FACE_DECISIVE) if len(activity) > 1 else None


def candidate_of(utterances: Sequence[Utterance], face_activity: Sequence[Interval] | None) -> str | None:
    """The candidate's label, or None when it cannot be decided."""
    speakers = {u.speaker for u in utterances}
    if len(speakers) <= 1:
        return next(iter(speakers), None)
    answers = by_answers(utterances)
    face = by_face(utterances, face_activity) if face_activity else None
    if answers and face and answers != face:
        return None
    return answers or face


def roles(utterances: Sequence[Utterance], face_activity: Sequence[Interval] | None = None) -> dict[str, Role]:
    """The role of each speaker label; of the voices beside the candidate only one that asks is the interviewer."""
    candidate = candidate_of(utterances, face_activity)
    found: dict[str, Role] = {}
    for speaker in dict.fromkeys(u.speaker for u in utterances):
        if candidate is None:
            found[speaker] = "unknown"
        elif speaker == candidate:
            found[speaker] = "candidate"
        else:
            asks = any(is_question(u.text) for u in utterances if u.speaker == speaker)
            found[speaker] = "interviewer" if asks else "unknown"
    return found
