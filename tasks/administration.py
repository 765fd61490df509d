"""What an installation needs before its first use: its home and key, and an account that may create all others."""

from __future__ import annotations

import secrets

from include.security.keys import create_key_file
from include.settings import Settings
from include.storage import Stores

PASSWORD_BYTES = 12
"""96 bits: 16 characters, above what any guessing reaches behind argon2 and the login's rate limit."""
FIRST_ROLE = "hr"


def prepare_home(settings: Settings) -> None:
    """Make the home folder (private) and, when no key is configured anywhere, a fresh master key file (0600)."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.master_key is None and not settings.master_key_file.exists():
        create_key_file(settings.master_key_file)


def new_password() -> str:
    """A random password of 16 URL-safe characters (96 bits)."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def ensure_first_account(stores: Stores, login: str, password: str | None = None) -> tuple[str, str | None]:
    """(login, password) of an account that may create all others; made when there is none, else the password is None.

    Args:
        password: of the new account; None: a generated one.

    Raises:
        BadInput: the login or password does not fit.
    """
    present = [account for account in stores.accounts.list() if account.role == FIRST_ROLE and account.active]
    if present:
        return next((account.login for account in present if account.login == login), present[0].login), None
    chosen = password or new_password()
    account = stores.accounts.create(login, chosen, FIRST_ROLE)
    return account.login, chosen
