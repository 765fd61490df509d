"""Passwords: argon2id, bounded in length, the same work for logins that do not exist."""

from __future__ import annotations

import time

import pytest

from include.security import passwords
from include.security.errors import BadPassword

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("real_costs")]
GOOD = "정확한 말-배터리-스테이플"


def test_only_the_same_password_fits_and_hashes_are_salted() -> None:
    first, second = passwords.hash_password(GOOD), passwords.hash_password(GOOD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert passwords.verify_password(first, GOOD)
    assert not passwords.verify_password(first, GOOD + " ")
    assert not passwords.verify_password(first, "")
    assert not passwords.verify_password(first, "x" * (passwords.MAX_BYTES + 1))
    assert not passwords.verify_password("not a hash", GOOD)
    assert GOOD not in first


@pytest.mark.parametrize(
    ("password", "reason"),
    [("short", "fewer than 10"), ("가" * 5, "fewer than 10"), ("ab" * 300, "longer than 512"), ("a" * 20, "repeated")],
)
def test_passwords_nobody_may_choose_are_refused_without_being_repeated(password: str, reason: str) -> None:
    with pytest.raises(BadPassword, match=reason) as caught:
        passwords.hash_password(password)
    assert password not in str(caught.value)


def test_a_lone_surrogate_is_a_password_like_any_other() -> None:
    assert passwords.verify_password(passwords.hash_password("\ud800 lone half"), "\ud800 lone half")


def test_an_unknown_login_costs_what_a_wrong_password_costs() -> None:
    known = passwords.hash_password(GOOD)
    passwords.verify_password(None, "warm the hash of nobody")

    def best(password_hash: str | None) -> float:
        spent = []
        for _ in range(3):
            begun = time.process_time()
            assert not passwords.verify_password(password_hash, "wrong password")
            spent.append(time.process_time() - begun)
        return min(spent)

    assert best(None) > 0.5 * best(known)
    assert not passwords.verify_password(None, "nobody's")


def test_old_costs_are_recognised() -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(GOOD)
    assert passwords.verify_password(cheap, GOOD)
    assert passwords.needs_rehash(cheap)
    assert not passwords.needs_rehash(passwords.hash_password(GOOD))
