"""What is found in the words of one utterance: keywords, protected grounds, questions. Blocking: run it in a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec
import numpy as np

from include.interview.live.session import LiveUtterance
from include.interview.live.wire import QuestionSuggested
from include.interview.records import Utterance
from include.interview.transcript.text import sentences
from include.judgement.embedding import encode
from include.judgement.keywords import KeywordMatcher, Mention
from include.judgement.live.context import FeedbackContext
from include.judgement.protected_grounds import grounds_asked

SAME_QUESTION = 0.72
"""Cosine from which two questions ask the same; different questions of one interview lie below 0.65."""


class UtteranceAnalysis(msgspec.Struct, frozen=True):
    """What was found in the words of an utterance, said by `role`."""

    role: str
    mentions: tuple[Mention, ...] = ()
    grounds: tuple[str, ...] = ()
    """Protected grounds that the interviewer asked about."""
    question: str | None = None
    """Prepared question, or question of the opening, that the interviewer asked."""


class UtteranceAnalyser:
    """Finds what is in utterances of one session."""

    def __init__(self, context: FeedbackContext) -> None:
        self._context = context

    @cached_property
    def _keywords(self) -> KeywordMatcher:
        # Made in the thread that first needs it: it loads the Korean analyser.
        return KeywordMatcher(self._context.opening.keywords)

    def words(self, utterance: LiveUtterance) -> UtteranceAnalysis:
        """What the words say, as far as it matters for the utterance's role."""
        if utterance.role == "candidate":
            line = Utterance(utterance.id, utterance.speaker, utterance.role, utterance.text)
            return UtteranceAnalysis(utterance.role, self._keywords.mentions(line))
        if utterance.role == "interviewer":
            grounds = tuple(hit.ground for hit in grounds_asked(utterance.text))
            return UtteranceAnalysis(utterance.role, grounds=grounds, question=self._question(utterance.text))
        return UtteranceAnalysis(utterance.role)

    def _question(self, text: str) -> str | None:
        planned = [(q.id, q.wording) for q in self._context.prepared]
        planned += [(q.id, t) for q in self._context.opening.questions for t in (q.text.ko, q.text.en)]
        found = nearest_text(text, [t for _, t in planned])
        return None if found is None else planned[found][0]

    def asked(
        self, spoken: Sequence[LiveUtterance], suggested: Sequence[QuestionSuggested], since: Mapping[str, float]
    ) -> dict[str, str]:
        """Suggestion → the utterance of the interviewer in which it was asked in the same or other words.

        Args:
            since: suggestion → session time in seconds from which it can have been asked.
        """
        found: dict[str, str] = {}
        for utterance in spoken:
            open_then = [s for s in suggested if since[s.id] <= utterance.start_s]
            index = nearest_text(utterance.text, [s.text for s in open_then])
            if index is not None:
                found.setdefault(open_then[index].id, utterance.id)
        return found


def nearest_text(said: str, texts: Sequence[str]) -> int | None:
    """Index of the text that a sentence of `said` says in the same or other words; None when none is near enough."""
    if not texts:
        return None
    similarity = encode(list(sentences(said)) or [""]) @ encode(list(texts)).T
    best = int(np.argmax(similarity.max(axis=0)))
    return best if float(similarity[:, best].max()) >= SAME_QUESTION else None
