"""Invitations: what HR asks of a candidate in one stage, until when, and the rules by which an answer is taken.

Pure: times come from the caller, aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

import msgspec

from include.interview.errors import BadInput, NotFound
from include.interview.records import Bilingual, Opening, Record, Stage
from include.interview.stages import STAGES

State = Literal["sent", "opened", "answering", "submitted", "revoked"]
"""What is stored. `opened`: the link was used; `answering`: the candidate consented."""
STATES: tuple[State, ...] = get_args(State)
FIRST_STATE: State = "sent"
Standing = Literal["sent", "opened", "answering", "submitted", "revoked", "expired"]
"""What is shown: the stored state, or `expired` once the deadline passed before the answers were submitted."""
NEXT: dict[State, tuple[State, ...]] = {
    "sent": ("opened", "answering", "revoked"),
    "opened": ("answering", "revoked"),
    "answering": ("submitted", "revoked"),
    "submitted": (),
    "revoked": (),
}
"""State -> those it may change to."""
UNFINISHED: tuple[State, ...] = ("sent", "opened", "answering")

GRACE_S = 900
"""Seconds after the deadline in which an answer begun before it may still be sent to its end: a line may be slow."""
MOST_DAYS = 180
"""The farthest deadline, in days: an invitation is no permanent door."""
ATTEMPTS, THINKING_S, ANSWER_S, EXTRA_S = (1, 10), (0, 600), (15, 900), (0, 1800)
"""Lowest and highest: attempts per question; seconds to think before, and to speak in, an answer; seconds more of
either as an accommodation."""
WHOLE = "whole"
"""Id of the one thing asked where an opening has no questions: the interview as one recording."""
WHOLE_TEXT = Bilingual(
    ko="자신의 경험과 지원한 이유를 자유롭게 말씀해 주세요.",
    en="Tell us freely about your experience and why you apply.",
)


class Accommodations(Record, frozen=True):
    """What a candidate gets beyond the usual: seconds more to think, and to speak, for every question."""

    extra_thinking_s: int = 0
    extra_answer_s: int = 0


class AskedQuestion(Record, frozen=True):
    """One question as it stood when the invitation was made."""

    id: str
    text: Bilingual


class Terms(Record, frozen=True):
    """What HR states: the interview asked for, and how it may be answered.

    `attempts`: recordings a candidate may begin per question; the newest complete one counts. `thinking_s`, `answer_s`:
    seconds before, and of, one answer, without accommodations. `deadline`: UTC, ISO 8601.
    """

    profile: str
    deadline: str
    stage: Stage = "ai"
    language: Literal["ko", "en", "auto"] = "auto"
    attempts: int = 2
    thinking_s: int = 30
    answer_s: int = 180
    accommodations: Accommodations = Accommodations()


class Answer(Record, frozen=True):
    """One attempt at a question; `upload_id` once its recording is being sent, `received` of `size` bytes are there.

    `handed_in`: it is a recording of the interview already, and stays the one that counts.
    """

    id: str
    question_id: str
    attempt: int
    upload_id: str | None = None
    size: int = 0
    received: int = 0
    handed_in: bool = False

    @property
    def complete(self) -> bool:
        """True when every byte of the recording arrived."""
        return self.upload_id is not None and 0 < self.size == self.received


class Invitation(Record, frozen=True):
    """An invitation as stored; times are UTC, ISO 8601. `interview_id`: its one interview, once there is a consent."""

    id: str
    application_id: str
    candidate_id: str
    opening_id: str
    state: State
    terms: Terms
    questions: tuple[AskedQuestion, ...]
    created_at: str
    interview_id: str | None = None
    reminded_at: str | None = None

    @property
    def deadline(self) -> datetime:
        """Until when it may be answered, aware."""
        return datetime.fromisoformat(self.terms.deadline)


def asked_of(opening: Opening) -> tuple[AskedQuestion, ...]:
    """What a candidate is asked, in order: the opening's questions, or one free recording where it has none."""
    return tuple(AskedQuestion(q.id, q.text) for q in opening.questions) or (AskedQuestion(WHOLE, WHOLE_TEXT),)


def check_terms(terms: Terms, now: datetime) -> Terms:
    """The terms with their deadline in UTC, once they hold together.

    Raises:
        BadInput: a number out of its range; a deadline that is no time with a zone, is over, or is too far;
            a stage that is held live (code "invitation_stage").
    """
    if STAGES[terms.stage].live:
        raise BadInput(
            f"The stage {terms.stage} is held live; only recorded interviews are answered by invitation.",
            "Create a session for it, and send the candidate its address.",
            code="invitation_stage",
        )
    extra = terms.accommodations
    for name, value, (low, high) in (
        ("attempts", terms.attempts, ATTEMPTS),
        ("thinking_s", terms.thinking_s, THINKING_S),
        ("answer_s", terms.answer_s, ANSWER_S),
        ("extra_thinking_s", extra.extra_thinking_s, EXTRA_S),
        ("extra_answer_s", extra.extra_answer_s, EXTRA_S),
    ):
        if not low <= value <= high:
            raise BadInput(f"{name} is {value}.", f"Choose {low} to {high}.", code="invitation_terms")
    return msgspec.structs.replace(terms, deadline=_deadline(terms.deadline, now))


def _deadline(given: str, now: datetime) -> str:
    try:
        deadline = datetime.fromisoformat(given)
    except ValueError:
        deadline = None
    if deadline is None or deadline.tzinfo is None:
        raise BadInput(
            "The deadline is no time with a zone.",
            "Write it as 2026-12-24T18:00:00+09:00, or end it with Z for UTC.",
            code="invitation_deadline",
        )
    if not now < deadline <= now + timedelta(days=MOST_DAYS):
        raise BadInput(
            f"The deadline is over, or more than {MOST_DAYS} days away.",
            "Choose a later, or a nearer one.",
            code="invitation_deadline",
        )
    return deadline.astimezone(now.tzinfo).isoformat()


def standing_of(invitation: Invitation, now: datetime) -> Standing:
    """How the invitation stands at `now`."""
    if invitation.state in UNFINISHED and now >= invitation.deadline:
        return "expired"
    return invitation.state


def moved(state: State, to: State) -> State:
    """`to`, when an invitation in `state` may become so; staying as it is always may.

    Raises:
        BadInput: code "invitation_submitted" or "invitation_revoked": it is at its end; "invitation_order" otherwise.
    """
    if to == state or to in NEXT[state]:
        return to
    raise _closed(state) or BadInput(
        f"An invitation that is {state} does not become {to}.", "Look at it again.", code="invitation_order"
    )


def require_open(invitation: Invitation, now: datetime, *, begun: bool = False) -> None:
    """Return when something new may be answered; with `begun`, when what was begun may be brought to its end.

    Raises:
        BadInput: code "invitation_submitted", "invitation_revoked" or "invitation_expired".
    """
    if error := _closed(invitation.state):
        raise error
    if now >= invitation.deadline + timedelta(seconds=GRACE_S if begun else 0):
        raise BadInput(
            "The deadline of this invitation has passed.",
            "Ask whoever invited you whether there is another one.",
            code="invitation_expired",
        )


def is_open(invitation: Invitation, now: datetime, *, begun: bool = False) -> bool:
    """Whether `require_open` lets it pass."""
    try:
        require_open(invitation, now, begun=begun)
    except BadInput:
        return False
    return True


def _closed(state: State) -> BadInput | None:
    if state == "submitted":
        return BadInput(
            "The answers to this invitation were submitted.",
            "There is nothing more to do.",
            code="invitation_submitted",
        )
    if state == "revoked":
        return BadInput("This invitation was taken back.", "Ask whoever invited you.", code="invitation_revoked")
    return None


def next_attempt(invitation: Invitation, question_id: str, answers: Sequence[Answer]) -> int:
    """The number of the next attempt at the question, from 1.

    Raises:
        NotFound: it is not asked here. BadInput: code "attempts_used": no attempt is left.
    """
    if all(question.id != question_id for question in invitation.questions):
        raise NotFound(f"The question {question_id} is not asked in this invitation.", "Load the page again.")
    used = sum(one.question_id == question_id for one in answers)
    if used >= invitation.terms.attempts:
        raise BadInput(
            f"All {invitation.terms.attempts} attempts at this question are used.",
            "The last recording that arrived counts.",
            code="attempts_used",
        )
    return used + 1


def counting(invitation: Invitation, answers: Sequence[Answer]) -> dict[str, Answer]:
    """Question id -> the answer that counts, in the order asked: the newest whose recording arrived whole."""
    found: dict[str, Answer] = {}
    for question in invitation.questions:
        mine = [one for one in answers if one.question_id == question.id and one.complete]
        if mine:
            found[question.id] = max(mine, key=lambda one: (one.handed_in, one.attempt))
    return found


def require_all(invitation: Invitation, counted: Mapping[str, Answer]) -> None:
    """Return when every question has an answer that counts.

    Raises:
        BadInput: code "answers_missing": names those without one by their number.
    """
    missing = [str(n) for n, question in enumerate(invitation.questions, 1) if question.id not in counted]
    if missing:
        raise BadInput(
            f"Answers are missing, or have not arrived whole: question {', '.join(missing)}.",
            "Record them, and wait until they are sent.",
            code="answers_missing",
        )
