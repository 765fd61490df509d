"""Writes .env from .env.example with fresh secrets: `make env`. Needs nothing but Python."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEY_BYTES = 32


def _password() -> str:
    return secrets.token_urlsafe(24)


MAKERS: dict[str, Callable[[], str]] = {
    "MYSQL_ROOT_PASSWORD": _password,
    "AIRFLOW_DB_PASSWORD": _password,
    "TRIVIEW_DB_PASSWORD": _password,
    "REDIS_PASSWORD": _password,
    "AIRFLOW_ADMIN_PASSWORD": _password,
    "AIRFLOW_GATEWAY_PASSWORD": _password,
    "TRIVIEW_FIRST_PASSWORD": _password,
    "TRIVIEW_GATEWAY_SECRET": lambda: secrets.token_urlsafe(48),
    "AIRFLOW_FERNET_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
    "AIRFLOW_JWT_SECRET": lambda: secrets.token_urlsafe(48),
    "AIRFLOW_API_SECRET": lambda: secrets.token_urlsafe(48),
    "TRIVIEW_MASTER_KEY": lambda: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
}


def filled(example: str) -> str:
    """`example` with a fresh secret behind every name that needs one; all else unchanged.

    Raises:
        ValueError: the example lacks one of the secrets' lines.
    """
    lines = example.splitlines()
    for name, make in MAKERS.items():
        try:
            lines[lines.index(f"{name}=")] = f"{name}={make()}"
        except ValueError:
            raise ValueError(f".env.example has no line {name}=") from None
    return "\n".join(lines) + "\n"


def main(root: Path = ROOT) -> int:
    """Writes `root`/.env (mode 0600) unless there is one. Returns the exit status."""
    target = root / ".env"
    text = filled((root / ".env.example").read_text("utf-8"))
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        sys.stderr.write(f"{target} is there already and stays as it is; remove it to get new secrets.\n")
        return 1
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    sys.stdout.write(f"Wrote {target}. Keep a copy of TRIVIEW_MASTER_KEY in a safe place: without it nothing opens.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
