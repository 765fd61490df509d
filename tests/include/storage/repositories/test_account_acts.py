"""Closing, opening and activating accounts; one for each candidate; two people for roles that see or run everything."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from include.interview.errors import BadInput, NotFound, TriviewError
from include.security.access import ROLES, SECOND_PERSON
from include.storage import Stores
from include.storage.database import tables as t
from include.storage.database.unit_of_work import now
from tests.include.storage.conftest import enrol

PASSWORD = "a long password"


def code_of(error: pytest.ExceptionInfo[TriviewError]) -> str:
    return error.value.code


def test_a_link_sets_the_password_once_and_in_time(stores: Stores) -> None:
    account = stores.accounts.create("lee", None, "interviewer")
    assert not account.activated
    assert stores.accounts.authenticate("lee", "") is None
    old, link = stores.activations.issue(account.id), stores.activations.issue(account.id)
    with pytest.raises(BadInput) as caught:
        stores.activations.activate(old.token, PASSWORD)
    assert code_of(caught) == "activation_unknown", "a newer link makes the older one worthless"
    with pytest.raises(BadInput) as caught:
        stores.activations.activate(link.token, "short")
    assert code_of(caught) == "weak_password"
    activated = stores.activations.activate(link.token, PASSWORD)
    assert activated.usable
    assert stores.accounts.authenticate("lee", PASSWORD) == activated
    for token in (link.token, "", "x" * 5000):
        with pytest.raises(BadInput) as caught:
            stores.activations.activate(token, "another password")
        assert code_of(caught) == "activation_unknown"
    late = stores.activations.issue(account.id)
    with stores.db.begin() as connection:
        assert late.token not in str(connection.execute(select(t.activations)).all())
        connection.execute(update(t.activations).values(expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(BadInput):
        stores.activations.activate(late.token, PASSWORD)
    trail = "".join(entry.action + entry.detail for entry in stores.audit.entries())
    assert "account.activated" in trail
    assert not any(token in trail for token in (old.token, link.token, late.token))


@pytest.mark.unit
def test_a_closed_account_has_no_link(local_stores: Stores) -> None:
    account = local_stores.accounts.create("lee", None, "interviewer")
    link = local_stores.activations.issue(account.id)
    local_stores.accounts.close(account.id)
    for attempt in (
        lambda: local_stores.activations.activate(link.token, PASSWORD),
        lambda: local_stores.activations.issue(account.id),
    ):
        with pytest.raises(BadInput):
            attempt()


def test_a_candidate_has_one_account(stores: Stores) -> None:
    person = enrol(stores)
    outcomes: list[str] = []

    def make(login: str) -> None:
        try:
            stores.accounts.create(login, PASSWORD, "candidate", person.candidate.id)
            outcomes.append("made")
        except BadInput as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=make, args=(f"login-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["candidate_has_account"] * 3 + ["made"]
    (account,) = stores.accounts.list(candidate_id=person.candidate.id)
    stores.accounts.close(account.id)
    make("another")
    assert outcomes[-1] == "candidate_has_account", "a closed one is opened again, not doubled"
    assert stores.accounts.open(account.id).usable


@pytest.mark.unit
def test_the_account_of_somebody_erased_stays_closed(local_stores: Stores) -> None:
    person = enrol(local_stores)
    account = local_stores.accounts.create("lee", PASSWORD, "candidate", person.candidate.id)
    local_stores.candidates.destroy_key(person.candidate.id)
    with pytest.raises(NotFound) as caught:
        local_stores.accounts.open(account.id)
    assert code_of(caught) == "erased"


def _hr(stores: Stores, login: str) -> Stores:
    """Stores as a new HR account uses them."""
    return stores.acting_as(f"hr:{stores.accounts.create(login, PASSWORD, 'hr').id}")


@pytest.mark.unit
@pytest.mark.parametrize("role", ROLES)
def test_roles_that_see_or_run_everything_need_two_people(local_stores: Stores, role: str) -> None:
    person = enrol(local_stores)
    one, two = _hr(local_stores, "one"), _hr(local_stores, "two")
    candidate = person.candidate.id if role == "candidate" else None
    account = one.accounts.create("new", PASSWORD, role, candidate)
    assert account.usable == (role not in SECOND_PERSON)
    if role not in SECOND_PERSON:
        return
    assert one.accounts.authenticate("new", PASSWORD) is None
    with pytest.raises(BadInput) as caught:
        one.accounts.confirm(account.id)
    assert code_of(caught) == "second_person"
    assert two.accounts.confirm(account.id).usable
    assert two.accounts.authenticate("new", PASSWORD) is not None


@pytest.mark.unit
@pytest.mark.parametrize("act", ["open", "link", "password"])
def test_taking_over_such_an_account_needs_two_people_as_well(local_stores: Stores, act: str) -> None:
    one, two = _hr(local_stores, "one"), _hr(local_stores, "two")
    account = local_stores.accounts.create("auditor", PASSWORD, "auditor")
    login = local_stores.logins.begin(account.id, 1000)
    if act == "open":
        two.accounts.close(account.id)
        one.accounts.open(account.id)
    elif act == "link":
        one.activations.activate(one.activations.issue(account.id).token, "taken over by one")
    else:
        one.accounts.set_password(account.id, "taken over by one")
    assert local_stores.logins.caller(login.id) is None
    password = PASSWORD if act == "open" else "taken over by one"
    assert one.accounts.authenticate("auditor", password) is None
    with pytest.raises(BadInput):
        one.accounts.confirm(account.id)
    two.accounts.confirm(account.id)
    assert one.accounts.authenticate("auditor", password) is not None


@pytest.mark.unit
def test_nobody_makes_their_own_second_person(local_stores: Stores) -> None:
    one = _hr(local_stores, "one")
    puppet = one.accounts.create("puppet", PASSWORD, "hr")
    assert one.accounts.authenticate("puppet", PASSWORD) is None
    command = local_stores.acting_as("cli:root")
    assert command.accounts.confirm(puppet.id).usable, "the command line is another person than an HR account"


@pytest.mark.unit
def test_the_command_line_is_one_person_and_acts_alone_only_where_nobody_could_confirm(local_stores: Stores) -> None:
    command = local_stores.acting_as("cli:root")
    first = command.accounts.create("admin", PASSWORD, "hr")
    assert first.usable
    assert command.accounts.set_password(first.id, "another password").usable, "nobody else could confirm it"
    operator = command.accounts.create("operator", PASSWORD, "operator")
    assert not operator.usable
    with pytest.raises(BadInput):
        local_stores.acting_as("cli:other").accounts.confirm(operator.id)
    assert local_stores.acting_as(f"hr:{first.id}").accounts.confirm(operator.id).usable


@pytest.mark.unit
def test_the_last_hr_account_cannot_be_closed(local_stores: Stores) -> None:
    only = local_stores.accounts.create("only", PASSWORD, "hr")
    with pytest.raises(BadInput) as caught:
        local_stores.accounts.close(only.id)
    assert code_of(caught) == "last_hr"
    local_stores.accounts.create("other", PASSWORD, "hr")
    assert not local_stores.accounts.close(only.id).active


@pytest.mark.unit
def test_ones_own_password_needs_the_present_one(local_stores: Stores) -> None:
    account = local_stores.accounts.create("lee", PASSWORD, "interviewer")
    for old, new, code in (
        ("wrong password", "another password", "wrong_password"),
        (PASSWORD, PASSWORD, "same_password"),
        (PASSWORD, "short", "weak_password"),
    ):
        with pytest.raises(BadInput) as caught:
            local_stores.accounts.change_password(account.id, old, new)
        assert code_of(caught) == code
    assert local_stores.accounts.authenticate("lee", PASSWORD) is not None
    local_stores.accounts.change_password(account.id, PASSWORD, "another password")
    assert local_stores.accounts.authenticate("lee", PASSWORD) is None
    assert local_stores.accounts.authenticate("lee", "another password") is not None


@pytest.mark.unit
def test_whoever_had_a_hand_in_an_account_does_not_confirm_it(local_stores: Stores) -> None:
    one, two, three = (_hr(local_stores, login) for login in ("one", "two", "three"))
    account = one.accounts.create("operator", None, "operator")
    link = two.activations.issue(account.id)
    two.activations.activate(link.token, PASSWORD)
    for each in (one, two):
        with pytest.raises(BadInput) as caught:
            each.accounts.confirm(account.id)
        assert code_of(caught) == "second_person"
    assert three.accounts.confirm(account.id).usable


@pytest.mark.unit
def test_somebody_erased_gets_no_account(local_stores: Stores) -> None:
    person = enrol(local_stores)
    local_stores.candidates.destroy_key(person.candidate.id)
    with pytest.raises(NotFound) as caught:
        local_stores.accounts.create("lee", PASSWORD, "candidate", person.candidate.id)
    assert code_of(caught) == "erased"
