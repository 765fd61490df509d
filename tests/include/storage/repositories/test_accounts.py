"""Accounts: unique logins, argon2 passwords, every act on the trail without the login, closed by erasure."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from include.interview.errors import BadInput, NotFound
from include.storage import Stores
from include.storage.database import tables as t
from tests.include.storage.conftest import enrol

PASSWORD = "a long password"


def test_people_log_in_with_their_own_password_only(stores: Stores) -> None:
    account = stores.accounts.create("Kim.Interviewer", PASSWORD, "interviewer")
    assert (account.login, account.role, account.active, account.candidate_id) == (
        "kim.interviewer", "interviewer", True, None
    )  # fmt: skip
    assert stores.accounts.authenticate("KIM.interviewer ", PASSWORD) == account
    assert stores.accounts.authenticate("kim.interviewer", "another password") is None
    assert stores.accounts.authenticate("nobody", PASSWORD) is None
    assert stores.accounts.get(account.id) == stores.accounts.by_login("kim.INTERVIEWER") == account
    assert stores.accounts.count() == 1
    with stores.db.connect() as connection:
        (row,) = connection.execute(select(t.accounts)).all()
    assert row.password_hash.startswith("$argon2id$")
    actions = [entry.action for entry in stores.audit.entries(f"account:{account.id}")]
    assert actions == ["account.created", "account.login", "account.login_refused"]
    assert "kim" not in "".join(entry.subject + entry.detail for entry in stores.audit.entries())


@pytest.mark.unit
def test_passwords_change_and_accounts_close(local_stores: Stores) -> None:
    accounts = local_stores.accounts
    account = accounts.create("lee", PASSWORD, "hr")
    accounts.create("kim", PASSWORD, "hr")
    accounts.set_password(account.id, "another password")
    assert accounts.authenticate("lee", PASSWORD) is None
    assert accounts.authenticate("lee", "another password") == account
    accounts.close(account.id)
    accounts.close(account.id)
    assert accounts.authenticate("lee", "another password") is None
    assert not accounts.get(account.id).active
    actions = [entry.action for entry in local_stores.audit.entries(f"account:{account.id}")]
    assert actions.count("account.closed") == 1
    for missing in (accounts.close, accounts.get):
        with pytest.raises(NotFound):
            missing("nobody")
    with pytest.raises(NotFound):
        accounts.set_password("nobody", PASSWORD)
    with pytest.raises(NotFound) as caught:
        accounts.by_login("secret.name")
    assert "secret.name" not in str(caught.value)


@pytest.mark.usefixtures("real_costs")
@pytest.mark.unit
def test_old_hashes_are_renewed_by_a_login(local_stores: Stores) -> None:
    from argon2 import PasswordHasher

    account = local_stores.accounts.create("lee", PASSWORD, "hr")
    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    with local_stores.db.begin() as connection:
        connection.execute(update(t.accounts).values(password_hash=cheap))
    assert local_stores.accounts.authenticate("lee", "wrong password") is None
    assert local_stores.accounts.authenticate("lee", PASSWORD) == account
    with local_stores.db.connect() as connection:
        assert "m=65536" in connection.execute(select(t.accounts.c.password_hash)).scalar_one()


def test_what_does_not_fit_is_refused(stores: Stores) -> None:
    accounts = stores.accounts
    accounts.create("lee", PASSWORD, "hr")
    cases = [
        (("LEE", PASSWORD, "hr"), "login_taken"),
        (("", PASSWORD, "hr"), "bad_login_name"),
        (("two words", PASSWORD, "hr"), "bad_login_name"),
        (("x" * 65, PASSWORD, "hr"), "bad_login_name"),
        (("kim", "short", "hr"), "weak_password"),
        (("kim", PASSWORD, "root"), "bad_input"),
        (("kim", PASSWORD, "candidate"), "bad_input"),
        (("kim", PASSWORD, "hr", "c1"), "bad_input"),
        (("kim", PASSWORD, "candidate", "nobody"), "not_found"),
    ]
    for arguments, code in cases:
        with pytest.raises(BadInput) as caught:
            accounts.create(*arguments)
        assert caught.value.code == code, arguments
    accounts.check_free("kim")
    with pytest.raises(BadInput, match="has this login"):
        accounts.check_free("Lee")
    assert accounts.count() == 1


def test_erasure_closes_the_persons_login_and_removes_it(stores: Stores) -> None:
    person = enrol(stores)
    account = stores.accounts.create("zebulon@marker.example", PASSWORD, "candidate", person.candidate.id)
    staff = stores.accounts.create("lee", PASSWORD, "hr")
    assert stores.accounts.list(candidate_id=person.candidate.id) == (account,)
    assert stores.accounts.list(role="hr") == (staff,)
    stores.candidates.destroy_key(person.candidate.id)
    closed = stores.accounts.get(account.id)
    assert (closed.login, closed.active) == (f"erased-{account.id}", False)
    assert stores.accounts.authenticate("zebulon@marker.example", PASSWORD) is None
    assert stores.accounts.authenticate(closed.login, "") is None
    assert stores.accounts.authenticate("lee", PASSWORD) == staff
