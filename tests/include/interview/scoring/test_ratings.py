"""People's levels: all criteria at once, on the anchors, with a reason at the ends of the scale."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.errors import BadInput
from include.interview.scoring.ratings import MAX_REASON_CHARS, Rating, checked_ratings, rateable

pytestmark = pytest.mark.unit
RUBRIC = load_rubric("executive", "1")
CRITERIA = rateable(RUBRIC, load_profile("standard"), general_opening())
GOOD = [Rating(c.id, 3) for c in CRITERIA]


def test_what_is_rated_is_what_may_be_judged() -> None:
    assert [c.id for c in CRITERIA] == ["leadership", "strategic_thinking", "experience", "culture_fit"]
    silent = msgspec.structs.replace(general_opening(), values=())
    assert "culture_fit" not in [c.id for c in rateable(RUBRIC, load_profile("standard"), silent)]
    practical = rateable(load_rubric("practical", "1"), load_profile("eu"), general_opening())
    assert "emotion" not in [c.id for c in practical]


def test_they_come_back_in_the_rubrics_order_with_reasons_trimmed() -> None:
    given = [*GOOD[:0:-1], Rating("leadership", 5, "  bore the loss herself ")]
    assert checked_ratings(given, CRITERIA) == (Rating("leadership", 5, "bore the loss herself"), *GOOD[1:])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda given: given[1:], "rating_criteria"),
        (lambda given: [*given, given[0]], "rating_criteria"),
        (lambda given: [*given[1:], Rating("charm", 3)], "rating_criteria"),
        (lambda given: [*given[1:], Rating("leadership", 0)], "rating_level"),
        (lambda given: [*given[1:], Rating("leadership", 6)], "rating_level"),
        (lambda given: [*given[1:], Rating("leadership", 1)], "rating_reason"),
        (lambda given: [*given[1:], Rating("leadership", 5, "  ")], "rating_reason"),
        (lambda given: [*given[1:], Rating("leadership", 3, "x" * (MAX_REASON_CHARS + 1))], "rating_reason"),
    ],
)
def test_what_is_no_rating(change, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        checked_ratings(change(GOOD), CRITERIA)
    assert caught.value.code == code
