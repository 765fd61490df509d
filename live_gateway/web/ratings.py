"""The ratings of who conducted an interview, as the result page asks for them and shows them beside the machine's."""

from __future__ import annotations

from dataclasses import dataclass

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import Criterion, Rubric
from include.interview.live.session import LiveSession
from include.interview.records import Opening
from include.interview.scoring.ratings import NEED_REASON, RatingSheet, rateable
from include.interview.stages import STAGES
from include.storage import Stores


@dataclass(frozen=True)
class FormCriterion:
    """A criterion to be rated: its words, and what each level looks like."""

    id: str
    name: str
    description: str
    anchors: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class RatingCell:
    """One person's level of one criterion; None where it was not rated."""

    level: int | None
    reason: str


@dataclass(frozen=True)
class RatingsPage:
    """What the result page says of ratings.

    `form`: the criteria that the reader has yet to rate; empty when there is nothing to rate. `raters`: logins, one
    column each; `rows`: name of the criterion and a cell per rater. `need_reason`: levels that need one.
    """

    form: tuple[FormCriterion, ...]
    raters: tuple[str, ...]
    rows: tuple[tuple[str, tuple[RatingCell, ...]], ...]
    need_reason: tuple[int, ...] = NEED_REASON


def ratings_page(
    stores: Stores, session: LiveSession, opening: Opening, rubric: Rubric, reader: str, language: str
) -> RatingsPage | None:
    """Of a stage that a panel conducts; None for others. Others' ratings are shown once the reader owes none."""
    if STAGES[session.stage].interviewers == 1:
        return None
    criteria = rateable(rubric, load_profile(session.profile), opening)
    if reader in session.interviewers and not stores.ratings.rated(session.id, reader):
        return RatingsPage(tuple(_form(c, language) for c in criteria), (), ())
    sheets = stores.ratings.list(session.id)
    raters = tuple(stores.accounts.get(sheet.rater_id).login for sheet in sheets)
    return RatingsPage((), raters, tuple((c.name.text(language), _cells(c.id, sheets)) for c in criteria))


def _form(criterion: Criterion, language: str) -> FormCriterion:
    anchors = tuple((anchor.level, anchor.text.text(language)) for anchor in criterion.anchors)
    return FormCriterion(criterion.id, criterion.name.text(language), criterion.description.text(language), anchors)


def _cells(criterion: str, sheets: tuple[RatingSheet, ...]) -> tuple[RatingCell, ...]:
    given = ({rating.criterion: rating for rating in sheet.ratings}.get(criterion) for sheet in sheets)
    return tuple(RatingCell(None, "") if one is None else RatingCell(one.level, one.reason) for one in given)
