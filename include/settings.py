"""The settings, read once from the environment (`.env.example` lists them all with their meaning).

A setting that cannot be understood is an error that names it; nothing silently falls back.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

PIPELINE_VERSION = "3"
"""Changes when the same input may give a different card; part of every run id and card."""

PROJECT_ROOT = Path(__file__).resolve().parent.parent
LIVE_MARKER = "machine/live.lock"
"""Where TRIVIEW_HOME keeps the marker of live sessions."""


MOST = 1e15
"""Above every amount a setting can mean: bytes, seconds, pixels, cores, prices."""


class SettingsError(ValueError):
    """A setting has a value that cannot be used; the message names it and what is accepted."""


class Limits(msgspec.Struct, frozen=True):
    """Limits on a recording, checked before and during decoding."""

    max_bytes: int = 2 * 1024**3
    max_duration_s: float = 2 * 3600.0
    min_duration_s: float = 1.0
    max_pixels: int = 4096 * 2304
    max_streams: int = 16
    decode_timeout_factor: float = 2.0
    """Seconds of wall time a decode may take per second of recording (plus a minute)."""
    decode_memory_bytes: int = 2 * 1024**3
    """Address space of the decoding child process."""
    max_document_bytes: int = 10 * 1024**2
    """A résumé with photographs or scans has 1 to 5 MB."""
    max_open_uploads: int = 32
    """Recordings that one account may be sending at a time."""
    max_candidate_bytes: int = 16 * 1024**3
    """Recordings and documents of one candidate together, those that are being sent included."""
    min_free_bytes: int = 1024**3
    """Free space under which no new recording is taken: what is left is for interviews that are running."""


class JudgeSettings(msgspec.Struct, frozen=True):
    """Which judge is used, and how it is called; the API key is never shown by repr."""

    kind: Literal["offline", "openai"] = "offline"
    base_url: str | None = None
    api_key: str | None = None
    model: str = "gpt-4.1-mini"
    runs: int = 3
    timeout_s: float = 60.0
    answer_tokens: int = 1500
    """Most tokens of an answer, hidden reasoning included; four times as many are tried once when it does not do."""
    price_prompt_usd_per_million: float | None = None
    price_completion_usd_per_million: float | None = None

    def __repr__(self) -> str:
        return f"JudgeSettings(kind={self.kind!r}, model={self.model!r}, runs={self.runs})"


class AirflowSettings(msgspec.Struct, frozen=True):
    """Address and login of the Airflow that runs the DAGs. The password is never shown by repr."""

    url: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"AirflowSettings(url={self.url!r}, user={self.user!r})"


class Settings(msgspec.Struct, frozen=True):
    """All settings of a process."""

    home: Path
    db_url: str
    storage_url: str
    chroma_url: str | None
    """None: embedded Chroma below `home`; otherwise http(s)://host:port."""
    redis_url: str | None
    models_dir: Path
    master_key: str | None
    """Base64 of 32 bytes; when None the key file below is used."""
    master_key_file: Path
    judge: JudgeSettings
    limits: Limits = Limits()
    cores: int = 2
    airflow_logs: Path | None = None
    """Where Airflow writes its tasks' logs, where this process can reach them."""
    live_marker: Path = PROJECT_ROOT / ".triview" / LIVE_MARKER
    """Locked by whoever hears a live session on this machine; heavy steps look at it (include/background_work.py)."""

    def __repr__(self) -> str:
        return f"Settings(home={str(self.home)!r})"

    @property
    def chroma_dir(self) -> Path:
        """Folder of the embedded Chroma."""
        return self.home / "chroma"


def _positive(env: Mapping[str, str], name: str, default: float) -> float:
    raw = env.get(name)
    if raw is None or raw == "":
        return default
    try:
        value = float(raw)
    except ValueError:
        raise SettingsError(f"{name} must be a number, not {raw!r}.") from None
    if not 0 < value <= MOST:
        raise SettingsError(f"{name} must be a number greater than zero and below {MOST:g}, not {raw!r}.")
    return value


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    value = _positive(env, name, default)
    if value < 1:
        raise SettingsError(f"{name} must be at least 1, not {value:g}.")
    return int(value)


def _price(env: Mapping[str, str], name: str) -> float | None:
    return _positive(env, name, 1.0) if env.get(name) else None


def secret(env: Mapping[str, str], name: str) -> str | None:
    """The secret `name` of `env`: its value, or else the content of the file that `name`_FILE names; None without.

    Raises:
        SettingsError: the file cannot be read.
    """
    if value := env.get(name):
        return value
    if not (named := env.get(f"{name}_FILE")):
        return None
    try:
        return Path(named).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(f"{name}_FILE: {named} cannot be read ({reason}).") from None


def _judge(env: Mapping[str, str]) -> JudgeSettings:
    key = secret(env, "OPENAI_API_KEY")
    kind = env.get("TRIVIEW_JUDGE") or "offline"  # a key that lies about sends nobody's answers out of the house
    if kind not in ("offline", "openai"):
        raise SettingsError(f"TRIVIEW_JUDGE must be 'offline' or 'openai', not {kind!r}.")
    if kind == "openai" and key is None:
        raise SettingsError("TRIVIEW_JUDGE=openai needs OPENAI_API_KEY; set it, or use TRIVIEW_JUDGE=offline.")
    base_url = env.get("OPENAI_BASE_URL") or None
    if kind == "openai" and base_url is not None and not _private(base_url):
        raise SettingsError(
            "OPENAI_BASE_URL must be an https:// address: answers would travel in the clear. "
            "Plain http:// is taken on this machine only (localhost)."
        )
    base = JudgeSettings()
    return JudgeSettings(
        kind=kind,  # type: ignore[arg-type]
        base_url=base_url,
        api_key=key,
        model=env.get("TRIVIEW_JUDGE_MODEL") or base.model,
        runs=_count(env, "TRIVIEW_JUDGE_RUNS", base.runs),
        timeout_s=_positive(env, "TRIVIEW_JUDGE_TIMEOUT_S", base.timeout_s),
        answer_tokens=_count(env, "TRIVIEW_JUDGE_ANSWER_TOKENS", base.answer_tokens),
        price_prompt_usd_per_million=_price(env, "TRIVIEW_PRICE_PROMPT_USD_PER_M"),
        price_completion_usd_per_million=_price(env, "TRIVIEW_PRICE_COMPLETION_USD_PER_M"),
    )


def _private(base_url: str) -> bool:
    """True when nobody on the way can read what is sent there: TLS, or this very machine."""
    try:
        parts = urlsplit(base_url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(base_url))


def is_loopback(url: str | None) -> bool:
    """True when `url` names this machine."""
    host = urlsplit(url or "").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _limits(env: Mapping[str, str]) -> Limits:
    base = Limits()
    return Limits(
        max_bytes=_count(env, "TRIVIEW_MAX_BYTES", base.max_bytes),
        max_duration_s=_positive(env, "TRIVIEW_MAX_DURATION_S", base.max_duration_s),
        max_pixels=_count(env, "TRIVIEW_MAX_PIXELS", base.max_pixels),
        decode_timeout_factor=_positive(env, "TRIVIEW_DECODE_TIMEOUT_FACTOR", base.decode_timeout_factor),
        decode_memory_bytes=_count(env, "TRIVIEW_DECODE_MEMORY_BYTES", base.decode_memory_bytes),
        max_document_bytes=_count(env, "TRIVIEW_MAX_DOCUMENT_BYTES", base.max_document_bytes),
        max_open_uploads=_count(env, "TRIVIEW_MAX_OPEN_UPLOADS", base.max_open_uploads),
        max_candidate_bytes=_count(env, "TRIVIEW_MAX_CANDIDATE_BYTES", base.max_candidate_bytes),
        min_free_bytes=_count(env, "TRIVIEW_MIN_FREE_BYTES", base.min_free_bytes),
    )


def airflow_settings(env: Mapping[str, str]) -> AirflowSettings | None:
    """Address and login of Airflow from `env`; None where none is named.

    Raises:
        SettingsError: an address without user and password.
    """
    url = env.get("TRIVIEW_AIRFLOW_URL") or ""
    if not url:
        return None
    user, password = env.get("TRIVIEW_AIRFLOW_USER") or "", secret(env, "TRIVIEW_AIRFLOW_PASSWORD") or ""
    if not user or not password:
        raise SettingsError("TRIVIEW_AIRFLOW_URL needs TRIVIEW_AIRFLOW_USER and TRIVIEW_AIRFLOW_PASSWORD.")
    return AirflowSettings(url.rstrip("/"), user, password)


def _logs(env: Mapping[str, str], home: Path) -> Path | None:
    named = env.get("TRIVIEW_AIRFLOW_LOGS")
    folder = _path(env, "TRIVIEW_AIRFLOW_LOGS", home / "airflow" / "logs")
    if named and not folder.is_dir():
        raise SettingsError(
            f"TRIVIEW_AIRFLOW_LOGS: there is no folder {folder}. Name the one Airflow writes its tasks' logs to."
        )
    return folder if folder.is_dir() else None


def _path(env: Mapping[str, str], name: str, default: Path) -> Path:
    """The path that the variable `name` gives, `~` being the home folder of a user of this machine."""
    try:
        path = Path(env.get(name) or default).expanduser()
        os.fsencode(path)
        path.exists()
    except RuntimeError:
        raise SettingsError(
            f"{name} begins with ~ and the name of nobody on this machine. Write the path out."
        ) from None
    except (OSError, ValueError):
        raise SettingsError(f"{name} is no path that this machine can hold. Write a shorter one.") from None
    return path


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Settings from `env` (default: the process environment).

    Raises:
        SettingsError: a variable has a value that cannot be used.
    """
    env = os.environ if env is None else env
    home = _path(env, "TRIVIEW_HOME", PROJECT_ROOT / ".triview").resolve()
    cache = Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Settings(
        home=home,
        db_url=secret(env, "TRIVIEW_DB_URL") or f"sqlite:///{home / 'triview.db'}",
        storage_url=env.get("TRIVIEW_STORAGE_URL") or f"file://{home / 'objects'}",
        chroma_url=env.get("TRIVIEW_CHROMA_URL") or None,
        redis_url=secret(env, "TRIVIEW_REDIS_URL"),
        models_dir=_path(env, "TRIVIEW_MODELS", cache / "triview" / "models"),
        master_key=env.get("TRIVIEW_MASTER_KEY") or None,
        master_key_file=_path(env, "TRIVIEW_MASTER_KEY_FILE", home / "master.key"),
        judge=_judge(env),
        limits=_limits(env),
        cores=_count(env, "TRIVIEW_CORES", os.cpu_count() or 2),
        airflow_logs=_logs(env, home),
        live_marker=_path(env, "TRIVIEW_LIVE_MARKER", home / LIVE_MARKER),
    )
