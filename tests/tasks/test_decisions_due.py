"""What waits for people, from stored records."""

from __future__ import annotations

import pytest

from include.storage import Stores
from tasks.waiting_work import decisions_due
from tests.include.storage.conftest import local, local_stores
from tests.support.ranked_applications import OPENING, all_stages, apply

__all__ = ["local", "local_stores"]
pytestmark = pytest.mark.slow


def test_a_decision_waits_only_where_every_card_counts_as_in_the_ranking(local_stores: Stores) -> None:
    stores = local_stores
    ready, reviewed, withdrew, again = (apply(stores, name, all_stages(3.0)) for name in "ABCD")
    apply(stores, "E", {"ai": 3.0})
    openings = {one.id: one for one in stores.openings.list()}
    assert decisions_due(stores, openings).count == 4
    stores.reviews.ask(reviewed.interviews["ai"], "card", ("policy",))
    stores.interviews.set_status(reviewed.interviews["ai"], "review")
    for person in (withdrew, again):
        for consent in stores.consents.list(person.candidate):
            stores.consents.withdraw(consent.id)
    stores.consents.grant(again.candidate, None, ("recording", "ai_evaluation"), "1")
    due = decisions_due(stores, openings)
    assert (due.count, due.items[0].subject, due.items[0].count) == (2, OPENING.id, 2)
    held = stores.ranking_inputs.not_counting([OPENING.id])
    assert set(held) == {reviewed.application, withdrew.application}
    assert held[reviewed.application] == {"ai"}
    assert ready.application not in held
