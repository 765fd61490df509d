"""Access tokens: JSON Web Tokens (RFC 7519, HS256) that state account, role, login and expiry."""

from __future__ import annotations

import secrets
from typing import Any, cast, get_args

import jwt
import msgspec

from include.security.access import Caller, Role
from include.security.errors import BadToken, KeyProblem

ALGORITHM = "HS256"
"""The only one accepted: a token never chooses how it is checked (RFC 8725, 3.1)."""
ISSUER = "triview"
AUDIENCE = "triview-gateway"
MIN_SECRET_CHARS = 32
"""As long as the hash (RFC 7518, 3.2)."""
MAX_TOKEN_CHARS = 2048
SKEW_S = 30.0
"""Seconds by which the clocks of two replicas may differ: a token may come from that far in the future."""
ID_BYTES = 12
_CLAIMS = ["sub", "role", "sid", "iat", "exp", "jti", "iss", "aud"]


class Claims(msgspec.Struct, frozen=True):
    """The claims of a token; times are Unix seconds. `candidate_id`: the candidate whose account it is.

    `login_id`: the login of which the token is: when that has ended, the token proves nothing.
    """

    account_id: str
    role: Role
    candidate_id: str | None
    login_id: str
    issued_at: float
    expires_at: float
    token_id: str

    @property
    def caller(self) -> Caller:
        """The account and role as the `Caller` that `include.security.access` checks."""
        return Caller(self.account_id, self.role, self.candidate_id, self.login_id)


def issue_token(
    secret: str,
    account_id: str,
    role: Role,
    *,
    login_id: str,
    now: float,
    ttl_s: float,
    candidate_id: str | None = None,
) -> str:
    """A signed token of a login of `account_id`, valid from `now` (unix seconds) for `ttl_s` seconds.

    Raises:
        KeyProblem: the secret is too short.
        ValueError: a role that does not exist, or a candidate without an id.
    """
    _check_secret(secret)
    if role not in get_args(Role):
        raise ValueError(f"There is no role {role!r}.")
    if (role == "candidate") != (candidate_id is not None):
        raise ValueError("An account belongs to a candidate exactly when its role is candidate.")
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": account_id,
        "role": role,
        "sid": login_id,
        "iat": now,
        "exp": now + ttl_s,
        "jti": secrets.token_urlsafe(ID_BYTES),
    }
    if candidate_id is not None:
        claims["candidate_id"] = candidate_id
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def read_token(secret: str, token: str, *, now: float) -> Claims:
    """The claims of `token`, when it was signed with `secret` and is valid at `now` (Unix seconds).

    Raises:
        BadToken: code "token_expired", or "token_invalid" for everything else.
        KeyProblem: the secret is too short.
    """
    _check_secret(secret)
    if len(token) > MAX_TOKEN_CHARS:
        raise _invalid()
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            # Times are compared below, with the caller's clock.
            options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        found = _claims(claims)
    except (jwt.InvalidTokenError, TypeError, ValueError, RecursionError):
        raise _invalid() from None
    if now >= found.expires_at:
        raise BadToken("The access token has expired.", "token_expired")
    if found.issued_at > now + SKEW_S:
        raise _invalid()
    return found


def _claims(claims: dict[str, Any]) -> Claims:
    role, candidate_id = claims["role"], claims.get("candidate_id")
    account_id, login_id, token_id = claims["sub"], claims["sid"], claims["jti"]
    if role not in get_args(Role) or not all(isinstance(one, str) for one in (account_id, login_id, token_id)):
        raise ValueError("not ours")
    if (role == "candidate") != isinstance(candidate_id, str):
        raise ValueError("not ours")
    times = claims["iat"], claims["exp"]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in times):
        raise ValueError("not ours")
    return Claims(account_id, cast("Role", role), candidate_id, login_id, float(times[0]), float(times[1]), token_id)


def _check_secret(secret: str) -> None:
    if len(secret) < MIN_SECRET_CHARS:
        raise KeyProblem(f"The secret that signs access tokens needs at least {MIN_SECRET_CHARS} characters.")


def _invalid() -> BadToken:
    return BadToken("The access token is not valid here.", "token_invalid")
