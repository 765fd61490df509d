"""Contests: a candidate disagrees with a published result, and a person answers within thirty days.

Which state may follow which, when an answer is due, and what a contest and its answer must say. Pure: whoever calls
says what time it is.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, get_args

from include.interview.errors import BadInput
from include.interview.records import Record, Stage

ANSWER_WITHIN = timedelta(days=30)
"""From the opening of a contest to the day by which a person has answered it: the month of GDPR, Article 12(3)."""
MAX_WORDS = 4_000
"""Characters that a contest or its answer may have."""

ContestState = Literal["open", "answered", "withdrawn"]
CONTEST_STATES: tuple[ContestState, ...] = get_args(ContestState)
NEXT: dict[ContestState, tuple[ContestState, ...]] = {
    "open": ("answered", "withdrawn"),
    "answered": (),
    "withdrawn": (),
}
"""State -> those it may change to. Who disagrees with an answer opens another contest."""

ContestGround = Literal[
    "recording_faulty",
    "words_misheard",
    "evidence_misread",
    "not_considered",
    "rules_not_kept",
    "unequal_treatment",
    "other",
]
CONTEST_GROUNDS: tuple[ContestGround, ...] = get_args(ContestGround)
"""What a candidate may say is wrong: sound or picture failed, words were written down wrongly, an answer was understood
wrongly, something said was left out, the announced rules were not kept, somebody was treated unequally."""

ContestOutcome = Literal["upheld", "evaluated_again", "withheld"]
CONTEST_OUTCOMES: tuple[ContestOutcome, ...] = get_args(ContestOutcome)
"""What a person may answer: the result stands; the interview is evaluated again, by a person or by the program; the
card is withheld from everybody."""

ContestLanguage = Literal["ko", "en"]


class Objection(Record, frozen=True):
    """What a candidate contests with, before it is recorded. `language`: the one they want the answer in."""

    grounds: tuple[ContestGround, ...]
    words: str
    language: ContestLanguage


class ContestAnswer(Record, frozen=True):
    """A person's answer before it is recorded. `text`: for the candidate, in the contest's language.

    `evidence`: ids of the criteria whose evidence that person opened.
    """

    outcome: ContestOutcome
    text: str
    evidence: tuple[str, ...] = ()


class ContestStanding(Record, frozen=True):
    """A contest without anybody's words: what lists show. Times are aware UTC.

    `closed_at`: when it was answered or withdrawn; `answered_by`: the actor who answered.
    """

    id: str
    interview_id: str
    candidate_id: str
    application_id: str
    opening_id: str
    stage: Stage
    grounds: tuple[ContestGround, ...]
    language: ContestLanguage
    state: ContestState
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None
    answered_by: str | None = None
    outcome: ContestOutcome | None = None


class Contest(Record, frozen=True):
    """A contest with the candidate's own words, and the answer's once there is one."""

    standing: ContestStanding
    words: str
    answer: str | None = None


def due_of(opened_at: datetime) -> datetime:
    """The time by which a contest that was opened at `opened_at` must have been answered."""
    return opened_at + ANSWER_WITHIN


def days_left(due_at: datetime, at: datetime) -> int:
    """Whole or begun days until `due_at`: 1 on the last one, 0 or less when it is over."""
    return -((at - due_at) // timedelta(days=1))


def overdue(due_at: datetime, at: datetime) -> bool:
    """Whether the time for an answer is over."""
    return at >= due_at


def check_contest(contest: Objection) -> None:
    """Return when somebody may contest with this.

    Raises:
        BadInput: no ground, one twice, or no words (code "contest_empty"), or too many of them ("contest_long").
    """
    if not contest.grounds or len(set(contest.grounds)) != len(contest.grounds):
        raise BadInput("A contest needs grounds, each named once.", "Choose what is wrong.", code="contest_empty")
    _check_words(contest.words, "A contest needs words of your own.", "Write what is wrong.")


def check_answer(state: ContestState, answer: ContestAnswer, criteria: Collection[str]) -> None:
    """Return when a contest in `state` may be answered with this.

    Args:
        criteria: ids of the criteria that the interview is judged by.

    Raises:
        BadInput: as `check_change`; no words or too many of them; a criterion that is not judged (code
            "evidence_unknown"), or a result is said to stand whose evidence was not opened ("evidence_not_opened").
    """
    check_change(state, "answered")
    _check_words(answer.text, "An answer needs words for the candidate.", "Write what was looked at, and what follows.")
    if not set(answer.evidence) <= set(criteria):
        raise BadInput(
            "The evidence names criteria that this interview is not judged by.",
            f"Name criteria whose evidence was opened: {', '.join(criteria)}.",
            code="evidence_unknown",
        )
    if answer.outcome == "upheld" and not answer.evidence:
        raise BadInput(
            "The result is said to stand, but no evidence of it was opened.",
            "Read the evidence first, and name the criteria.",
            code="evidence_not_opened",
        )


def check_change(before: ContestState, to: ContestState) -> None:
    """Return when a contest that is `before` may become `to`.

    Raises:
        BadInput: code "contest_closed": it was answered or withdrawn.
    """
    if to not in NEXT[before]:
        raise BadInput(
            f"This contest was {before} already.",
            "Read it again; nothing of yours was kept.",
            code="contest_closed",
        )


def _check_words(text: str, cause: str, remedy: str) -> None:
    if not text.strip():
        raise BadInput(cause, remedy, code="contest_empty")
    if len(text) > MAX_WORDS:
        raise BadInput(f"The text is longer than {MAX_WORDS} characters.", "Shorten it.", code="contest_long")
