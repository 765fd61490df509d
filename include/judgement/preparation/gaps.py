"""What earlier stages told, and what nobody has spoken of: facets of executive criteria, competencies, values, claims.

Meanings are compared by the sentence encoder, across languages. Nothing here is a score: a facet that nobody asked
about is unknown, not weak.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np

from include.interview.case import Case
from include.interview.preparation.open_matters import values_of
from include.interview.preparation.records import FacetHeard, QuestionEvidence
from include.interview.records import Answer, Bilingual, Document, DocumentKind, Opening, Record
from include.interview.transcript.text import fold, language_of, sentences
from include.judgement.analysis import Sentence, analyse, language_of_case
from include.judgement.embedding import encode, encode_once
from include.judgement.follow_ups import topic_of
from include.judgement.injection import addresses_judge
from include.judgement.preparation.wordings import wordings
from include.judgement.protected_grounds import may_be_suggested
from include.judgement.tokens import words_of

FACET_TOLD = 0.42
"""Nearness to a facet's cues (mean cosine to the two nearest) from which a sentence with a deed tells it. Set on the
hand-written interviews of the tests, where sentences of a facet begin at .42. It is rough, and only moves a facet back
in the order: nothing is taken as settled by it."""
BEGINS = 0.45
"""Sum of a sentence's nearness to a facet's cues and to what candidates say about its criterion (its kind of
utterance), from which a question about the facet may begin there."""
KIND = {
    "leadership": "leadership", "strategic_thinking": "strategy", "experience": "experience", "culture_fit": "culture",
}  # fmt: skip
"""Executive criterion -> kind of utterance in `prototypes.yaml`."""
ASKED_ABOUT = 0.35
"""Cosine between a question and a competency (its name, or its description) from which the question asks about it: the
questions of the hand-written interviews that ask about one begin at .38. Too high a limit costs a question, too low one
hides a gap."""
VALUE_TOLD = 0.42
"""Cosine between a sentence with a deed and a written value from which the value was told of."""
CLAIM_SPOKEN = 0.5
"""Cosine between a document's claim and a sentence of the candidate from which it was spoken about."""
LEAST_TOPIC = 3
"""Characters of a topic that stands for a piece of work: shorter Korean nouns are mostly of every kind of talk."""
MOST_CLAIMS = 3
MAX_DOCUMENT_SENTENCES = 60
LEAST_CLAIM_WORDS, LONGEST_CLAIM = 4, 140
"""Words, and characters, of a document's sentence that can be quoted in a question."""
_CONTACT = re.compile(r"@|https?://|www\.|\+?\d{2,4}[ -]\d{3,4}[ -]\d{4}|[12]\d{3}[.\-/]\s?\d{1,2}[.\-/]\s?\d{1,2}")
_LINES = re.compile(r"\n+|^\s*[-•*·]\s*", re.MULTILINE)


class Told(Record, frozen=True):
    """One sentence of the candidate that counts, with the words it is quoted by."""

    sentence: Sentence
    evidence: QuestionEvidence
    answer: int


def told_in(cases: Sequence[Case], topics: Mapping[tuple[str, str], str] | None = None) -> tuple[Told, ...]:
    """The candidate's sentences of all `cases` that count (see `analysis`), in order; answers count over all cases.

    Args:
        topics: as `topics_of`; without them the evidence names no topic.
    """
    found: list[Told] = []
    offset = 0
    for case in cases:
        analysis = analyse(case)
        numbers = {u.id: n for n, a in enumerate(case.answers) for u in a.utterances}
        times = {u.id: (u.start_s, u.end_s) for u in case.candidate}
        for sentence in (s for a in analysis.answers for s in a.counted):
            utterance = sentence.piece.utterance_id
            start_s, end_s = times[utterance]
            evidence = QuestionEvidence(
                quote=sentence.piece.text,
                stage=case.stage,
                interview_id=case.interview_id,
                utterance_id=utterance,
                start_s=start_s,
                end_s=end_s,
                topic="" if topics is None else topics[case.interview_id, utterance],
            )
            found.append(Told(sentence, evidence, offset + numbers[utterance]))
        offset += len(case.answers)
    return tuple(found)


def topics_of(cases: Sequence[Case]) -> dict[tuple[str, str], str]:
    """(interview id, utterance id) -> what its answer is about, in its own words; "" where not plain."""
    found: dict[tuple[str, str], str] = {}
    for case in cases:
        language = language_of_case(case)
        for answer in case.answers:
            found |= dict.fromkeys(((case.interview_id, u.id) for u in answer.utterances), _topic(answer, language))
    return found


def _topic(answer: Answer, language: str) -> str:
    found = topic_of(answer, {}, language) if answer.utterances else None
    return found if found is not None and len(found) >= LEAST_TOPIC and may_be_suggested(found) else ""


def asked_in(cases: Sequence[Case]) -> tuple[str, ...]:
    """The questions that were asked, in order, none twice."""
    return tuple(dict.fromkeys(a.question for case in cases for a in case.answers if a.question))


def facets_told(told: Sequence[Told]) -> dict[tuple[str, str], tuple[int, ...]]:
    """(criterion, facet) -> indices of the sentences in `told` that tell it, for every facet there is."""
    vectors = _vectors(told)
    return {
        (criterion, wording.id): _tells(told, _nearness(vectors, wording.cues))
        for criterion, facets in wordings().facets.items()
        for wording in facets
    }


def _tells(told: Sequence[Told], near: np.ndarray) -> tuple[int, ...]:
    return tuple(i for i, (t, n) in enumerate(zip(told, near, strict=True)) if n >= FACET_TOLD and _did(t))


def facets_heard(told: Sequence[Told]) -> tuple[FacetHeard, ...]:
    """How often each facet of the executive criteria was told, and where a question about it may begin.

    Each sentence is the beginning of one facet only, so that questions do not all hang on one story.
    """
    vectors = _vectors(told)
    left = {i for i, t in enumerate(told) if _did(t)}
    found = []
    for criterion, facets in wordings().facets.items():
        about = np.array([t.sentence.near[KIND[criterion]] for t in told])
        for wording in facets:
            near = _nearness(vectors, wording.cues)
            answers = {told[i].answer for i in _tells(told, near)}
            best = max(left, key=lambda i: (float(near[i] + about[i]), -i), default=None)
            begins = best is not None and float(near[best] + about[best]) >= BEGINS
            evidence = (told[best].evidence,) if best is not None and begins else ()
            left -= {best} if begins and best is not None else set()
            found.append(FacetHeard(criterion, wording.id, wording.anchor, len(answers), evidence))
    return tuple(found)


def _vectors(told: Sequence[Told]) -> np.ndarray:
    return encode([t.sentence.piece.clean for t in told])


def _nearness(vectors: np.ndarray, cues: tuple[str, ...]) -> np.ndarray:
    nearest: np.ndarray = np.sort(vectors @ encode_once(cues).T, axis=1)[:, -2:].mean(axis=1)
    return nearest


def _did(told: Told) -> bool:
    words = told.sentence.words
    return bool(words.acts_i + words.acts_we + words.numbers)


# ---------------------------------------------------------------- what the opening asks for


def competencies_unasked(opening: Opening, cases: Sequence[Case]) -> tuple[str, ...]:
    """Ids of the opening's competencies that no question asked about; () without earlier stages to ask in."""
    if not cases:
        return ()
    asked_ids = {a.question_id for case in cases for a in case.answers}
    covered = {c for q in opening.questions if q.id in asked_ids for c in q.competencies}
    asked = asked_in(cases)
    left = [c for c in opening.competencies if c.id not in covered and not _named(c.name, asked)]
    near = _nearest({c.id: _texts(c.name, c.description) for c in left}, encode(asked))
    return tuple(c.id for c in left if near[c.id] < ASKED_ABOUT)


def values_unheard(opening: Opening, told: Sequence[Told]) -> tuple[str, ...]:
    """Ids of the opening's written values of which no case was told."""
    deeds = [t for t in told if _did(t)]
    values = values_of(opening)
    near = _nearest({value_id: _texts(value, value) for value_id, value in values.items()}, _vectors(deeds))
    said = [t.sentence.piece.text for t in deeds]
    return tuple(i for i, value in values.items() if near[i] < VALUE_TOLD and not _named(value, said))


def _texts(name: Bilingual, description: Bilingual) -> tuple[str, ...]:
    return tuple(dict.fromkeys((name.ko, name.en, description.ko, description.en)))


def _named(name: Bilingual, texts: Iterable[str]) -> bool:
    forms = {fold(name.ko), fold(name.en)}
    return any(form in fold(text) for text in texts for form in forms)


def _nearest(described: Mapping[str, tuple[str, ...]], vectors: np.ndarray) -> dict[str, float]:
    """Id -> cosine of the row of `vectors` that comes nearest to one of its texts; 0 without rows."""
    if not len(vectors):
        return dict.fromkeys(described, 0.0)
    return {key: float((vectors @ encode_once(texts).T).max()) for key, texts in described.items()}


# ---------------------------------------------------------------- what documents say


def claims_unspoken(documents: Sequence[Document], told: Sequence[Told]) -> tuple[QuestionEvidence, ...]:
    """Claims of the documents (a deed or a figure) that no interview came to, the farthest from what was said first.

    Contact lines, instructions to a judge, and lines that touch a protected ground are left out.
    """
    claims = list(dict.fromkeys(c for d in documents for c in _claims(d.text, d.kind)))
    claims = claims[:MAX_DOCUMENT_SENTENCES]
    if not claims:
        return ()
    said = _vectors(told)
    near = (encode([c.quote for c in claims]) @ said.T).max(axis=1) if len(said) else np.zeros(len(claims))
    order = [int(i) for i in np.argsort(near, kind="stable") if near[i] < CLAIM_SPOKEN]
    return tuple(claims[i] for i in order if _quotable(claims[i].quote))[:MOST_CLAIMS]


def _claims(text: str, kind: DocumentKind) -> Iterable[QuestionEvidence]:
    for line in _LINES.split(text):
        for sentence in sentences(line):
            language = language_of(sentence)
            enough = len(sentence.split()) >= LEAST_CLAIM_WORDS and len(sentence) <= LONGEST_CLAIM
            if language == "und" or not enough or _CONTACT.search(sentence):
                continue
            words = words_of(sentence, language)
            if words.acts_i + words.acts_we + words.numbers or _deed(sentence):
                yield QuestionEvidence(quote=sentence.rstrip(" .。"), document=kind)


@cache
def _deed_pattern() -> re.Pattern[str]:
    return re.compile(
        r"^(?:led|built|designed|developed|managed|launched|improved|reduced|increased|created|introduced|founded|ran|wrote"
        r"|mentored|trained|delivered|negotiated|organi[sz]ed|implemented|established|raised|cut|won|rebuilt|migrated)\b"
        r"|(?:개발|구축|설계|운영|개선|도입|달성|감축|절감|총괄|관리|주도|기획|수상|출시|이전|교육|구현)(?:했|하였|하여|함|$|[.,])"
    )


def _deed(sentence: str) -> bool:
    """Documents leave out who did it: a line that begins with a verb, or ends in a noun of doing, is a deed."""
    return _deed_pattern().search(fold(sentence)) is not None


def _quotable(quote: str) -> bool:
    return not addresses_judge(quote) and may_be_suggested(quote)
