"""Signed ends of the audit trail, kept outside the database: what a shortened trail is found out by."""

from __future__ import annotations

from include.interview.records import Record


class AuditHead(Record, frozen=True):
    """The trail as it was at a time: number and hash (64 hex digits) of its last entry; `at`: UTC, ISO 8601."""

    seq: int
    hash: str
    at: str


class SignedHead(Record, frozen=True):
    """A head with an Ed25519 signature over its canonical JSON.

    `public_key` and `signature` are base64; the key is derived from the installation's master key.
    """

    head: AuditHead
    public_key: str
    signature: str
