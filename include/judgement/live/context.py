"""A session's opening, rules and judge settings for live feedback."""

from __future__ import annotations

from typing import Literal

import msgspec

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Rubric
from include.interview.preparation.records import PreparedQuestion
from include.interview.records import Opening
from include.settings import Settings


class FeedbackContext(msgspec.Struct, frozen=True):
    """One session's opening, rules and judge. `language` is the one sentences are written in.

    `consents`: the purposes the candidate has consented to; without "emotion_analysis" nothing is measured from the
    voice. `settings` names the judge, as for the offline evaluation.
    `prepared`: the accepted questions of a stage for which questions are prepared, in their order.
    """

    session_id: str
    opening: Opening
    profile: Profile
    rubric: Rubric
    language: Literal["ko", "en"]
    settings: Settings
    consents: frozenset[str] = frozenset()
    prepared: tuple[PreparedQuestion, ...] = ()

    @property
    def question_ids(self) -> tuple[str, ...]:
        """Ids of all questions that are planned for the session: the prepared ones, then the opening's."""
        return (*(q.id for q in self.prepared), *(q.id for q in self.opening.questions))
