"""Errors of keys, sealed bytes, passwords and tokens.

This room sits beside the domain and does not import its errors: stores translate these into the errors people read.
"""

from __future__ import annotations


class KeyProblem(ValueError):
    """A key that is missing or cannot be used; the message says what is accepted and what to do."""


class CannotOpen(ValueError):
    """Sealed bytes that do not open: another key, another identity than they were sealed for, or changed bytes."""


class OtherMasterKey(CannotOpen):
    """A data key that was wrapped by a master key other than the one given."""


class BadPassword(ValueError):
    """A password nobody may choose; the message says which rule it breaks, never the password."""


class BadToken(ValueError):
    """An access token that proves nothing. `code`: "token_expired" or "token_invalid"."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code
