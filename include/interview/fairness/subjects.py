"""What fairness is reported about, and the samples for it: rows of people without identity, per subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Literal

from include.interview.fairness.declarations import declared_group
from include.interview.fairness.records import FairnessReport, Person, Sample
from include.interview.records import Record, Scorecard, Transcript
from include.interview.transcript.text import candidate_utterances

DECISIONS = "decisions"
RECOGNITION = "recognition"
CHOSEN = frozenset({"advanced", "offered"})
"""States of an application that a person decided in the candidate's favour."""
DECIDED = CHOSEN | {"rejected"}
"""States that are a person's decision; who is undecided or withdrew is in no selection rate."""
RECOGNITION_CODES = frozenset(
    {"no_words", "unsupported_language", "language_uncertain", "low_confidence", "low_word_coverage"}
)
"""Reasons of an insufficient criterion that lie in how well speech was recognised, not in what was said."""


class ApplicantOutcome(Record, frozen=True):
    """What came of one application in one stage, or of its decision.

    `declared` holds the voluntary declaration (category -> option). `card` is the stage's newest published card without
    evidence; `word_confidence` the mean word probability of the candidate's own speech, None for typed transcripts.
    """

    declared: dict[str, str]
    status: str | None = None
    card: Scorecard | None = None
    word_confidence: float | None = None


def samples(outcomes: Sequence[ApplicantOutcome], attributes: Sequence[str]) -> dict[str, Sample]:
    """The samples by subject: decisions, each stage, each of its criteria, and its recognition; empty ones left out.

    Scores are compared among complete cards, so that a stage and its criteria are about the same people.
    """
    found: dict[str, list[Person]] = {}
    for one in outcomes:
        groups = tuple(declared_group(one.declared, attribute) for attribute in attributes)
        for subject, selected, score in _facts(one):
            found.setdefault(subject, []).append(Person(groups, selected, score))
    return {
        subject: Sample(tuple(attributes), tuple(people))
        for subject, people in sorted(found.items(), key=lambda item: _order(item[0]))
    }


def _facts(one: ApplicantOutcome) -> Iterable[tuple[str, bool | None, float | None]]:
    """(subject, selected, score) of one outcome."""
    if one.status in DECIDED:
        yield DECISIONS, one.status in CHOSEN, None
    card = one.card
    if card is None:
        return
    if card.status == "complete" and card.total is not None:
        yield card.stage, None, card.total
        for line in card.criteria:
            if line.score is not None:
                yield f"{card.stage}/{line.criterion}", None, line.score
    if one.word_confidence is not None:
        yield f"{card.stage}/{RECOGNITION}", recognised(card), one.word_confidence


def recognised(card: Scorecard) -> bool:
    """Whether no criterion of the card stayed without a score because speech was not recognised well enough."""
    return not any(line.reason is not None and line.reason.code in RECOGNITION_CODES for line in card.criteria)


def _order(subject: str) -> tuple[int, str]:
    stage, _, part = subject.partition("/")
    stages = (DECISIONS, "ai", "practical", "executive")
    return stages.index(stage) if stage in stages else len(stages), {RECOGNITION: "~"}.get(part, part)


def word_confidence(transcript: Transcript) -> float | None:
    """The mean word probability of the candidate's own speech; None when it was typed or has no words."""
    if transcript.source != "speech":
        return None
    words = [word.probability for utterance in candidate_utterances(transcript) for word in utterance.words]
    return fmean(words) if words else transcript.confidence


class RecognitionWarning(Record, frozen=True):
    """A group whose speech is recognised worse: `what` says by which of the two figures."""

    attribute: str
    group: str
    what: Literal["insufficient", "confidence"]


def recognition_warnings(report: FairnessReport) -> tuple[RecognitionWarning, ...]:
    """The groups that a stage's recognition report flags: fewer cards without gaps, or lower word probabilities.

    The rule is that of all flags: a ratio below four fifths that is significant after Holm's correction.
    """
    found = []
    for grouping in report.groupings:
        for group in grouping.groups:
            if group.selection is not None and group.selection.flag:
                found.append(RecognitionWarning(grouping.attributes[0], group.group, "insufficient"))
            if group.scoring is not None and group.scoring.flag:
                found.append(RecognitionWarning(grouping.attributes[0], group.group, "confidence"))
    return tuple(found)
