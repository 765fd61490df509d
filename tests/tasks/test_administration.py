"""The first account: made once, its password told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.storage import open_stores
from tasks.administration import ensure_first_account, new_password
from tests.support.gateway_thread import gateway_settings

pytestmark = pytest.mark.unit


def test_the_first_account_is_made_once(tmp_path: Path) -> None:
    with open_stores(gateway_settings(tmp_path, "redis://127.0.0.1:1/0").core) as stores:
        login, password = ensure_first_account(stores, "admin")
        assert login == "admin"
        assert password is not None
        account = stores.accounts.authenticate("admin", password)
        assert account is not None
        assert account.role == "hr"
        assert ensure_first_account(stores, "admin") == ("admin", None)
        assert ensure_first_account(stores, "other", "a long password") == ("admin", None)
        assert stores.accounts.count() == 1


def test_made_up_passwords_differ_and_are_long() -> None:
    made = {new_password() for _ in range(100)}
    assert len(made) == 100
    assert min(map(len, made)) >= 16
