"""The card made during a live interview beside the card made afterwards from its recording."""

from __future__ import annotations

from include.interview.entities import ArtifactRef
from include.interview.live.comparison import CardComparison, side_by_side
from include.interview.live.session import LiveRecord
from include.interview.records import Scorecard
from include.storage import Stores
from tasks.evaluation.outputs import ComparedTranscripts, load

COMPARE_STEP = "compare"
"""Step name of the artifact that holds the `ComparedTranscripts` of a live interview."""


def compare_cards(
    stores: Stores, record: LiveRecord, offline: Scorecard, compared: ArtifactRef | None
) -> CardComparison:
    """The live card of `record` beside `offline`, with the comparison of their transcripts where it was made."""
    transcript = load(stores, compared, ComparedTranscripts).transcript if compared else None
    return side_by_side(record.card, offline, transcript, record.gaps)
