"""When it is worth judging again. Counted in words and session time, so that the same session is judged the same."""

from __future__ import annotations

from include.interview.text import words
from live_gateway.feedback.conversation import Conversation

LEAST_WORDS = 12
"""New words of the candidate from which an answer is judged while it goes on."""
PAUSE_MS = 8_000
"""Least session time between two judgements while an answer goes on."""
SLOWER_LEVEL, SLOWER = 2, 3
"""Rung of the overload ladder from which PAUSE_MS counts this many times."""


class Pacing:
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
        going_on = count - self._words >= LEAST_WORDS and talk.now_ms - self._judged_ms >= pause
        if not (finished or relabelled or (going_on and not self._each_answer_only)):
            return False
        self._changes, self._words, self._judged_ms = talk.changes, count, talk.now_ms
        return True
