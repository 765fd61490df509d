"""Passwords that cost nothing: a third of a second of processor time is what an attacker should pay, not each test.

Tests of what a hash costs ask for `real_costs`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from include.security import passwords

_REAL = passwords._HASHER
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash with the least costs argon2id knows, in this process."""
    _use(_QUICK)
    yield
    _use(_REAL)


@pytest.fixture
def real_costs() -> Iterator[None]:
    """Hash with the product's costs during this test."""
    _use(_REAL)
    yield
    _use(_QUICK)


def _use(hasher: PasswordHasher) -> None:
    passwords._HASHER = hasher
    passwords._nobodys.cache_clear()
