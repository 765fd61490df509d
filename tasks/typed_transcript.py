"""Judging typed transcripts: the word-based criteria only, under the text_only profile, and saying so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import opening_rubric
from include.interview.case import Case
from include.interview.records import Document, Measure, Opening, Record, Scorecard, Stage
from include.interview.transcript.answers import answers_of
from include.interview.transcript.speaker_names import SpeakerNames
from include.interview.transcript.typed import NOBODY, read_transcript
from include.settings import Settings
from tasks.evaluation.judge_and_score import judge_case, score_case

TEXT_PROFILE = "text_only"


class JudgedTranscript(Record, frozen=True):
    """One judged file: its card (scope "words"), every measure taken from its words, and the case itself."""

    name: str
    card: Scorecard
    measures: tuple[Measure, ...]
    case: Case


def judge_transcript(
    data: bytes,
    name: str,
    opening: Opening,
    settings: Settings,
    *,
    stage: Stage = "ai",
    documents: Sequence[Document] = (),
    names: SpeakerNames = NOBODY,
) -> JudgedTranscript:
    """The card and measures of one transcript file.

    Args:
        data: the file's bytes: labelled lines, subtitles, or our own JSON.
        name: the file's name, for messages.
        names: whose names of persons stand in front of the words.

    Raises:
        BadInput: the file is no transcript (the message names the line).
    """
    from include.perception.fluency import measure_fluency

    transcript = read_transcript(data, name, names)
    digest = hashlib.sha256(data).hexdigest()
    case = Case(
        interview_id=digest[:32],
        stage=stage,
        language=transcript.language,
        opening=opening,
        rubric=opening_rubric(stage, opening),
        profile=load_profile(TEXT_PROFILE),
        transcript=transcript,
        answers=answers_of(transcript, (), opening),
        measurements=(measure_fluency(transcript),),
        documents=tuple(documents),
    )
    judgements = judge_case(case, case.criteria, settings)
    card = score_case(case, judgements, scope="words", inputs={"transcript": digest})
    return JudgedTranscript(name, card, all_measures(case), case)


def all_measures(case: Case) -> tuple[Measure, ...]:
    """Every word measure of the case: fluency and what the offline judge looks at."""
    from include.judgement.word_measures import measures

    named = {m.name: m for channel in case.measurements for m in channel.measures}
    for measure in measures(case):
        named.setdefault(measure.name, measure)
    return tuple(named.values())


def summary_row(one: JudgedTranscript) -> dict[str, str | float | None]:
    """One flat row: total, then level, score and sem per criterion, then every measure."""
    card = one.card
    row: dict[str, str | float | None] = {
        "file": one.name,
        "language": card.language,
        "status": card.status,
        "scope": card.scope,
        "total": card.total,
        "total_sem": card.total_sem,
    }
    for line in card.criteria:
        row[f"{line.criterion}_status"] = line.status
        row[f"{line.criterion}_level"] = line.level
        row[f"{line.criterion}_score"] = line.score
        row[f"{line.criterion}_sem"] = line.sem
    row.update({measure.name: measure.value for measure in one.measures})
    return row
