"""Passwords as argon2id hashes (RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes)."""

from __future__ import annotations

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from include.security.errors import BadPassword

MIN_CHARS = 10
"""NIST SP 800-63B asks for at least 8; length is the only rule that helps against guessing."""
MAX_BYTES = 512
"""Longer ones are refused before any hashing, so that a login cannot cost more than it should."""

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def check_password(password: str) -> None:
    """Return normally when `password` may be somebody's.

    Raises:
        BadPassword: shorter than `MIN_CHARS` characters, longer than `MAX_BYTES` in UTF-8, or one character repeated.
    """
    if len(password) < MIN_CHARS:
        raise BadPassword(f"The password has fewer than {MIN_CHARS} characters.")
    if len(_bytes(password)) > MAX_BYTES:
        raise BadPassword(f"The password is longer than {MAX_BYTES} bytes.")
    if len(set(password)) == 1:
        raise BadPassword("The password is one character repeated.")


def hash_password(password: str) -> str:
    """The argon2id hash of `password` with its salt and costs, as text in PHC format.

    Raises:
        BadPassword: as `check_password`.
    """
    check_password(password)
    return _HASHER.hash(_bytes(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """True when `password` is the one that was hashed.

    For None (nobody has that login) it is False and costs the same time.
    """
    given = _bytes(password)
    if len(given) > MAX_BYTES:
        return False
    try:
        matches = _HASHER.verify(_nobodys() if password_hash is None else password_hash, given)
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """True when the hash has other costs than today's: hash the password anew at the next login."""
    return _HASHER.check_needs_rehash(password_hash)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


@functools.cache
def _nobodys() -> str:
    """A hash that is compared when there is no account, so that time does not tell which logins exist."""
    return _HASHER.hash(b"nobody's")
