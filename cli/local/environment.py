"""Where the local Airflow lives and how it is configured: by environment variables only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import msgspec

from cli.local.private_file import write_private
from include.settings import PROJECT_ROOT, Settings

DEFAULT_PORT = 8080
PARALLELISM = 6
"""Prefork slots of the LocalExecutor: speech, vision, voice, and tasks whose supervisor is still winding up."""
HEARTBEAT_S = 1
"""A supervisor that misses its task's exit looks again after one heartbeat; Airflow's 5 s would hold the slot."""
TASK_TOKEN_S = 12 * 3600
"""Lifetime of a task's token: above the longest execution_timeout of any DAG (6 h), its retries get new ones."""
JUDGE_SLOTS = 4
PRELOAD = (
    "airflow.providers.standard.operators.hitl",
    "airflow.sdk.execution_time.task_runner",
    "tasks.ai.flow",
    "include.storage",
    "numpy",
    "av",
    "cv2",
    "faster_whisper",
    "mediapipe",
    "weasyprint",
    "include.perception.speech.voice_separation",
    "include.judgement.embedding_loaded",
)
"""Modules the tasks of every interview need, imported once instead of in every task: telling voices apart alone imports
for several seconds. Spent on one core while the API server builds its routes on another."""


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def loopback_direct(env: Mapping[str, str]) -> dict[str, str]:
    """`env` in which no proxy variable leads connections to this machine elsewhere: `no_proxy` names its addresses.

    Airflow's workers, its SDK and other libraries ask these variables; with a proxy that is away every task would fail.
    """
    named = [one.strip() for key in ("no_proxy", "NO_PROXY") for one in env.get(key, "").split(",")]
    value = ",".join(dict.fromkeys([*filter(None, named), *LOOPBACK]))
    return {**env, "no_proxy": value, "NO_PROXY": value}


class Secrets(msgspec.Struct, frozen=True):
    """What this installation's Airflow signs and encrypts with, and the admin's password."""

    password: str
    fernet_key: str
    jwt_secret: str
    api_secret: str

    def __repr__(self) -> str:
        return "Secrets(…)"


def airflow_home(settings: Settings) -> Path:
    """AIRFLOW_HOME of the local system."""
    return settings.home / "airflow"


def load_secrets(home: Path) -> Secrets:
    """The secrets kept in `home` (mode 0600), generated on the first call."""
    path = home / "secrets.json"
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    made = Secrets(
        password=secrets.token_urlsafe(12),
        fernet_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        jwt_secret=secrets.token_urlsafe(48),
        api_secret=secrets.token_urlsafe(48),
    )
    write_private(path, msgspec.json.encode(made).decode())
    return made


def connection_uri(db_url: str) -> str:
    """The Airflow connection of a SQLAlchemy URL, as JSON: Airflow's own URIs cannot say every driver.

    Raises:
        ValueError: neither SQLite nor MySQL.
    """
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    backend = url.get_backend_name()
    if backend == "sqlite":
        return json.dumps({"conn_type": "sqlite", "host": url.database})
    if backend in ("mysql", "mariadb"):
        return json.dumps(
            {
                "conn_type": "mysql",
                "host": url.host,
                "port": url.port or 3306,
                "login": url.username,
                "password": url.password,
                "schema": url.database,
                "extra": {"charset": "utf8mb4"},
            }
        )
    raise ValueError(f"Triview stores in SQLite or MySQL, not in {backend}.")


_PACE = {
    "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": 0.25,
    "SCHEDULER__SCHEDULER_HEARTBEAT_SEC": 1,
    "WORKERS__MIN_HEARTBEAT_INTERVAL": HEARTBEAT_S,
    "DAG_PROCESSOR__PARSING_PROCESSES": 1,
    "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": 60,
    "DAG_PROCESSOR__REFRESH_INTERVAL": 60,
    "USAGE_DATA_COLLECTION__ENABLED": False,
}
"""How often the parts look for work: quick for one person at one machine."""


DATABASE_PATIENCE_S = 60
"""How long a component waits for another that writes the metadata database: SQLite's own 5 s end in "database is
locked", and in an answer 500, where a small machine does other things too."""


def _core_options(home: Path, kept: Secrets, users: str) -> dict[str, object]:
    return {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": PARALLELISM,
        "CORE__LOAD_EXAMPLES": False,
        "CORE__DAGS_FOLDER": PROJECT_ROOT / "dags",
        "CORE__PLUGINS_FOLDER": PROJECT_ROOT / "plugins",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "CORE__FERNET_KEY": kept.fernet_key,
        "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": users,
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": home / "passwords.json",
        "CORE__HIDE_SENSITIVE_VAR_CONN_FIELDS": True,
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{quote(str(home / 'airflow.db'))}?timeout={DATABASE_PATIENCE_S}",
        "LOGGING__BASE_LOG_FOLDER": home / "logs",
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": home / "logs" / "dag_processor",
        "LOGGING__COLORED_CONSOLE_LOG": False,
    }


def _server_options(port: int, kept: Secrets) -> dict[str, object]:
    url = f"http://127.0.0.1:{port}"
    return {
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "API__HOST": "127.0.0.1",
        "API__PORT": port,
        "API__BASE_URL": url,
        "API__SECRET_KEY": kept.api_secret,
        "API__EXPOSE_CONFIG": False,
        "API__EXPOSE_STACKTRACE": False,
        "API_AUTH__JWT_SECRET": kept.jwt_secret,
        "API_AUTH__JWT_ISSUER": "triview-local",
        "EXECUTION_API__JWT_EXPIRATION_TIME": TASK_TOKEN_S,
    }


def airflow_environment(
    settings: Settings,
    port: int,
    kept: Secrets,
    *,
    base: Mapping[str, str] | None = None,
    users: str = "admin:admin",
    preload: tuple[str, ...] = PRELOAD,
) -> dict[str, str]:
    """The environment every component and every task of the local Airflow runs in."""
    home = airflow_home(settings)
    config = Path(__file__).parent / "airflow_config"
    options = {**_core_options(home, kept, users), **_server_options(port, kept), **_PACE}
    inherited = loopback_direct(os.environ if base is None else base)
    env = {name: value for name, value in inherited.items() if "AIRFLOW" not in name}
    env |= {f"AIRFLOW__{name}": str(value) for name, value in options.items()}
    env |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONN_TRIVIEW_DB": connection_uri(settings.db_url),
        "PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT), str(config)]),
        "TRIVIEW_HOME": str(settings.home),
        "TRIVIEW_DB_URL": settings.db_url,
        "TRIVIEW_STORAGE_URL": settings.storage_url,
        "TRIVIEW_MODELS": str(settings.models_dir),
        "TRIVIEW_MASTER_KEY_FILE": str(settings.master_key_file),
        "TRIVIEW_CORES": str(settings.cores),
        "TRIVIEW_LIVE_MARKER": str(settings.live_marker),
        # What is over its retention period goes from Airflow too; its logs lie at their default below TRIVIEW_HOME.
        "TRIVIEW_AIRFLOW_URL": f"http://127.0.0.1:{port}",
        "TRIVIEW_AIRFLOW_USER": users.partition(":")[0],
        "TRIVIEW_AIRFLOW_PASSWORD": kept.password,
        "PYANNOTE_METRICS_ENABLED": "0",
    }
    optional = {
        "TRIVIEW_MASTER_KEY": settings.master_key,
        "TRIVIEW_CHROMA_URL": settings.chroma_url,
        "TRIVIEW_REDIS_URL": settings.redis_url,
    }
    env |= {name: value for name, value in optional.items() if value}
    env.setdefault("TRIVIEW_INSIGHT_REVIEWERS", users.partition(":")[0])
    env.setdefault("TRIVIEW_PRELOAD", ",".join(preload))
    return env
