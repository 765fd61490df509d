"""Signing the end of the audit trail, once it was checked."""

from __future__ import annotations

from include.interview.records import Record
from include.storage import Stores


class SignedEnd(Record, frozen=True):
    """Number and hash (64 hex digits) of the entry up to which the trail was checked and signed."""

    seq: int
    hash: str


def sign_audit(stores: Stores) -> SignedEnd:
    """Check the trail against all heads signed before, sign its end, and return which entry that is.

    Raises:
        ServiceFailure: the trail does not hold (code "audit_broken": nothing is signed), or a store is away.
    """
    head = stores.audit_heads.sign().head
    return SignedEnd(head.seq, head.hash)
