"""Levels that people give: who conducts an interview rates each criterion on the rubric's anchors, alone and first.

A machine's number seen first draws people's own towards it, so ratings are complete when they are given and do not
change afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import LEVELS, Criterion, Rubric
from include.interview.errors import BadInput
from include.interview.records import Opening, Record
from include.interview.scoring.sufficiency import not_written

NEED_REASON = (LEVELS[0], LEVELS[-1])
"""Levels that need a reason: the ends of the scale decide most, and are given most lightly."""
MAX_REASON_CHARS = 2_000


class Rating(Record, frozen=True):
    """One person's level of one criterion, 1 to 5 on the rubric's anchors."""

    criterion: str
    level: int
    reason: str = ""


class RatingSheet(Record, frozen=True):
    """All ratings that one account gave of one interview, in the rubric's order. `rated_at`: ISO 8601, UTC."""

    rater_id: str
    ratings: tuple[Rating, ...]
    rated_at: str


def rateable(rubric: Rubric, profile: Profile, opening: Opening) -> tuple[Criterion, ...]:
    """The criteria that a person rates: those the profile enables.

    A criterion that is judged against written values or key concepts is left out where the opening states none, as on
    the card: what nobody wrote down, nobody may be measured by.
    """
    enabled = (c for c in rubric.criteria if profile.enables(rubric.stage, c.id))
    return tuple(c for c in enabled if not_written(c, opening) is None)


def checked_ratings(given: Sequence[Rating], criteria: Sequence[Criterion]) -> tuple[Rating, ...]:
    """`given` in the order of `criteria`, reasons trimmed, when every criterion is rated once and as it must be.

    Raises:
        BadInput: code "rating_criteria" (missing, twice, or unknown), "rating_level", or "rating_reason" (missing at
            1 and 5, or too long).
    """
    names = [rating.criterion for rating in given]
    known = [criterion.id for criterion in criteria]
    if sorted(names) != sorted(known):
        raise BadInput(
            "Every criterion is rated, and each once.", f"Rate exactly: {', '.join(known)}.", code="rating_criteria"
        )
    by_name = {rating.criterion: _checked(rating) for rating in given}
    return tuple(by_name[name] for name in known)


def _checked(rating: Rating) -> Rating:
    reason = rating.reason.strip()
    if rating.level not in LEVELS:
        raise BadInput(
            f"The level of {rating.criterion} is not one of the anchors'.", "Use 1 to 5.", code="rating_level"
        )
    if rating.level in NEED_REASON and not reason:
        raise BadInput(
            f"Level {rating.level} of {rating.criterion} needs a reason.",
            "Say what was said or done that shows it.",
            code="rating_reason",
        )
    if len(reason) > MAX_REASON_CHARS:
        raise BadInput(
            f"The reason for {rating.criterion} has more than {MAX_REASON_CHARS} characters.",
            "Shorten it.",
            code="rating_reason",
        )
    return Rating(rating.criterion, rating.level, reason)
