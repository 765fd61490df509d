"""Statements of earlier stages and documents that do not fit each other, found by rule, for preparing questions."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.case import Case
from include.interview.insight.records import Citation
from include.interview.insight.sources import InsightSource, document_source, passages_of
from include.interview.preparation.records import QuestionEvidence, StatementPair
from include.interview.records import Document


def statement_pairs(cases: Sequence[Case], documents: Sequence[Document] = ()) -> tuple[StatementPair, ...]:
    """Pairs of the candidate's statements in `cases` and `documents` that give different figures, dates or counts."""
    from include.judgement.insight.contradictions import contradictions

    labels = [f"case-{n}" for n, _ in enumerate(cases)]
    sources = [InsightSource(label, case.stage, case.transcript) for label, case in zip(labels, cases, strict=True)]
    written = [d for d in documents if d.text.strip()]
    sources += [document_source(document, f"document-{n}") for n, document in enumerate(written)]
    interviews = {label: case.interview_id for label, case in zip(labels, cases, strict=True)}
    passages = passages_of(sources)

    def evidence(cited: str) -> QuestionEvidence:
        return _evidence(passages.find(cited)[0].citation(), interviews)

    return tuple(StatementPair(*map(evidence, claim.cites[:2])) for claim in contradictions(sources))


def _evidence(citation: Citation, interviews: dict[str, str]) -> QuestionEvidence:
    label, utterance_id = citation.utterance_id.split(":", 1)
    return QuestionEvidence(
        quote=citation.text,
        stage=citation.stage,
        interview_id=interviews.get(label, ""),
        utterance_id=None if citation.stage is None else utterance_id,
        start_s=citation.start_s,
        end_s=citation.end_s,
        document=citation.document,
    )
