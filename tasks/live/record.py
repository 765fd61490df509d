"""The record that a finished live session left, as later steps read it."""

from __future__ import annotations

from include.interview.live.session import LiveRecord
from include.storage import Stores
from tasks.evaluation.outputs import load

LIVE_STEP = "live"
"""Step name of the artifact that holds the session's `LiveRecord`."""


def live_record_of(stores: Stores, interview_id: str) -> LiveRecord | None:
    """What the finished session left, or None before it was handed over. The read is an audit entry.

    Its card is not for display: `tasks.live.results.live_result` says whether it may be shown.
    """
    refs = stores.artifacts.list(interview_id, LIVE_STEP)
    return load(stores, refs[-1], LiveRecord) if refs else None
