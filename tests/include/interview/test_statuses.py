"""Which status of an interview may follow which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.errors import BadInput
from include.interview.statuses import NEXT, STATUSES, Status, check_status

pytestmark = pytest.mark.unit


@given(st.lists(st.sampled_from(STATUSES), max_size=20))
def test_only_changes_of_the_table_happen(asked: list[Status]) -> None:
    now: Status = "created"
    seen = {now}
    for to in asked:
        if to == now or to in NEXT[now]:
            check_status(now, to)
            now = to
            seen.add(to)
        else:
            with pytest.raises(BadInput) as refused:
                check_status(now, to)
            assert refused.value.code == "interview_status"
    assert "erased" not in seen, "erasing is an act of its own"


def test_what_was_published_does_not_fail_and_nothing_begins_twice() -> None:
    assert set(NEXT) == set(STATUSES)
    assert "failed" not in NEXT["published"]
    assert not any("created" in following for following in NEXT.values())
    assert NEXT["erased"] == ()
