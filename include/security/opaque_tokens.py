"""Secrets that are looked up rather than read: refresh tokens, activation links. Stores keep only their hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

TOKEN_BYTES = 32
"""256 bits: 43 URL-safe characters."""
MAX_TOKEN_CHARS = 200
"""Whatever is longer was never issued; it is not hashed."""


def new_token() -> str:
    """A random token of 43 URL-safe characters (256 bits)."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """SHA-256 of the token, 64 hex digits. It needs no salt and no cost: the token is random and long."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def matches(token: str, stored_hash: str) -> bool:
    """True when `stored_hash` is the hash of `token`, compared in constant time."""
    return hmac.compare_digest(token_hash(token), stored_hash)


def next_token(token: str, key: str | None) -> str:
    """The token that follows `token`: the same one for the same `key`, so that a lost answer can be asked for again.

    Whoever has `token` but not `key` cannot compute it (HMAC-SHA256 keyed by the token). Without a key: a random one.
    """
    if key is None:
        return new_token()
    made = hmac.digest(token.encode("utf-8", "surrogatepass"), key.encode("utf-8", "surrogatepass"), "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode("ascii")
