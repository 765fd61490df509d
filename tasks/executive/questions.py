"""Prepared questions as interviewers work with them: reading, deciding, and handing them to the live session."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from include.interview.errors import BadInput, NotFound
from include.interview.preparation.decisions import Decision, accepted
from include.interview.preparation.records import Preparation, PreparedQuestion, QuestionReason
from include.storage import Stores
from tasks.executive.earlier_stages import usable
from tasks.executive.preparation import executive_interview


class QuestionRefused(BadInput):
    """An interviewer's wording that the filters do not let through; `reason` says why in both languages."""

    code = "question_refused"

    def __init__(self, reason: QuestionReason) -> None:
        super().__init__(reason.text.en, "Change the wording, or keep the question as it was proposed.")
        self.reason = reason


def prepared(stores: Stores, interview_id: str) -> Preparation:
    """The prepared questions of an executive interview. The read is an audit entry.

    Without those that quote an interview whose words may not be used any more, whoever decided about them.

    Raises:
        NotFound: no such executive interview, or nothing is prepared yet (code "not_prepared").
    """
    executive_interview(stores, interview_id)
    found = readable(stores, interview_id)
    if found is None:
        raise NotFound(
            f"Nothing is prepared for interview {interview_id}.", "Prepare its questions first.", code="not_prepared"
        )
    return found


def readable(stores: Stores, interview_id: str) -> Preparation | None:
    """As `prepared`, None while nothing is prepared."""
    found = stores.prepared_questions.find(interview_id)
    if found is None:
        return None
    written = msgspec.structs.replace(found.written, questions=_usable(stores, found.questions))
    return msgspec.structs.replace(found, written=written)


def accepted_questions(stores: Stores, interview_id: str) -> tuple[PreparedQuestion, ...]:
    """The questions to be asked in the session, in the interviewers' order; () when none are prepared. As `prepared`.

    `PreparedQuestion.wording` is what is asked. The read is an audit entry.

    Raises:
        NotFound: no such executive interview, or erased.
    """
    executive_interview(stores, interview_id)
    found = readable(stores, interview_id)
    return () if found is None else accepted(found.questions)


def _usable(stores: Stores, questions: Sequence[PreparedQuestion]) -> tuple[PreparedQuestion, ...]:
    quoted = {e.interview_id for q in questions for e in q.evidence if e.stage is not None}
    gone = {interview_id for interview_id in quoted if not usable(stores, interview_id)}
    return tuple(q for q in questions if not any(e.interview_id in gone for e in q.evidence))


def decide(
    stores: Stores,
    interview_id: str,
    question_id: str,
    decision: Decision,
    *,
    text: str | None = None,
    position: int | None = None,
) -> Preparation:
    """Record what the acting person decides about a question, and return all of them.

    Args:
        text: the new wording, for "edit"; it passes the same filters as the writers' questions.
        position: the new place counted from 0, for "move".

    Raises:
        QuestionRefused: the wording is leading, double, hypothetical, protected, or about a score.
        NotFound: no such interview or question. BadInput: text or position is missing.
    """
    executive_interview(stores, interview_id)
    if decision == "edit" and text is not None:
        from include.judgement.preparation.filters import fault_of

        fault = fault_of(text)
        if fault is not None:
            raise QuestionRefused(fault)
    return stores.prepared_questions.decide(interview_id, question_id, decision, text=text, position=position)
