"""Answers with the probes into them: one matter told over several turns. Pure but for the sentence encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from include.interview.case import Case
from include.interview.preparation.open_matters import criteria_shares
from include.interview.records import Answer, Record
from include.judgement.analysis import AnswerParts, analyse
from include.judgement.follow_ups import Wording, parts_of
from include.judgement.lexicon_reading import read_lexicon
from include.judgement.live.utterance_analysis import nearest_text
from include.judgement.preparation.gaps import KIND, Told

PROBES_FILE = Path(__file__).resolve().parents[1] / "lexicon" / "probes.yaml"
TellingSentences = Mapping[tuple[str, str], Sequence[int]]
"""(criterion, facet) -> indices of the sentences that tell it, as `gaps.facets_told` finds them."""


class Probing(Record, frozen=True):
    """What a session knows that probes depend on.

    `suggested`: id -> text of every suggestion so far. `prepared`: id of a prepared question -> its criterion.
    `listed`: texts of prepared questions, which no model's probe repeats.
    """

    suggested: Mapping[str, str] = {}
    prepared: Mapping[str, str] = {}
    listed: tuple[str, ...] = ()


class Story(Record, frozen=True):
    """An answer with the later ones that probes into it led to.

    `answer`: the question that began it, and all its words. `parts`: its sentences. `asked`: what was probed for, keys
    of `wordings`.
    """

    answer: Answer
    parts: AnswerParts
    asked: frozenset[str] = frozenset()

    @property
    def utterances(self) -> tuple[str, ...]:
        """Ids of the candidate's utterances, in order."""
        return tuple(u.id for u in self.answer.utterances)


@cache
def wordings() -> dict[str, Wording]:
    """What an answer lacks -> the wording of the probe for it."""
    return read_lexicon(PROBES_FILE, dict[str, Wording])


def stories_of(case: Case, probing: Probing) -> tuple[Story, ...]:
    """The answers of `case` in order, each with those that probes into it led to; those without sentences left out."""
    analysis = analyse(case)
    found: list[Story] = []
    for answer in case.answers:
        parts = parts_of(analysis, answer) if answer.utterances else None
        if parts is None:
            continue
        lack = _probed(answer, case, probing) if found else None
        if lack is None:
            found.append(Story(answer, parts))
        else:
            found[-1] = _continued(found[-1], answer, parts, lack)
    return tuple(found)


def _continued(story: Story, answer: Answer, parts: AnswerParts, lack: str) -> Story:
    return Story(
        answer=msgspec.structs.replace(story.answer, utterances=story.answer.utterances + answer.utterances),
        parts=msgspec.structs.replace(story.parts, sentences=story.parts.sentences + parts.sentences),
        asked=story.asked | {lack},
    )


def _probed(answer: Answer, case: Case, probing: Probing) -> str | None:
    """What the question of `answer` probes for (a key of `wordings`); "" for a model's probe, None for a new matter."""
    if answer.question_id in probing.suggested:
        lack = str(answer.question_id).split("-")[0]
        return lack if lack in wordings() else ""
    opens = {q.id for q in case.opening.questions} | set(probing.prepared)
    if answer.question is None or answer.question_id in opens:
        return None
    texts = [(lack, text) for lack, w in wordings().items() for text in (w.plain.ko, w.plain.en)]
    nearest = nearest_text(answer.question, [text for _, text in texts])
    return None if nearest is None else texts[nearest][0]


def criterion_of(case: Case, story: Story, probing: Probing, told: Sequence[Told], facets: TellingSentences) -> str:
    """The criterion that `story` speaks to: that of its prepared question, else the one of which it tells most.

    Args:
        told: the sentences of `case`; facets: which of them tell what. Where none tells anything, the criterion to
            whose kind of utterance the story comes nearest.

    Returns:
        "" where the profile leaves no criterion to ask about.
    """
    shares = criteria_shares(case.opening, case.rubric, case.profile)
    prepared = probing.prepared.get(story.answer.question_id or "")
    if prepared in shares:
        return str(prepared)
    own = set(story.utterances)
    count = dict.fromkeys(shares, 0)
    for (criterion, _), indices in facets.items():
        if criterion in count:
            count[criterion] += sum(told[i].sentence.piece.utterance_id in own for i in indices)
    near = {c: sum(s.near[KIND[c]] for s in story.parts.counted) for c in shares}
    return max(shares, key=lambda c: (count[c], near[c]), default="")
