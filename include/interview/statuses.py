"""Where an interview stands, and which status may follow which."""

from __future__ import annotations

from typing import Literal, get_args

from include.interview.errors import BadInput

Status = Literal["created", "uploaded", "processing", "review", "published", "failed", "erased"]
STATUSES: tuple[Status, ...] = get_args(Status)
NEXT: dict[Status, tuple[Status, ...]] = {
    "created": ("uploaded", "processing", "review", "published", "failed"),
    "uploaded": ("processing", "review", "published", "failed"),
    "processing": ("review", "published", "failed"),
    "review": ("processing", "published", "failed"),
    "published": ("processing", "review"),
    "failed": ("uploaded", "processing", "review", "published"),
    "erased": (),
}
"""Status -> those it may change to. A run may be started again over what was published, and a published card be looked
at again; it fails by neither. Where a run failed it goes on from its failed step, once that is cleared.
Nothing becomes as if it had not begun. Erasing is an act of its own, from any status."""


def check_status(before: Status, to: Status) -> None:
    """Return when an interview that is `before` may become `to`; staying as it is always may.

    Raises:
        BadInput: code "interview_status": it may not.
    """
    if to != before and to not in NEXT[before]:
        raise BadInput(
            f"An interview that is {before} does not become {to}.",
            "Look at where it stands now.",
            code="interview_status",
        )
