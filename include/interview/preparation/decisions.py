"""What interviewers decide about prepared questions: accept, edit, drop, take back, reorder. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from include.interview.errors import BadInput, NotFound
from include.interview.preparation.records import PreparedQuestion, QuestionState

Decision = Literal["accept", "edit", "drop", "restore", "move"]
_STATES: dict[Decision, QuestionState] = {"accept": "accepted", "drop": "dropped", "restore": "proposed"}


def accepted(questions: Sequence[PreparedQuestion]) -> tuple[PreparedQuestion, ...]:
    """The questions that are to be asked, in their order: accepted as they were, or edited."""
    return tuple(q for q in in_order(questions) if q.state in ("accepted", "edited"))


def in_order(questions: Sequence[PreparedQuestion]) -> tuple[PreparedQuestion, ...]:
    """`questions` by their order."""
    return tuple(sorted(questions, key=lambda q: (q.order, q.id)))


def decided(
    questions: Sequence[PreparedQuestion],
    question_id: str,
    decision: Decision,
    *,
    by: str,
    at: str,
    text: str | None = None,
    position: int | None = None,
) -> tuple[PreparedQuestion, ...]:
    """All questions after one decision about one of them, in their order.

    Args:
        by: the actor who decides. at: UTC, ISO 8601.
        text: the new wording, for "edit". position: the new place counted from 0, for "move"; beyond the end is last.

    Raises:
        NotFound: no such question. BadInput: an edit without text, or a move without position.
    """
    listed = list(in_order(questions))
    index = next((i for i, q in enumerate(listed) if q.id == question_id), None)
    if index is None:
        raise NotFound(f"There is no prepared question {question_id!r} in this interview.", "Load the list again.")
    stamped = msgspec.structs.replace(listed[index], decided_by=by, decided_at=at)
    if decision == "move":
        if position is None:
            raise BadInput("Moving a question needs its new position.", "Send position, counted from 0.")
        del listed[index]
        listed.insert(min(max(position, 0), len(listed)), stamped)
    elif decision == "edit":
        if text is None or not text.strip():
            raise BadInput("Editing a question needs its new text.", "Send text, or drop the question.")
        listed[index] = msgspec.structs.replace(stamped, state="edited", edited=" ".join(text.split()))
    else:
        edited = None if decision == "restore" else stamped.edited
        state = "edited" if decision == "accept" and edited is not None else _STATES[decision]
        listed[index] = msgspec.structs.replace(stamped, state=state, edited=edited)
    return numbered(listed)


def numbered(questions: Sequence[PreparedQuestion]) -> tuple[PreparedQuestion, ...]:
    """`questions` as they stand, each with its place as its order."""
    return tuple(msgspec.structs.replace(q, order=n) for n, q in enumerate(questions))


def renewed(
    before: Sequence[PreparedQuestion], written: Sequence[PreparedQuestion], most: int
) -> tuple[PreparedQuestion, ...]:
    """The list after another preparation: what people decided stays, what was only proposed is written anew.

    Args:
        most: questions that are not dropped, at most; those people chose are never taken away.
    """
    kept = [q for q in in_order(before) if q.state != "proposed"]
    known = {q.id for q in kept} | {q.wording for q in kept}
    room = most - sum(q.state != "dropped" for q in kept)
    fresh = [q for q in written if q.id not in known and q.text not in known]
    return numbered([*kept, *fresh[: max(room, 0)]])
