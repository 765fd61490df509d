"""What the gateway reads from the environment beside `include.settings` (`.env.example` lists it all)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from include.security.networks import parse_networks
from include.settings import AirflowSettings, Settings, SettingsError, airflow_settings, load_settings
from include.settings import secret as configured

DEFAULT_PORT = 8090
SECRET_BYTES = 32
SECRET_FILE = "gateway.secret"  # noqa: S105 - a file name


class GatewaySettings(msgspec.Struct, frozen=True):
    """Settings of one replica of the gateway. Fields that end in `_s` are seconds."""

    core: Settings
    redis_url: str
    secret: str
    """Signs access tokens: the same on every replica."""
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    origins: tuple[str, ...] = ()
    """Origins whose pages may open sockets and call with a cookie; empty: only the gateway's own address."""
    airflow: AirflowSettings | None = None
    token_ttl_s: int = 900
    login_max_age_s: int = 43_200
    """A login ends so long after it began, however often it was refreshed: a working day."""
    login_idle_s: int = 3600
    """A login that was not refreshed for so long has ended."""
    ticket_ttl_s: int = 60
    hello_timeout_s: float = 10.0
    idle_s: float = 60.0
    max_ahead_s: float = 30.0
    """How far the audio may run ahead of real time since the socket opened: what a client's ring may replay."""
    lease_ttl_s: float = 3.0
    drain_s: float = 5.0
    abandon_s: float = 1800.0
    """A session without any socket for this long is ended by itself."""
    max_sessions: int = 64
    keep_after_handover_s: float = 24 * 3600.0
    admission: bool = True
    """False: new sessions are taken however late finals become (for measuring)."""
    speech: bool = True
    """False: this replica takes sockets but recognises nothing (for measuring, or to scale edges apart)."""
    diarization: bool = True
    feedback: bool = True
    secure_cookie: bool = False
    """Set behind TLS: the login cookie is then sent over HTTPS only."""
    metrics_token: str | None = None
    """Bearer token that reads /metrics beside operators and services; None: only they do."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks (CIDR) of proxies whose X-Forwarded-For is believed, for rate limits."""

    def __repr__(self) -> str:
        return f"GatewaySettings(host={self.host!r}, port={self.port!r})"


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    raw = env.get(name) or ""
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        raise SettingsError(f"{name} must be a number, not {raw!r}.") from None
    if value < 0:
        raise SettingsError(f"{name} must not be negative, but is {raw!r}.")
    return value


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    raw = (env.get(name) or "").lower()
    if raw in ("", "1", "on", "true", "yes"):
        return default if raw == "" else True
    if raw in ("0", "off", "false", "no"):
        return False
    raise SettingsError(f"{name} must be on or off, not {raw!r}.")


def _list(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in (env.get(name) or "").split(",") if part.strip())


def _proxies(env: Mapping[str, str]) -> tuple[str, ...]:
    named = _list(env, "TRIVIEW_TRUSTED_PROXIES")
    try:
        parse_networks(named)
    except ValueError as error:
        raise SettingsError(f"TRIVIEW_TRUSTED_PROXIES: {error}") from None
    return named


def proxied_unnamed(settings: GatewaySettings) -> bool:
    """True when the settings say that a proxy ends TLS in front of the gateway, and name no proxy to be believed.

    Every login then seems to come from one address, so a stranger's guesses slow down everybody's.
    """
    https = settings.secure_cookie or any(origin.lower().startswith("https://") for origin in settings.origins)
    return https and not settings.trusted_proxies


def kept_secret(file: Path) -> str:
    """The signing secret kept in `file` (mode 0600), generated on the first call."""
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = secrets.token_urlsafe(SECRET_BYTES)
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(made)
        os.link(temporary, file)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    finally:
        temporary.unlink(missing_ok=True)
    return made


def load_gateway_settings(env: Mapping[str, str] | None = None) -> GatewaySettings:
    """Settings of one replica from `env` (default: the process environment).

    Raises:
        SettingsError: a variable has a value that cannot be used, or there is no Redis.
    """
    env = os.environ if env is None else env
    core = load_settings(env)
    if core.redis_url is None:
        raise SettingsError("The gateway needs Redis: set TRIVIEW_REDIS_URL, or start the whole system by `make up`.")
    base = GatewaySettings(core=core, redis_url=core.redis_url, secret="")
    secret = configured(env, "TRIVIEW_GATEWAY_SECRET") or kept_secret(core.home / SECRET_FILE)
    if len(secret) < SECRET_BYTES:
        raise SettingsError(f"TRIVIEW_GATEWAY_SECRET must have at least {SECRET_BYTES} characters.")
    metrics_token = configured(env, "TRIVIEW_METRICS_TOKEN")
    if metrics_token is not None and len(metrics_token) < SECRET_BYTES:
        raise SettingsError(f"TRIVIEW_METRICS_TOKEN must have at least {SECRET_BYTES} characters.")
    return msgspec.structs.replace(
        base,
        secret=secret,
        metrics_token=metrics_token,
        host=env.get("TRIVIEW_GATEWAY_HOST") or base.host,
        port=int(_number(env, "TRIVIEW_GATEWAY_PORT", base.port)),
        origins=_list(env, "TRIVIEW_GATEWAY_ORIGINS"),
        airflow=airflow_settings(env),
        token_ttl_s=int(_number(env, "TRIVIEW_TOKEN_TTL_S", base.token_ttl_s)),
        login_max_age_s=int(_number(env, "TRIVIEW_LOGIN_MAX_AGE_S", base.login_max_age_s)),
        login_idle_s=int(_number(env, "TRIVIEW_LOGIN_IDLE_S", base.login_idle_s)),
        ticket_ttl_s=int(_number(env, "TRIVIEW_TICKET_TTL_S", base.ticket_ttl_s)),
        hello_timeout_s=_number(env, "TRIVIEW_HELLO_TIMEOUT_S", base.hello_timeout_s),
        idle_s=_number(env, "TRIVIEW_IDLE_S", base.idle_s),
        max_ahead_s=_number(env, "TRIVIEW_MAX_AHEAD_S", base.max_ahead_s),
        lease_ttl_s=_number(env, "TRIVIEW_LEASE_TTL_S", base.lease_ttl_s),
        drain_s=_number(env, "TRIVIEW_DRAIN_S", base.drain_s),
        abandon_s=_number(env, "TRIVIEW_ABANDON_S", base.abandon_s),
        max_sessions=int(_number(env, "TRIVIEW_MAX_SESSIONS", base.max_sessions)),
        keep_after_handover_s=_number(env, "TRIVIEW_KEEP_LIVE_S", base.keep_after_handover_s),
        admission=_switch(env, "TRIVIEW_ADMISSION", default=base.admission),
        speech=_switch(env, "TRIVIEW_SPEECH", default=base.speech),
        diarization=_switch(env, "TRIVIEW_DIARIZATION", default=base.diarization),
        feedback=_switch(env, "TRIVIEW_FEEDBACK", default=base.feedback),
        secure_cookie=_switch(env, "TRIVIEW_SECURE_COOKIE", default=base.secure_cookie),
        trusted_proxies=_proxies(env),
    )
