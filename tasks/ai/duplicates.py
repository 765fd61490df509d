"""One recording of a candidate for an opening is one interview, through whichever door it comes."""

from __future__ import annotations

from include.interview.errors import AlreadyExists
from include.storage import Stores

WITHOUT_RESULT = ("failed", "erased")
"""Interviews in these states do not stand in the way of the same recording: it may be sent once more."""


class AlreadyUploaded(AlreadyExists):
    """This candidate's very recording was sent for this opening before; `existing` is the id of its interview."""

    code = "already_uploaded"

    def __init__(self, existing: str) -> None:
        super().__init__(
            f"This recording is already there: interview {existing}.",
            "Read that interview, or send another recording. Nothing new was begun.",
            existing=existing,
        )


def refuse_again(stores: Stores, candidate_id: str, opening_id: str, sha256: str, before: str | None = None) -> None:
    """Refuse a recording that an interview has which counts; with `before` only those that began earlier than it.

    Of two that are sent at once the one that began first stays, so that one of them always does.

    Raises:
        AlreadyUploaded: `sha256` (hex) is the hash of a recording of this candidate for this opening.
    """
    for interview in stores.interviews.list(opening_id, candidate_id):
        if interview.id == before:
            return
        if interview.stage != "ai" or interview.status in WITHOUT_RESULT:
            continue
        if any(media.sha256 == sha256 for media in stores.media.list(interview.id)):
            raise AlreadyUploaded(interview.id)
