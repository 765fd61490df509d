"""Retention over real stores: what is over goes, what is on hold stays, what was cut short goes on."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from include.interview.contests import ContestAnswer, Objection
from include.interview.errors import BadInput, NotFound, ServiceFailure
from include.interview.records import Bilingual, Opening
from include.settings import load_settings
from include.storage import Stores
from include.storage.database import tables as t
from tasks.ephemeral import passing_stores
from tasks.privacy.erasure import Outside, erase_candidate
from tasks.privacy.retention import Done, carry_out, plan

pytestmark = pytest.mark.slow

LATER = timedelta(days=181)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with passing_stores(load_settings({"TRIVIEW_HOME": str(tmp_path)})) as (opened, _):
        text = Bilingual(ko="개발자", en="Engineer")
        opened.openings.put(Opening(id="one", title=text, description=text))
        yield opened


def person(stores: Stores, *profiles: str) -> tuple[str, list[str]]:
    """Somebody with an interview per profile, each with a document and a vector."""
    candidate = stores.candidates.create("Zebulon").id
    application = stores.applications.ensure(candidate, "one")
    interviews = [
        stores.interviews.create(application, stage, profile, "en").id
        for stage, profile in zip(("ai", "practical", "executive"), profiles, strict=False)
    ]
    for interview in interviews:
        stores.media.add(interview, io.BytesIO(b"words"), "resume")
        stores.vectors.put_answers(interview, [("u1", [0.5] * 8)], opening_id="one")
    return candidate, interviews


def let_go(stores: Stores, at: datetime) -> Done:
    return asyncio.run(carry_out(stores, Outside(), at))


def test_what_is_over_goes_from_every_store_and_a_hold_keeps_it(stores: Stores) -> None:
    now = datetime.now(UTC)
    gone, (theirs,) = person(stores, "kr")
    held, (kept,) = person(stores, "kr")
    stores.retention.hold(held, "legal_claim")
    assert plan(stores, now).due == ()
    assert [one.candidate_id for one in plan(stores, now + LATER).due] == [gone]
    assert [one.candidate_id for one in plan(stores, now + LATER).on_hold] == [held]
    assert let_go(stores, now + timedelta(days=179)) == Done(0, 0, ())
    assert let_go(stores, now + LATER) == Done(1, 0, ())
    with pytest.raises(NotFound):
        stores.candidates.get(gone)
    assert stores.vectors.count([theirs]) == 0
    assert stores.candidates.get(held).name == "Zebulon"
    assert stores.vectors.count([kept]) == 1
    assert len(stores.objects.names()) == 2, "the held person's document, and the entry of the erasure list"
    with pytest.raises(BadInput) as refused:
        asyncio.run(erase_candidate(stores, Outside(), held))
    assert refused.value.code == "legal_hold"
    assert stores.retention.release(held) == 1
    assert let_go(stores, now + LATER) == Done(1, 0, ())
    assert let_go(stores, now + LATER) == Done(0, 0, ())


def test_an_interview_whose_contest_is_open_stays_until_it_is_answered(stores: Stores) -> None:
    now = datetime.now(UTC)
    candidate, (interview,) = person(stores, "kr")
    stores.interviews.set_status(interview, "published")
    contest = stores.contests.open(interview, candidate, Objection(("other",), "Not what I said.", "en"))
    assert let_go(stores, now + LATER) == Done(0, 0, ())
    assert [one.candidate_id for one in plan(stores, now + LATER).on_hold] == [candidate]
    again = ContestAnswer("evaluated_again", "We look again.")
    stores.acting_as("hr:1").contests.answer(contest.standing.id, again, ())
    assert let_go(stores, now + LATER) == Done(1, 0, ())
    assert stores.contests.list(None) == ()


def test_an_erasure_that_was_cut_short_goes_on(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    candidate, _ = person(stores, "kr")
    real = stores.vectors.erase

    def away(_: object) -> int:
        raise ServiceFailure("The vector store failed.", "Try again.", code="vectors")

    monkeypatch.setattr(stores.vectors, "erase", away)
    assert let_go(stores, datetime.now(UTC) + LATER) == Done(1, 0, (candidate,))
    monkeypatch.setattr(stores.vectors, "erase", real)
    assert let_go(stores, datetime.now(UTC)) == Done(1, 0, ())
    assert stores.erasures.receipt(candidate) is not None


def test_a_hold_needs_a_ground_and_somebody(stores: Stores) -> None:
    candidate, _ = person(stores)
    with pytest.raises(BadInput, match="legal_claim"):
        stores.retention.hold(candidate, "because")
    with pytest.raises(NotFound):
        stores.retention.hold("nobody", "audit")
    with pytest.raises(NotFound):
        stores.retention.release(candidate)
    for _ in range(2):
        stores.retention.hold(candidate, "audit")
    assert [(one.candidate_id, one.ground) for one in stores.retention.holds()] == [(candidate, "audit")]


def test_an_interview_that_is_over_before_the_others_goes_alone(stores: Stores) -> None:
    candidate, (first, second) = person(stores, "kr", "kr")
    with stores.db.begin() as connection:
        for table, column in ((t.interviews, "id"), (t.media_objects, "interview_id")):
            connection.execute(
                update(table).where(table.c[column] == first).values(created_at=datetime.now(UTC) - timedelta(days=200))
            )
    assert let_go(stores, datetime.now(UTC)) == Done(0, 1, ())
    assert stores.candidates.get(candidate).name == "Zebulon"
    assert (stores.vectors.count([first]), stores.vectors.count([second])) == (0, 1)
    assert len(stores.objects.names()) == 1
    assert {one.id: one.status for one in stores.interviews.list()} == {first: "erased", second: "created"}
    assert let_go(stores, datetime.now(UTC)) == Done(0, 0, ())
