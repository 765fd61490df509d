"""From open matters to questions: one of two writers, and one filter behind both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Protocol

from include.interview.assessment.rubric import Rubric
from include.interview.preparation.decisions import numbered
from include.interview.preparation.ranking import MOST_QUESTIONS, ranked
from include.interview.preparation.records import (
    Matter,
    OpenMatters,
    PreparedQuestion,
    QuestionKind,
    RefusedQuestion,
    WriterIdentity,
    WrittenQuestions,
)
from include.interview.transcript.text import fold
from include.judgement.preparation.filters import fault_of, reason_of
from include.judgement.preparation.wordings import reason_for
from include.judgement.question_writer import said_before
from include.settings import JudgeSettings

ID_DIGITS = 10


class QuestionsWriter(Protocol):
    """A writer: drafts questions for open matters, best first."""

    identity: WriterIdentity

    def drafts(
        self, matters: Sequence[Matter], open_: OpenMatters, rubric: Rubric
    ) -> Iterator[tuple[Matter | None, str]]:
        """(matter, question) one after the other; a matter may be drafted in several ways, None belongs to none.

        Raises:
            JudgeFailure: no usable answer.
        """
        ...


def open_writer(settings: JudgeSettings) -> QuestionsWriter:
    """The writer that `settings` name; never another one in its place."""
    if settings.kind == "openai":
        from include.judgement.preparation.model_writer import ModelWriter

        return ModelWriter(settings)
    from include.judgement.preparation.offline_writer import OfflineWriter

    return OfflineWriter()


def written(open_: OpenMatters, rubric: Rubric, writer: QuestionsWriter) -> WrittenQuestions:
    """At most MOST_QUESTIONS questions about `open_`, one a matter, and what the filters refused with the reasons.

    Reason and evidence are those of the matter, whoever wrote the question: no writer can add a claim or a score.

    Args:
        rubric: the executive one.

    Raises:
        JudgeFailure: the writer gave no usable answer.
    """
    asked = [fold(text) for text in open_.asked]
    chosen: list[PreparedQuestion] = []
    refused: list[RefusedQuestion] = []
    done: set[str] = set()
    for matter, draft in writer.drafts(ranked(open_.matters), open_, rubric):
        if len(chosen) == MOST_QUESTIONS:
            break
        if matter is not None and matter.id in done:
            continue
        text = " ".join(draft.split())
        fault = reason_of("unsupported") if matter is None else fault_of(text)
        if fault is None and _repeats(text, [q.text for q in chosen], asked, writer.identity.kind):
            fault = reason_of("repeated")
        if fault is not None or matter is None:
            refused.append(RefusedQuestion(text, fault or reason_of("unsupported")))
            continue
        done.add(matter.id)
        chosen.append(_question(matter, text, open_, rubric))
    return WrittenQuestions(open_.language, writer.identity, numbered(chosen), tuple(refused), open_.notes)


def _repeats(text: str, chosen: Sequence[str], asked: Sequence[str], kind: str) -> bool:
    """The offline writer's questions differ by facet; a model's are compared by meaning as well."""
    if fold(text) in asked or fold(text) in map(fold, chosen):
        return True
    return kind == "openai" and said_before(text, [*chosen, *asked])


def _question(matter: Matter, text: str, open_: OpenMatters, rubric: Rubric) -> PreparedQuestion:
    digest = hashlib.sha256(f"{matter.id}\n{fold(text)}".encode()).hexdigest()[:ID_DIGITS]
    kind: QuestionKind = "clarification" if matter.code == "contradiction" else "past_behaviour"
    return PreparedQuestion(
        id=f"{matter.criterion}-{digest}",
        text=text,
        language=open_.language,
        criterion=matter.criterion,
        anchor=matter.anchor,
        why=reason_for(matter, rubric),
        kind=kind,
        order=0,
        evidence=matter.evidence,
    )
