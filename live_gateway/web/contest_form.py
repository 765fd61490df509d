"""What the pages offer about contests: the grounds, the outcomes, and whose evidence was read."""

from __future__ import annotations

from dataclasses import dataclass

from include.interview.contests import CONTEST_OUTCOMES, ContestOutcome
from include.storage import Stores
from tasks.evaluation.contests import contested_criteria


@dataclass(frozen=True)
class ContestForm:
    """The form in which a contest is answered. `criteria`: id -> name; `form_id`: of its element."""

    contest_id: str
    outcomes: tuple[ContestOutcome, ...]
    criteria: dict[str, str]
    form_id: str = "contest-answer"


def contest_form(stores: Stores, contest_id: str, interview_id: str, language: str) -> ContestForm:
    """The form for an open contest. Raises NotFound: no such interview."""
    criteria = contested_criteria(stores, stores.interviews.get(interview_id))
    return ContestForm(contest_id, CONTEST_OUTCOMES, {one.id: one.name.text(language) for one in criteria})
