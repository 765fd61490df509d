"""Questions for an executive interview from files alone: transcripts, documents and an opening, and no store."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from include.interview.assessment.policy import load_profile
from include.interview.entities import Interview
from include.interview.preparation.open_matters import EarlierCard
from include.interview.preparation.records import WrittenQuestions
from include.interview.records import Document, Opening, Stage
from include.settings import JudgeSettings, Settings
from include.storage import Stores
from tasks.executive.earlier_stages import EARLIER, earlier_stages, note
from tasks.executive.preparation import left_open, matters_of, questions_about
from tasks.typed_transcript import judge_transcript


def questions_from_files(
    opening: Opening,
    transcripts: Sequence[tuple[str, bytes]],
    documents: Sequence[Document],
    settings: Settings,
) -> WrittenQuestions:
    """The questions that `transcripts`, (file name, bytes), and `documents` leave open for `opening`.

    The first transcript is taken as the AI interview, further ones as practical interviews; evidence names the file in
    `interview_id`. What is open is found by the offline judge, whose card is not shown; the configured writer writes.

    Raises:
        BadInput: a file is no transcript. JudgeFailure: the model gave no usable answer.
    """
    offline = msgspec.structs.replace(settings, judge=JudgeSettings())
    judged = [
        judge_transcript(data, name, opening, offline, stage=_stage(n), documents=() if n else documents)
        for n, (name, data) in enumerate(transcripts)
    ]
    cases = [msgspec.structs.replace(one.case, interview_id=one.name) for one in judged]
    cards = [
        EarlierCard(case.stage, msgspec.structs.replace(one.card, interview_id=case.interview_id), case.rubric)
        for one, case in zip(judged, cases, strict=True)
    ]
    missing = [note("stage_missing", stage) for stage in EARLIER[len(transcripts) :]] if transcripts else []
    profile = load_profile(opening.profile)
    return questions_about(left_open(opening, profile, cases, cards, missing, documents=documents), opening, settings)


def _stage(position: int) -> Stage:
    return EARLIER[min(position, len(EARLIER) - 1)]


def questions_of_application(
    stores: Stores, interview: Interview, opening: Opening, documents: Sequence[Document], settings: Settings
) -> WrittenQuestions:
    """The questions for the application that `interview`, of any stage, is of; nothing is stored.

    Args:
        documents: beside those the application has.

    Raises:
        NotFound: the candidate was erased. JudgeFailure: the model gave no usable answer.
    """
    earlier = earlier_stages(stores, interview)
    profile = load_profile(interview.profile)
    matters = matters_of(opening, profile, earlier, interview.language, documents)
    return questions_about(matters, opening, settings)
