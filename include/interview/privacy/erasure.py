"""The receipt of an erasure: per place what was there before, and that it is there no more."""

from __future__ import annotations

from typing import Literal

from include.interview.records import Record

Sink = Literal[
    "key",
    "declaration",
    "rows",
    "sealed_columns",
    "objects",
    "vectors",
    "live_sessions",
    "workflow_runs",
    "workflow_logs",
    "reports",
]
"""Where data of a person lies: wrapped data keys, rows of the database, sealed columns of rows that stay, encrypted
objects, answer vectors, Redis keys of live sessions, runs and task logs in Airflow, reports that name the person."""

Kept = Literal[
    "audit_trail",
    "consents",
    "decisions",
    "ranking_snapshots",
    "pseudonymous_ids",
    "backups",
    "vector_server",
]
"""What stays behind, and is named in the receipt: entries of the audit chain, that consent was given and when, that
people decided and on which ground (without their text), totals under an id that names nobody, the ids themselves,
backups made before (whose restore replays the erasure), files of a Chroma server until its operator vacuums them."""

ALWAYS_KEPT: tuple[Kept, ...] = (
    "audit_trail",
    "consents",
    "decisions",
    "ranking_snapshots",
    "pseudonymous_ids",
    "backups",
)


class SinkCount(Record, frozen=True):
    """How many pieces of a person's data a sink held `before` the erasure, and how many were found `after` it."""

    sink: Sink
    before: int
    after: int


class ErasureReceipt(Record, frozen=True):
    """What an erasure found and left. Times are UTC, ISO 8601.

    `unreachable`: sinks that exist but did not answer; while there are any, or an `after` above 0, it is not complete.
    """

    erasure_id: str
    candidate_id: str
    requested_at: str
    completed_at: str
    sinks: tuple[SinkCount, ...]
    kept: tuple[Kept, ...]
    unreachable: tuple[Sink, ...] = ()

    @property
    def complete(self) -> bool:
        """True when every sink was looked at and nothing was left."""
        return not self.unreachable and not any(one.after for one in self.sinks)


class SignedReceipt(Record, frozen=True):
    """A receipt with an Ed25519 signature over its canonical JSON.

    `public_key` and `signature` are base64; the key is derived from the installation's master key.
    """

    receipt: ErasureReceipt
    public_key: str
    signature: str
