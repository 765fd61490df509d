"""The one rule of who may see a card, over everything it looks at."""

from __future__ import annotations

from itertools import product

import pytest

from include.interview.records import Bilingual, ReviewReason
from include.interview.scoring.review import REVIEW_GROUNDS, Standing, standing_of

pytestmark = pytest.mark.unit

STATUSES = ("created", "uploaded", "processing", "review", "published", "failed")
REASONS = (ReviewReason("policy", Bilingual("ㄱ", "a")),)
REVIEWS = (None, "asked", "publish:evidence_supports_card", f"withhold:{REVIEW_GROUNDS[1]}", "withhold:")


@pytest.mark.parametrize(("status", "reasons", "review"), list(product(STATUSES, ((), REASONS), REVIEWS)))
def test_every_combination(status: str, reasons: tuple[ReviewReason, ...], review: str | None) -> None:
    found = standing_of(status, reasons, review)
    if status == "published":
        assert found.state == "shown"
    elif review is not None and review.startswith("withhold"):
        assert found == Standing("withheld", review.removeprefix("withhold:") or None)
    elif status == "review" or reasons or review == "asked":
        assert found.state == "under_review"
    else:
        assert found.state == "shown"


@pytest.mark.parametrize(
    ("state", "anybody", "reviewer"),
    [("shown", True, True), ("under_review", False, True), ("withheld", False, False)],
)
def test_who_sees_it(state: str, anybody: bool, reviewer: bool) -> None:
    standing = Standing(state)  # type: ignore[arg-type]
    assert standing.visible(reviewing=False) is anybody
    assert standing.visible(reviewing=True) is reviewer
