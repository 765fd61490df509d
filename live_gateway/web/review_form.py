"""The form in which a reviewer answers: what may be decided, on which grounds, and whose evidence was read."""

from __future__ import annotations

from dataclasses import dataclass

from include.interview.scoring.review import (
    CONTRADICTORY,
    REVIEW_DECISIONS,
    REVIEW_GROUNDS,
    ReviewDecision,
    ReviewGround,
)
from include.storage import Stores
from tasks.evaluation.card_review import judged_criteria


@dataclass(frozen=True)
class ReviewForm:
    """What the form offers. `grounds`: a code with the decisions that it contradicts; `criteria`: id -> name.

    `form_id`: of its element.
    """

    interview_id: str
    decisions: tuple[ReviewDecision, ...]
    grounds: tuple[tuple[ReviewGround, tuple[ReviewDecision, ...]], ...]
    criteria: dict[str, str]
    form_id: str = "review-form"


def review_form(stores: Stores, interview_id: str, language: str) -> ReviewForm:
    """The form for an interview about whose card a person is asked. Raises: as `judged_criteria`."""
    return ReviewForm(
        interview_id,
        REVIEW_DECISIONS,
        tuple((code, tuple(d for d in REVIEW_DECISIONS if (d, code) in CONTRADICTORY)) for code in REVIEW_GROUNDS),
        {criterion.id: criterion.name.text(language) for criterion in judged_criteria(stores, interview_id)},
    )
