"""Writes .env from .env.example and the folder `secrets` with fresh secrets: `make env`. Needs nothing but Python."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEY_BYTES = 32
FOLDER = "secrets"
FOLDER_MODE = 0o700
FILE_MODE = 0o444
"""Engines hand a file on with its own mode, and a container's user is another one than who made it. The folder is what
keeps other users of the host away."""


def _password() -> str:
    return secrets.token_hex(24)


def _signing() -> str:
    return secrets.token_urlsafe(48)


MAKERS: dict[str, Callable[[], str]] = {
    "mysql_root_password": _password,
    "airflow_db_password": _password,
    "celery_db_password": _password,
    "triview_db_password": _password,
    "triview_owner_password": _password,
    "airflow_admin_password": _password,
    "airflow_gateway_password": _password,
    "triview_first_password": _password,
    "triview_gateway_secret": _signing,
    "triview_metrics_token": _signing,
    "airflow_fernet_key": lambda: base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
    "airflow_jwt_secret": _signing,
    "airflow_api_secret": _signing,
    "triview_master_key": lambda: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
}
"""Secrets that are random."""

GIVEN = ("openai_api_key", "aws_credentials")
"""Secrets of others, to be filled in by hand where they are used; empty at first."""

CHARSET = "charset=utf8mb4"


def fresh_secrets() -> dict[str, str]:
    """File name -> content of every secret of the composed system, random ones and what is put together from them."""
    made = {name: make() for name, make in MAKERS.items()}
    broker, live = _password(), _password()
    server = "mysql:3306"
    made |= {
        "airflow_db_url": f"mysql+mysqldb://airflow:{made['airflow_db_password']}@{server}/airflow?{CHARSET}",
        "celery_db_url": f"db+mysql+mysqldb://celery:{made['celery_db_password']}@{server}/celery?{CHARSET}",
        "triview_db_url": f"mysql+mysqldb://triview:{made['triview_db_password']}@{server}/triview?{CHARSET}",
        "triview_owner_url": f"mysql+mysqldb://triview_owner:{made['triview_owner_password']}@{server}/triview?{CHARSET}",
        "broker_url": f"redis://airflow:{broker}@redis:6379/0",
        "live_redis_url": f"redis://triview:{live}@redis:6379/0",
        "redis_acl": _redis_users(broker, live),
        "airflow_connections.json": _connections(made["triview_db_password"]),
    }
    return made | dict.fromkeys(GIVEN, "")


def _redis_users(broker: str, live: str) -> str:
    """An ACL file: each user reaches keys and channels of its own prefix, and no command that administers."""
    return (
        "user default off\n"
        f"user airflow on >{broker} ~airflow:* &* +@all -@admin -@dangerous +info\n"
        f"user triview on >{live} ~triview:* &triview:* +@all -@admin -@dangerous +info\n"
        "user health on >health -@all +ping\n"
    )


def _connections(password: str) -> str:
    known = {
        "conn_type": "mysql",
        "host": "mysql",
        "port": 3306,
        "login": "triview",
        "password": password,
        "schema": "triview",
        "extra": {"charset": "utf8mb4"},
    }
    return json.dumps({"triview_db": known}) + "\n"


def main(root: Path = ROOT) -> int:
    """Writes `root`/.env (mode 0600) and `root`/secrets, unless they are there. Returns the exit status."""
    folder, env = root / FOLDER, root / ".env"
    try:
        folder.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        sys.stderr.write(f"{folder} is there already and stays as it is; remove it to get new secrets.\n")
        return 1
    for name, content in fresh_secrets().items():
        write(folder / name, content, FILE_MODE)
    if not env.exists():
        write(env, (root / ".env.example").read_text("utf-8"), 0o600)
    sys.stdout.write(
        f"Wrote {folder} and {env}. Keep a copy of {FOLDER}/triview_master_key in a safe place: "
        "without it nothing opens.\n"
    )
    return 0


def write(file: Path, content: str, mode: int) -> None:
    """A new file with `content` and `mode`.

    Raises:
        FileExistsError: it is there already.
    """
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(content)
    file.chmod(mode)


if __name__ == "__main__":
    sys.exit(main())
