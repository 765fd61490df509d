"""When data have to go: a case computed by hand, and what holds for all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.privacy.retention import HeldInterview, HeldPerson, due, endings

pytestmark = pytest.mark.unit
DAYS = {"kr": 180, "eu": 90}
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_case_by_hand() -> None:
    person = HeldPerson(
        "c",
        START,
        (HeldInterview("first", "eu", START), HeldInterview("second", "kr", START + timedelta(days=10))),
    )
    first, whole = endings(person, DAYS)
    assert (first.interview_id, first.ends_at) == ("first", datetime(2026, 4, 1, tzinfo=UTC))
    assert (whole.interview_id, whole.ends_at) == (None, datetime(2026, 7, 10, tzinfo=UTC))
    assert due((first, whole), datetime(2026, 3, 31, 23, 59, tzinfo=UTC)) == ()
    assert due((first, whole), first.ends_at) == (first,)
    assert due((first, whole), whole.ends_at) == (whole,), "what goes with the person is not done twice"


def test_somebody_who_never_gave_an_interview_goes_as_well() -> None:
    (whole,) = endings(HeldPerson("c", START), DAYS)
    assert whole.ends_at == datetime(2026, 6, 30, tzinfo=UTC)


PEOPLE = st.builds(
    HeldPerson,
    st.sampled_from(["a", "b", "c"]),
    st.just(START),
    st.lists(
        st.builds(
            HeldInterview,
            st.uuids().map(str),
            st.sampled_from(["kr", "eu", "unknown"]),
            st.integers(0, 400).map(lambda n: START + timedelta(days=n)),
            st.booleans(),
        ),
        max_size=5,
    ).map(tuple),
    st.booleans(),
)


@given(PEOPLE, st.integers(-10, 800))
def test_nothing_goes_early_nothing_stays_late_and_a_hold_keeps_all(person: HeldPerson, day: int) -> None:
    at = START + timedelta(days=day)
    all_of_them = endings(person, DAYS)
    assert all_of_them[-1].interview_id is None
    assert all(one.ends_at <= all_of_them[-1].ends_at for one in all_of_them)
    gone = due(all_of_them, at)
    if person.on_hold:
        assert gone == ()
        return
    removed = {one.interview_id for one in gone}
    # What ends with the person is listed as the person, who stays while any contest is open.
    alone = {one.interview_id for one in all_of_them}
    for interview in person.interviews:
        over = interview.given_at + timedelta(days=DAYS.get(interview.profile, 180)) <= at
        if interview.contested:
            assert not removed & {None, interview.id}
            continue
        assert (None in removed or interview.id in removed) == ((over and interview.id in alone) or None in removed)
        if None in removed:
            assert over
