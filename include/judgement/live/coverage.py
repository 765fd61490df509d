"""Which parts of each executive criterion's anchors were heard so far in a session. No score: open is not weak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from include.interview.case import Case
from include.interview.live.conversation import Conversation
from include.interview.live.wire import Feedback
from include.interview.preparation.open_matters import criteria_shares
from include.interview.records import Record
from include.judgement.live.stories import Probing, Story, stories_of
from include.judgement.preparation.gaps import Told, facets_told, told_in
from include.judgement.preparation.wordings import facet_wording

KIND = "criterion_coverage"
"""Kind of the feedback; its value is the criterion."""
_WORDS = {
    "ko": {"one": "답변 1개", "more": "답변 {n}개", "heard": "들음: {facets}", "open": "아직: {facets}"},
    "en": {"one": "1 answer", "more": "{n} answers", "heard": "heard: {facets}", "open": "open: {facets}"},
}


class CriterionCoverage(Record, frozen=True):
    """What was heard of one criterion: `answers` that speak to it, and its facets, told ones and those that are open.

    An answer speaks to a criterion when it tells one of its facets, or answers a question that was prepared for it or
    that the opening maps to it; what probes into it led to is part of it. Facets are ids of `prepared_questions.yaml`,
    in the order of the anchors. `evidence`: ids of the utterances.
    """

    criterion: str
    answers: int
    heard: tuple[str, ...]
    open: tuple[str, ...]
    evidence: tuple[str, ...]


def coverage_of(case: Case, probing: Probing) -> tuple[CriterionCoverage, ...]:
    """The coverage of every criterion that is asked about in the executive interview `case`, in the rubric's order.

    A facet counts as heard from one sentence with a deed that comes near its cues (see `gaps.FACET_TOLD`): rough, and
    only a hint on where to go on.
    """
    told = told_in([case])
    found = facets_told(told)
    stories = stories_of(case, probing)
    return tuple(
        _coverage(
            criterion,
            {facet: [told[i] for i in indices] for (each, facet), indices in found.items() if each == criterion},
            [s for s in stories if criterion in _asked_for(s, case, probing)],
            stories,
        )
        for criterion in criteria_shares(case.opening, case.rubric, case.profile)
    )


def _asked_for(story: Story, case: Case, probing: Probing) -> tuple[str, ...]:
    """The criteria that the question of `story` was prepared for, or is read for by the opening's map."""
    asked = story.answer.question_id or ""
    prepared = probing.prepared.get(asked)
    mapped = next((q.criteria for q in case.opening.questions if q.id == asked), None)
    return ((prepared,) if prepared else ()) + (mapped or ())


def _coverage(
    criterion: str, facets: Mapping[str, Sequence[Told]], asked: Sequence[Story], stories: Sequence[Story]
) -> CriterionCoverage:
    telling = {t.sentence.piece.utterance_id for told in facets.values() for t in told}
    speaking = [s for s in stories if s in asked or telling.intersection(s.utterances)]
    evidence = [u for s in speaking for u in s.utterances if u in telling] or [u for s in asked for u in s.utterances]
    return CriterionCoverage(
        criterion=criterion,
        answers=len(speaking),
        heard=tuple(facet for facet, told in facets.items() if told),
        open=tuple(facet for facet, told in facets.items() if not told),
        evidence=tuple(evidence),
    )


def coverage_news(
    talk: Conversation, coverage: Sequence[CriterionCoverage], language: Literal["ko", "en"]
) -> Iterator[Feedback]:
    """A feedback for every criterion of which something else was heard than was told last; nothing before the first."""
    for each in coverage:
        before = talk.emitted.get(("interviewer", KIND, each.criterion))
        text = sentence_of(each, language)
        known = ([], "") if before is None else (before.evidence, before.text)
        if (before is not None or each.evidence) and known != (list(each.evidence), text):
            yield Feedback(
                audience="interviewer", kind=KIND, value=each.criterion, evidence=list(each.evidence), text=text
            )


def sentence_of(coverage: CriterionCoverage, language: Literal["ko", "en"]) -> str:
    """`coverage` in words, such as "2 answers; heard: goal and roles; open: helping others grow"."""
    words = _WORDS[language]
    parts = [words["one" if coverage.answers == 1 else "more"].format(n=coverage.answers)]
    for key, facets in (("heard", coverage.heard), ("open", coverage.open)):
        if facets:
            names = (facet_wording(coverage.criterion, facet).name.text(language) for facet in facets)
            parts.append(words[key].format(facets=", ".join(names)))
    return "; ".join(parts)
