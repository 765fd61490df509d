"""Logins: families of refresh tokens that end by age, by disuse, by a second use, and with their account's epoch."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from include.interview.errors import BadInput, NotFound
from include.storage import Stores
from include.storage.database import tables as t
from include.storage.database.unit_of_work import now
from tests.include.storage.conftest import enrol

PASSWORD = "a long password"
DAY_S, HOUR_S = 86_400.0, 3600.0


def test_a_refresh_token_is_exchanged_once_and_a_second_time_ends_the_login(stores: Stores) -> None:
    account = stores.accounts.create("lee", PASSWORD, "interviewer")
    first = stores.logins.begin(account.id, DAY_S)
    caller = stores.logins.caller(first.id)
    assert caller is not None
    assert (caller.account_id, caller.role, caller.login_id) == (account.id, "interviewer", first.id)
    second = stores.logins.refresh(first.refresh_token, HOUR_S)
    assert second is not None
    assert (second.id, second.ends_at) == (first.id, first.ends_at), "refreshing makes no login longer"
    assert second.refresh_token != first.refresh_token
    other = stores.logins.begin(account.id, DAY_S)
    assert stores.logins.refresh(first.refresh_token, HOUR_S) is None
    assert stores.logins.refresh(second.refresh_token, HOUR_S) is None, "whoever has the newest is not trusted either"
    assert stores.logins.caller(first.id) is None
    assert stores.logins.caller(other.id) is not None, "another login of the account goes on"
    assert stores.logins.ended({first.id, other.id, "unknown"}) == {first.id, "unknown"}
    assert "account.login_reused" in [entry.action for entry in stores.audit.entries(f"account:{account.id}")]
    with stores.db.connect() as connection:
        kept = str(connection.execute(select(t.logins)).all())
    for token in (first.refresh_token, second.refresh_token, other.refresh_token):
        assert token.partition(".")[2] not in kept, "only hashes are stored"


@pytest.mark.unit
def test_a_lost_answer_is_asked_for_again_with_its_key_and_nobody_else_gets_it(local_stores: Stores) -> None:
    logins = local_stores.logins
    account = local_stores.accounts.create("lee", PASSWORD, "interviewer")
    first = logins.begin(account.id, DAY_S)
    answer = logins.refresh(first.refresh_token, HOUR_S, "a-key-of-the-browser")
    again = logins.refresh(first.refresh_token, HOUR_S, "a-key-of-the-browser")
    assert answer == again
    assert answer is not None
    newest = logins.refresh(answer.refresh_token, HOUR_S, "a-key-of-the-browser")
    assert newest is not None
    assert logins.refresh(answer.refresh_token, HOUR_S, "a-key-of-somebody-else") is None
    assert logins.refresh(newest.refresh_token, HOUR_S, "a-key-of-the-browser") is None


@pytest.mark.unit
def test_a_login_ends_by_age_and_by_disuse(local_stores: Stores) -> None:
    logins = local_stores.logins
    account = local_stores.accounts.create("lee", PASSWORD, "interviewer")
    over, unused = logins.begin(account.id, 0.0), logins.begin(account.id, DAY_S)
    assert logins.caller(over.id) is None
    assert logins.refresh(over.refresh_token, HOUR_S) is None
    assert logins.ended([over.id]) == frozenset(), "what runs by a login that grew old may come to its end"
    with local_stores.db.begin() as connection:
        connection.execute(update(t.logins).values(refreshed_at=now() - timedelta(seconds=HOUR_S + 1)))
    assert logins.refresh(unused.refresh_token, HOUR_S) is None
    with local_stores.db.begin() as connection:
        connection.execute(update(t.logins).where(t.logins.c.id == over.id).values(ends_at=now() - timedelta(days=2)))
    assert logins.sweep() == 1
    assert logins.sweep() == 0


@pytest.mark.parametrize("act", ["close", "end_logins", "set_password", "change_password", "activate", "erase"])
def test_every_login_ends_with_the_epoch(stores: Stores, act: str) -> None:
    person = enrol(stores)
    account = stores.accounts.create("lee", PASSWORD, "candidate", person.candidate.id)
    logins = [stores.logins.begin(account.id, DAY_S) for _ in range(3)]
    assert stores.logins.open_of(account.id) == 3
    if act == "set_password":
        stores.accounts.set_password(account.id, "another password")
    elif act == "change_password":
        stores.accounts.change_password(account.id, PASSWORD, "another password")
    elif act == "activate":
        stores.activations.activate(stores.activations.issue(account.id).token, "another password")
    elif act == "erase":
        stores.candidates.destroy_key(person.candidate.id)
    else:
        getattr(stores.accounts, act)(account.id)
    for login in logins:
        assert stores.logins.caller(login.id) is None
        assert stores.logins.refresh(login.refresh_token, HOUR_S) is None
    assert stores.logins.ended([login.id for login in logins]) == {login.id for login in logins}
    assert stores.logins.open_of(account.id) == 0


@pytest.mark.unit
def test_a_closed_account_cannot_begin_and_its_old_logins_stay_ended_when_it_is_opened(local_stores: Stores) -> None:
    accounts, logins = local_stores.accounts, local_stores.logins
    account = accounts.create("lee", PASSWORD, "interviewer")
    before = logins.begin(account.id, DAY_S)
    accounts.close(account.id)
    with pytest.raises(BadInput, match="closed"):
        logins.begin(account.id, DAY_S)
    accounts.open(account.id)
    assert logins.caller(before.id) is None
    assert logins.caller(logins.begin(account.id, DAY_S).id) is not None
    with pytest.raises(NotFound):
        logins.begin("nobody", DAY_S)


@pytest.mark.unit
def test_logging_out_ends_one_login_and_a_guess_ends_none(local_stores: Stores) -> None:
    logins = local_stores.logins
    account = local_stores.accounts.create("lee", PASSWORD, "interviewer")
    one, two, three = (logins.begin(account.id, DAY_S) for _ in range(3))
    logins.end(one.id)
    logins.end_by_token(two.refresh_token)
    logins.end_by_token(f"{three.id}.guess")
    logins.end_by_token("")
    assert [logins.caller(each.id) is None for each in (one, two, three)] == [True, True, False]
    for nonsense in ("", ".", "x" * 10_000, f"{one.id}", "\udc80.\udc80"):
        assert logins.refresh(nonsense, HOUR_S) is None


def test_of_two_exchanges_at_the_same_time_one_succeeds(stores: Stores) -> None:
    account = stores.accounts.create("lee", PASSWORD, "interviewer")
    login = stores.logins.begin(account.id, DAY_S)
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(stores.logins.refresh(login.refresh_token, HOUR_S)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in found if one is not None]) == 1
    assert stores.logins.caller(login.id) is None
