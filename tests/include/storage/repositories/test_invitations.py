"""Invitations on both databases: the link's secret, one interview, attempts that count, and what an erasure leaves."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from include.interview.errors import BadInput, NotFound
from include.interview.invitations import Accommodations, AskedQuestion, Terms
from include.interview.records import Bilingual
from include.storage import Stores
from include.storage.database import tables as t
from tasks.privacy.erasure import Outside, erase_candidate
from tests.include.storage.conftest import enrol

ASKED = (AskedQuestion("q1", Bilingual(ko="질문", en="Question")),)


def terms(**more) -> Terms:
    return Terms("standard", (datetime.now(UTC) + timedelta(days=7)).isoformat(), **more)


def test_an_invitation_from_the_link_to_its_end(stores: Stores) -> None:
    person = enrol(stores)
    extra = Accommodations(extra_thinking_s=77)
    made, secret = stores.invitations.create(person.application_id, terms(attempts=1, accommodations=extra), ASKED)
    assert made.state == "sent"
    assert stores.invitations.get(made.id) == made
    assert (made.terms.accommodations, made.questions) == (extra, ASKED)
    assert stores.invitations.open(secret).state == "opened"
    assert stores.invitations.open(secret).state == "opened"
    begun = stores.invitations.begin(made.id)
    assert begun.state == "answering"
    assert stores.invitations.begin(made.id).interview_id == begun.interview_id
    assert begun.interview_id is not None
    assert stores.interviews.get(begun.interview_id).stage == "ai"
    answer = stores.invitations.attempt(made.id, "q1")
    with pytest.raises(BadInput) as used:
        stores.invitations.attempt(made.id, "q1")
    assert used.value.code == "attempts_used"
    upload = stores.uploads.begin(begun.interview_id, 10)
    assert stores.invitations.sending(answer.id, upload.id) == upload.id
    other = stores.uploads.begin(begun.interview_id, 10)
    assert stores.invitations.sending(answer.id, other.id) == upload.id, "an attempt has one recording"
    assert not stores.invitations.answers(made.id)[0].complete
    stores.uploads.append(upload.id, 0, [b"x" * 10])
    assert stores.invitations.answers(made.id)[0].complete
    assert stores.invitations.numbers([made.id]) == {made.id: 1}
    assert stores.invitations.submitted(made.id).state == "submitted"
    for act in (stores.invitations.revoke, stores.invitations.remind):
        with pytest.raises(BadInput) as ended:
            act(made.id)
        assert ended.value.code == "invitation_submitted"
    assert [one.id for one in stores.invitations.list(candidate_id=person.candidate.id)] == [made.id]
    assert stores.invitations.list(candidate_id="somebody") == ()
    assert stores.audit.verify().intact


def test_of_a_link_only_the_hash_is_stored_and_a_reminder_ends_it(stores: Stores) -> None:
    person = enrol(stores)
    made, first = stores.invitations.create(person.application_id, terms(), ASKED)
    reminded, second = stores.invitations.remind(made.id)
    assert reminded.reminded_at is not None
    with pytest.raises(NotFound) as unknown:
        stores.invitations.open(first)
    assert unknown.value.code == "invitation_unknown"
    assert stores.invitations.open(second).id == made.id
    with stores.db.connect() as connection:
        held = "".join(str(connection.execute(select(table)).all()) for table in (t.invitations, t.audit_entries))
    assert first not in held
    assert second not in held
    assert stores.invitations.revoke(made.id).state == "revoked"
    assert stores.invitations.revoke(made.id).state == "revoked"
    with pytest.raises(BadInput) as revoked:
        stores.invitations.open(second)
    assert revoked.value.code == "invitation_revoked"


def test_after_the_deadline_nothing_new_begins(stores: Stores) -> None:
    person = enrol(stores)
    made, _ = stores.invitations.create(person.application_id, terms(), ASKED)
    late = made.deadline + timedelta(seconds=1)
    for act in (stores.invitations.begin, stores.invitations.remind):
        with pytest.raises(BadInput) as expired:
            act(made.id, at=late)
        assert expired.value.code == "invitation_expired"
    with pytest.raises(BadInput) as expired:
        stores.invitations.attempt(made.id, "q1", at=late)
    assert expired.value.code == "invitation_expired"


def test_two_tabs_make_one_interview_and_share_the_attempts(stores: Stores) -> None:
    person = enrol(stores)
    made, _ = stores.invitations.create(person.application_id, terms(attempts=3), ASKED)
    interviews, attempts, refused = set(), [], []

    def tab() -> None:
        interviews.add(stores.invitations.begin(made.id).interview_id)
        try:
            attempts.append(stores.invitations.attempt(made.id, "q1").attempt)
        except BadInput as error:
            refused.append(error.code)

    tabs = [threading.Thread(target=tab) for _ in range(5)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join()
    assert len(interviews) == 1
    assert (sorted(attempts), refused) == ([1, 2, 3], ["attempts_used"] * 2)


@pytest.mark.unit
def test_recordings_that_wait_for_the_other_answers_are_not_swept(local_stores: Stores) -> None:
    stores = local_stores
    person = enrol(stores)
    made, _ = stores.invitations.create(person.application_id, terms(), ASKED)
    begun = stores.invitations.begin(made.id)
    assert begun.interview_id is not None
    answer = stores.invitations.attempt(made.id, "q1")
    waiting, abandoned = (stores.uploads.begin(begun.interview_id, 5, index=n).id for n in (0, 1))
    stores.invitations.sending(answer.id, waiting)
    with stores.db.begin() as connection:
        connection.execute(text("UPDATE uploads SET updated_at = '2020-01-01 00:00:00'"))
    assert stores.uploads.sweep(60.0) == 1
    assert (stores.uploads.get(waiting).state, stores.uploads.get(abandoned).state) == ("open", "aborted")
    stores.invitations.revoke(made.id)
    assert stores.uploads.sweep(60.0) == 1


@pytest.mark.unit
def test_an_erasure_leaves_no_invitation(local_stores: Stores) -> None:
    stores = local_stores
    gone, stays = enrol(stores), enrol(stores, name="Other Person")
    for person in (gone, stays):
        made, _ = stores.invitations.create(person.application_id, terms(), ASKED)
        begun = stores.invitations.begin(made.id)
        assert begun.interview_id is not None
        answer = stores.invitations.attempt(made.id, "q1")
        stores.invitations.sending(answer.id, stores.uploads.begin(begun.interview_id, 5).id)
        stores.invitations.create(person.application_id, terms(), ASKED)
    asyncio.run(erase_candidate(stores, Outside(), gone.candidate.id))
    with stores.db.connect() as connection:
        left = [connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (t.invitations, t.invitation_answers)]  # fmt: skip
    assert left == [2, 1]
    assert {one.candidate_id for one in stores.invitations.list()} == {stays.candidate.id}
