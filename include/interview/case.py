"""The case a judge gets: everything about one interview stage, and nothing about who the person is."""

from __future__ import annotations

import msgspec

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Criterion, Rubric
from include.interview.records import (
    Answer,
    Channel,
    Document,
    Measurements,
    Opening,
    Record,
    Stage,
    Transcript,
    Utterance,
)
from include.interview.transcript.text import candidate_utterances


class Case(Record, frozen=True):
    """One interview as a judge sees it. Carries no name, contact, age, gender or picture."""

    interview_id: str
    stage: Stage
    language: str
    opening: Opening
    rubric: Rubric
    profile: Profile
    transcript: Transcript
    answers: tuple[Answer, ...]
    measurements: tuple[Measurements, ...] = ()
    documents: tuple[Document, ...] = ()

    def channel(self, name: Channel) -> Measurements | None:
        """The measurements of channel `name` that a judge may see; None when not measured or refused by the profile.

        Measures that the profile refuses or leaves unscored are taken out here, so that no judge can use them.
        """
        if name not in self.profile.channels:
            return None
        found = next((m for m in self.measurements if m.channel == name), None)
        if found is None:
            return None
        seen = tuple(m for m in found.measures if self.profile.scores_measure(m.name))
        return msgspec.structs.replace(found, measures=seen)

    @property
    def candidate(self) -> tuple[Utterance, ...]:
        """The candidate's utterances in order."""
        return candidate_utterances(self.transcript)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The rubric's criteria that the profile enables for this stage, in the rubric's order."""
        return tuple(c for c in self.rubric.criteria if self.profile.enables(self.stage, c.id))
