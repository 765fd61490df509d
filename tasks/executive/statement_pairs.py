"""Statements of earlier stages and documents that do not fit each other, found by rule, for preparing questions."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.case import Case
from include.interview.insight.records import Citation
from include.interview.insight.sources import InsightSource, document_source, passages_of
from include.interview.preparation.records import QuestionEvidence, StatementPair
from include.interview.records import Document


def statement_pairs(cases: Sequence[Case], documents: Sequence[Document] = ()) -> tuple[StatementPair, ...]:
    """Pairs of the candidate's statements in `cases` and `documents` that differ in a figure, date, count or role.

    Each quotes the sentence that does not fit, word for word, not the whole utterance.
    """
    from include.judgement.insight.contradictions import contradictions_with_sentences

    labels = [f"case-{n}" for n, _ in enumerate(cases)]
    sources = [InsightSource(label, case.stage, case.transcript) for label, case in zip(labels, cases, strict=True)]
    written = [d for d in documents if d.text.strip()]
    sources += [document_source(document, f"document-{n}") for n, document in enumerate(written)]
    interviews = {label: case.interview_id for label, case in zip(labels, cases, strict=True)}
    passages = passages_of(sources)

    def evidence(cited: str, sentence: str) -> QuestionEvidence:
        return _evidence(passages.find(cited)[0].citation(), sentence, interviews)

    found = contradictions_with_sentences(sources)
    return tuple(StatementPair(*map(evidence, one.claim.cites, one.sentences)) for one in found)


def _evidence(citation: Citation, sentence: str, interviews: dict[str, str]) -> QuestionEvidence:
    label, utterance_id = citation.utterance_id.split(":", 1)
    return QuestionEvidence(
        quote=sentence,
        stage=citation.stage,
        interview_id=interviews.get(label, ""),
        utterance_id=None if citation.stage is None else utterance_id,
        start_s=citation.start_s,
        end_s=citation.end_s,
        document=citation.document,
    )
