"""When it is worth judging again. Counted in words and session time, so that the same session is judged the same."""

from __future__ import annotations

from include.interview.live.conversation import Conversation
from include.interview.transcript.text import words

LEAST_WORDS = 12
"""New words of the candidate from which an answer is judged while it goes on."""
PAUSE_MS = 8_000
"""Least session time between two judgements while an answer goes on."""
REST_WORDS, REST_MS = 4, 1_500
"""New words, and silence after them, from which an answer may be over: what it lacks is then looked at."""
MODEL_REST_WORDS, MODEL_REST_MS = 20, 2_500
"""The same for a judge model."""
SLOWER_LEVEL, SLOWER = 2, 3
"""Load-shedding level from which PAUSE_MS counts this many times."""


class Cadence:
    """Decides when to judge. A judge model is asked only when an answer is finished: every call costs money."""

    def __init__(self, judge_kind: str) -> None:
        self._each_answer_only = judge_kind == "openai"
        self._changes = 0
        self._words = 0
        self._judged_ms = -PAUSE_MS

    def restored(self, talk: Conversation) -> None:
        """After a takeover everything is judged again at once."""
        self._judged_ms = talk.now_ms - PAUSE_MS * SLOWER

    def due(self, talk: Conversation, level: int) -> bool:
        """Whether to judge now; True counts as done."""
        if talk.changes == self._changes:
            return False
        said = talk.utterances()
        count = sum(len(words(u.text)) for u in said if u.role == "candidate")
        finished = bool(said) and said[-1].role == "interviewer" and count != self._words
        relabelled = count < self._words
        pause = PAUSE_MS * (SLOWER if level >= SLOWER_LEVEL else 1)
        new_words, rest_ms = (MODEL_REST_WORDS, MODEL_REST_MS) if self._each_answer_only else (REST_WORDS, REST_MS)
        resting = count - self._words >= new_words and not talk.speaking and talk.now_ms - talk.heard_ms >= rest_ms
        resting = resting and talk.now_ms - self._judged_ms >= pause // 2
        going_on = count - self._words >= LEAST_WORDS and talk.now_ms - self._judged_ms >= pause
        if not (finished or relabelled or resting or (going_on and not self._each_answer_only)):
            return False
        self._changes, self._words, self._judged_ms = talk.changes, count, talk.now_ms
        return True
