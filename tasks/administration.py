"""What an installation needs before its first use: its home and key, and an account that may create all others."""

from __future__ import annotations

import secrets
from pathlib import Path

from include.interview.errors import WrongKey
from include.security.keys import create_key_file
from include.settings import Settings
from include.storage import Stores

PASSWORD_BYTES = 12
"""96 bits: 16 characters, above what any guessing reaches behind argon2 and the login's rate limit."""
FIRST_ROLE = "hr"


def prepare_home(settings: Settings) -> None:
    """Make the home folder (private) and, when no key is configured anywhere, a fresh master key file (0600).

    Raises:
        WrongKey: there is no key, but data that was encrypted under one (code "master_key"). A new key beside it
            would open none of it.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.master_key is not None or settings.master_key_file.exists():
        return
    if _holds_data(settings):
        raise WrongKey(
            f"The master key file {settings.master_key_file} is gone, but data that it opens is there.",
            "Put the key back from its backup, or set TRIVIEW_MASTER_KEY. Without it nobody can read the data; to "
            "begin anew, move the data elsewhere or set TRIVIEW_HOME to another folder.",
            code="master_key",
        )
    create_key_file(settings.master_key_file)


def _holds_data(settings: Settings) -> bool:
    """Whether data keys are stored, each wrapped by a master key; a database that cannot be asked may hold some."""
    from sqlalchemy import func, inspect, select

    from include.storage.database.engine import make_engine, reading
    from include.storage.database.tables import candidates

    engine = make_engine(settings.db_url)
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return False
    try:
        with reading(engine) as connection:
            if not inspect(connection).has_table(candidates.name):
                return False
            return bool(connection.execute(select(func.count()).select_from(candidates)).scalar())
    finally:
        engine.dispose()


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
