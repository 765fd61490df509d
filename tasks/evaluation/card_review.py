"""What a reviewer looks at: the card that waits for a person, with what it rests on and why a person is asked."""

from __future__ import annotations

from include.interview.assessment.rubric import Criterion, opening_rubric
from include.interview.case import Case
from include.interview.entities import Interview
from include.interview.records import Record, ReviewReason, Scorecard
from include.interview.scoring.review import ASKED
from include.storage import Stores
from include.storage.repositories.reviews import ReviewAsked
from tasks.evaluation.card_standing import conducts_unrated, live_reasons, must_rate_first
from tasks.evaluation.consent_gate import consented_interview
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, load

SCORE_STEP = "score"


class CardUnderReview(Record, frozen=True):
    """A card about which a person is being asked.

    `case`: what it is the card of; its transcript holds the words that the card quotes. `live_reasons`: why a person
    must look at the card made during a live interview, which is shown together with this one.
    """

    card: Scorecard
    case: Case
    live_reasons: tuple[ReviewReason, ...] = ()

    @property
    def reasons(self) -> tuple[ReviewReason, ...]:
        """Why a person is asked, none twice."""
        return tuple(dict.fromkeys((*self.card.review, *self.live_reasons)))


def review_asked(stores: Stores, interview_id: str, reader: str) -> bool:
    """Whether a person is being asked about the interview's card, for the account `reader`, who may review.

    Nobody is, once an answer was handed to the run, though that takes a while to go on.

    Raises:
        NotFound: the reader conducts the interview and has yet to rate it (code "rate_first"); no such interview.
    """
    if conducts_unrated(stores, stores.interviews.get(interview_id), reader):
        raise must_rate_first()
    return stores.reviews.newest(interview_id) == ASKED and not stores.reviews.given(interview_id)


def reviews_for(stores: Stores, reader: str) -> tuple[tuple[ReviewAsked, Interview], ...]:
    """Every question about a card that waits for an answer, oldest first, with its interview.

    Without those of interviews that the account `reader` conducts and has yet to rate. An interview whose card was
    withheld keeps its status `review` and waits for nobody.
    """
    interviews = {one.id: one for one in stores.interviews.in_state("review")[0]}
    return tuple(
        (asked, found)
        for asked in stores.reviews.waiting()
        if (found := interviews.get(asked.interview_id)) and not conducts_unrated(stores, found, reader)
    )


def card_under_review(stores: Stores, interview_id: str, reader: str) -> CardUnderReview | None:
    """The newest scored card while a person is asked about it, for who may review; else None. The read is audited.

    Raises:
        NotFound: as `review_asked`, or erased. ConsentMissing: a consent was withdrawn.
    """
    consented_interview(stores, interview_id)
    scored = stores.artifacts.list(interview_id, SCORE_STEP) if review_asked(stores, interview_id, reader) else ()
    if not scored:
        return None
    found = load(stores, scored[-1], ScoredInterview)
    case = load(stores, found.case, PreparedCase).case
    stores.record("scorecard.read", f"interview:{interview_id}", {"artifact": scored[-1].id, "standing": ASKED})
    return CardUnderReview(found.card, case, live_reasons(stores, interview_id))


def judged_criteria(stores: Stores, interview_id: str) -> tuple[Criterion, ...]:
    """The criteria that the interview is judged by, in the rubric's order: those whose evidence an answer may name.

    Raises:
        NotFound: no such interview, or erased. ConsentMissing: a consent was withdrawn.
    """
    interview, profile = consented_interview(stores, interview_id)
    rubric = opening_rubric(interview.stage, stores.openings.get(interview.opening_id))
    return tuple(c for c in rubric.criteria if profile.enables(interview.stage, c.id))
