"""The case a judge gets: everything about one interview stage, and nothing about who the person is."""

from __future__ import annotations

from include.interview.policy import Profile
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
from include.interview.rubric import Criterion, Rubric
from include.interview.text import candidate_utterances


class Case(Record):
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
        """The measurements of channel `name`, or None when it was not measured or the profile refuses it."""
        if name not in self.profile.channels:
            return None
        return next((m for m in self.measurements if m.channel == name), None)

    @property
    def candidate(self) -> tuple[Utterance, ...]:
        """The candidate's utterances in order."""
        return candidate_utterances(self.transcript)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The rubric's criteria that the profile enables for this stage, in the rubric's order."""
        return tuple(c for c in self.rubric.criteria if self.profile.enables(self.stage, c.id))
