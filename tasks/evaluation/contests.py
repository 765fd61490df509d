"""Answering a contest: by which criteria its interview is judged, who may answer, and the card it is about."""

from __future__ import annotations

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import Criterion, Rubric, opening_rubric
from include.interview.contests import Contest, ContestAnswer, ContestStanding
from include.interview.entities import Interview
from include.interview.records import Record, Scorecard, Transcript
from include.storage import Stores
from tasks.evaluation.card_standing import published_card
from tasks.evaluation.consent_gate import consented_interview
from tasks.evaluation.outputs import PreparedCase, load

NOTHING_SAID = Transcript(source="speech", language="", language_probability=None, utterances=())


class ContestedCard(Record, frozen=True):
    """The published card that a contest is about, with the words that it quotes."""

    card: Scorecard
    transcript: Transcript
    rubric: Rubric


def answer_contest(stores: Stores, contest_id: str, answer: ContestAnswer) -> Contest:
    """Record the answer of the stores' actor, and return the contest.

    Raises: as `Contests.answer`.
    """
    interview = stores.interviews.get(stores.contests.standing(contest_id).interview_id)
    return stores.contests.answer(contest_id, answer, tuple(c.id for c in contested_criteria(stores, interview)))


def contested_criteria(stores: Stores, interview: Interview) -> tuple[Criterion, ...]:
    """The criteria that the interview is judged by, in the rubric's order: those whose evidence an answer may name."""
    profile = load_profile(interview.profile)
    rubric = opening_rubric(interview.stage, stores.openings.get(interview.opening_id))
    return tuple(c for c in rubric.criteria if profile.enables(interview.stage, c.id))


def contested_card(stores: Stores, contest: ContestStanding, reader: str) -> ContestedCard:
    """The card a contest is about, for the account `reader`. The read is an audit entry.

    Raises:
        NotFound: as `published_card`. ConsentMissing: a consent was withdrawn.
    """
    interview, _ = consented_interview(stores, contest.interview_id)
    card = published_card(stores, contest.interview_id, reader)
    cases = stores.artifacts.list(contest.interview_id, "case")
    heard = load(stores, cases[-1], PreparedCase).case.transcript if cases else NOTHING_SAID
    return ContestedCard(card, heard, opening_rubric(interview.stage, stores.openings.get(interview.opening_id)))
