"""Preparing an executive interview: the steps of the DAG `executive_preparation`, in its order.

What the earlier stages left open goes in, questions come out and wait for the interviewers. No score of an earlier
stage is in any of it. Only ids and refs leave a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import msgspec

from include.interview.assessment.policy import Profile, load_profile
from include.interview.assessment.rubric import opening_rubric
from include.interview.case import Case
from include.interview.entities import ArtifactRef, Interview
from include.interview.errors import ConsentMissing, NotFound
from include.interview.preparation.open_matters import EarlierCard, Heard, open_matters
from include.interview.preparation.records import (
    HumanRating,
    Matter,
    Note,
    OpenMatters,
    QuestionEvidence,
    SpokenLanguage,
    WrittenQuestions,
)
from include.interview.records import Document, Opening, Stage
from include.interview.stages import STAGES, Flow
from include.settings import Settings
from include.storage import Stores
from tasks.evaluation.case import basis
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import load, save
from tasks.executive.earlier_stages import EarlierStages, earlier_stages, note, standing_digest, usable
from tasks.executive.statement_pairs import statement_pairs

STAGE: Stage = "executive"
MATTERS_STEP = "open_matters"
QUESTIONS_STEP = "prepared_questions"
RUN_DIGITS = 12


def preparation_flow() -> Flow:
    """The DAG that prepares this stage, and how its runs are called."""
    flow = STAGES[STAGE].preparation
    assert flow is not None  # noqa: S101 - the table of stages says so
    return flow


def preparation_run_id(stores: Stores, interview_id: str) -> str:
    """The DAG run id of a preparation as things stand: the same until a card, the opening or the questions change.

    Raises:
        NotFound: no such executive interview, or its opening is gone.
    """
    interview = executive_interview(stores, interview_id)
    opening = stores.openings.get(interview.opening_id)
    return preparation_flow().run_id(interview_id, standing_digest(stores, interview, opening)[:RUN_DIGITS])


def executive_interview(stores: Stores, interview_id: str) -> Interview:
    """The executive interview with this id.

    Raises:
        NotFound: no such interview, or of another stage.
    """
    interview = stores.interviews.get(interview_id)
    if interview.stage != STAGE:
        raise NotFound(
            f"Interview {interview_id} is of stage {interview.stage}: questions are prepared for the executive one.",
            "Create the executive session first, and name it.",
        )
    return interview


def gather(context: StepContext) -> ArtifactRef:
    """Store the `OpenMatters` of the interview: what its application's earlier stages, documents and opening left open.

    Earlier interviews are read under the candidate's consent for each; one without consent is left out, and said so.

    Raises:
        NotFound: no such executive interview, its opening is gone, or the candidate was erased.
    """
    stores = context.stores
    interview = executive_interview(stores, context.interview_id)
    opening, profile = stores.openings.get(interview.opening_id), load_profile(interview.profile)
    earlier = earlier_stages(stores, interview)
    inputs = [basis(interview, profile, opening), interview.language, *(n.code for n in earlier.notes)]
    # Inputs are kept in the clear: a card goes in as its digest.
    inputs += [
        sha256(msgspec.json.encode((one.card, one.ratings), order="deterministic")).hexdigest() for one in earlier.used
    ]

    def make() -> OpenMatters:
        return matters_of(opening, profile, earlier, interview.language)

    return save(context, MATTERS_STEP, [*inputs, *(one.ref for one in earlier.used)], make)


def matters_of(
    opening: Opening, profile: Profile, earlier: EarlierStages, language: str, documents: Sequence[Document] = ()
) -> OpenMatters:
    """What `earlier`, interviews in a store, left open; `documents` beside those of the application."""
    cards, cases = [one.judged for one in earlier.used], [one.case for one in earlier.used]
    ratings = [rating for one in earlier.used for rating in one.ratings]
    return left_open(
        opening, profile, cases, cards, earlier.notes, documents=documents, language=language, ratings=ratings
    )


def left_open(
    opening: Opening,
    profile: Profile,
    cases: Sequence[Case],
    cards: Sequence[EarlierCard],
    notes: Sequence[Note] = (),
    *,
    documents: Sequence[Document] = (),
    language: str = "auto",
    ratings: Sequence[HumanRating] = (),
) -> OpenMatters:
    """What earlier interviews left open, from their cases and cards; with neither, from the opening alone.

    Args:
        profile: of the executive interview. language: in which it will be held, "auto" when that is not known.
        documents: beside those of the cases.
        ratings: of people, for earlier stages.
    """
    from include.judgement.preparation import gaps

    topics = gaps.topics_of(cases)
    told = gaps.told_in(cases, topics)
    handed_in = tuple(dict.fromkeys((*documents, *(d for case in cases for d in case.documents))))
    heard = Heard(
        cards=tuple(cards),
        facets=gaps.facets_heard(told),
        competencies=gaps.competencies_unasked(opening, cases),
        values=gaps.values_unheard(opening, told),
        claims=gaps.claims_unspoken(handed_in, told),
        ratings=tuple(ratings),
        pairs=statement_pairs(cases, handed_in),
    )
    matters = open_matters(opening, opening_rubric(STAGE, opening), profile, heard)
    return OpenMatters(
        language=_language(opening, language, cases),
        matters=tuple(_with_topics(m, topics) for m in matters),
        notes=(*notes, *_notes(opening, cases, handed_in)),
        asked=gaps.asked_in(cases),
    )


def _with_topics(matter: Matter, topics: Mapping[tuple[str, str], str]) -> Matter:
    """The matter with the topics of the answers that the quotes of its card stand in."""
    evidence = (
        msgspec.structs.replace(e, topic=e.topic or topics.get((e.interview_id, e.utterance_id or ""), ""))
        for e in matter.evidence
    )
    return msgspec.structs.replace(matter, evidence=tuple(evidence))


def _notes(opening: Opening, cases: Sequence[Case], documents: Sequence[Document]) -> list[Note]:
    found = []
    if not cases and not documents:
        found.append(note("opening_only"))
    elif not documents:
        found.append(note("documents_missing"))
    if not opening.values:
        found.append(note("values_missing"))
    return found


def _language(opening: Opening, language: str, cases: Sequence[Case]) -> SpokenLanguage:
    """The opening's language, else the interview's, else that of the newest earlier interview, else Korean."""
    for one in (opening.language, language, *(case.language for case in reversed(cases))):
        if one == "ko":
            return "ko"
        if one == "en":
            return "en"
    return "ko"


def write(context: StepContext, matters: ArtifactRef) -> ArtifactRef:
    """Store the `WrittenQuestions`: at most eight, by the configured writer, filtered, each with reason and evidence.

    Args:
        matters: the output of `gather`.

    Raises:
        ConsentMissing: an interview whose words were gathered may not be used any more; `gather` leaves it out.
        JudgeFailure: the model gave no usable answer; nothing is stored and nobody else writes in its place.
    """
    from include.judgement.preparation.writing import open_writer

    executive_interview(context.stores, context.interview_id)
    writer = open_writer(context.settings.judge)
    known = msgspec.json.encode(writer.identity).decode()

    def make() -> WrittenQuestions:
        opening = context.stores.openings.get(context.stores.interviews.get(context.interview_id).opening_id)
        found = load(context.stores, matters, OpenMatters)
        _check_usable(context.stores, [e for matter in found.matters for e in matter.evidence])
        return questions_about(found, opening, context.settings)

    return save(context, QUESTIONS_STEP, [matters, known], make)


def questions_about(open_: OpenMatters, opening: Opening, settings: Settings) -> WrittenQuestions:
    """The questions that the configured writer makes of `open_`.

    Raises:
        JudgeFailure: the model gave no usable answer.
    """
    from include.judgement.preparation.writing import open_writer, written

    return written(open_, opening_rubric(STAGE, opening), open_writer(settings.judge))


def store(context: StepContext, questions: ArtifactRef) -> dict[str, int]:
    """Put the questions before the interviewers; what they decided about earlier ones stays. Returns counts only.

    Args:
        questions: the output of `write`.

    Raises:
        NotFound: no such executive interview, or erased.
    """
    executive_interview(context.stores, context.interview_id)
    made = load(context.stores, questions, WrittenQuestions)
    _check_usable(context.stores, [e for question in made.questions for e in question.evidence])
    stored = context.stores.prepared_questions.put(context.interview_id, made, questions.id)
    return {"questions": len(stored.questions), "refused": len(made.refused), "notes": len(made.notes)}


def _check_usable(stores: Stores, evidence: Iterable[QuestionEvidence]) -> None:
    """Return when every interview that is quoted may still be used.

    Raises:
        ConsentMissing: one may not: a consent was withdrawn, or its card is held or under review.
    """
    for interview_id in sorted({one.interview_id for one in evidence if one.stage is not None}):
        if not usable(stores, interview_id):
            raise ConsentMissing(
                f"Interview {interview_id} may not be used any more.", "Prepare the questions again from `gather`."
            )


__all__ = ["gather", "store", "write"]
