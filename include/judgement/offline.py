"""The offline judge: rules and sentence embeddings, deterministic, explainable, without network.

It is the built-in default and is named as such on every card. What each number rests on: docs/scoring.md.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

import msgspec
import numpy as np

from include.interview.assessment.rubric import Criterion
from include.interview.case import Case
from include.interview.errors import BadInput
from include.interview.records import JudgeIdentity, Judgement, Measure, Record
from include.interview.scoring.sufficiency import words_insufficient
from include.judgement.analysis import Analysis, AnswerParts, analyse, main_answers
from include.judgement.components import components_of, step
from include.judgement.criterion_profiles import PROFILES, CriterionProfile
from include.judgement.embedding import MODEL_NAME
from include.judgement.facts import MAX_ANSWERS, Facts
from include.judgement.injection import injection_flags
from include.judgement.question_matching import answers_for
from include.judgement.rationale import explain, quotes

OFFLINE_VERSION = "4"
"""Changes whenever the same transcript may give another level."""
ANSWER_SPREAD = 0.8
"""Spread of a level per answer, in levels: root mean square of jackknife SEM * sqrt(answers) over the development
interviews (0.44 to 1.2 by criterion, 0.82 over all)."""
PRIOR_DEGREES = 4
"""Degrees of freedom of that prior: as much as five answers, the usual interview, would give."""


class Reading(Record, frozen=True):
    """The components of one interview, and the same with each answer left out in turn (for the standard error).

    `without`: by the id of the answer's first utterance; empty when there is one answer.
    """

    components: dict[str, float]
    facts: Facts
    without: dict[str, dict[str, float]]


_KEEP = 32
_readings: OrderedDict[tuple[int, frozenset[str] | None], tuple[Analysis, Reading]] = OrderedDict()
_guard = threading.Lock()


def read(case: Case, criterion: Criterion | None = None) -> tuple[Analysis, Reading]:
    """The analysis of `case` and its components over all answers, or over those that `criterion` is judged from.

    Computed once per interview and set of answers: criteria that read the same answers share it.
    """
    analysis = analyse(case)
    only = None if criterion is None else _read_for(case, criterion)
    key = (id(analysis), only)
    with _guard:
        kept = _readings.get(key)
        if kept is not None and kept[0] is analysis:
            return kept
    answers = _chosen(analysis, only)
    share = _share(len(answers), len(main_answers(analysis)))
    components, facts = components_of(case, analysis, answers, share)
    without = {}
    if len(answers) > 1:
        for at, left_out in enumerate(answers):
            rest = answers[:at] + answers[at + 1 :]
            without[left_out.sentences[0].piece.utterance_id] = components_of(case, analysis, rest, share)[0]
    found = (analysis, Reading(components, facts, without))
    with _guard:
        _readings[key] = found
        while len(_readings) > _KEEP:
            _readings.popitem(last=False)
    return found


def _read_for(case: Case, criterion: Criterion) -> frozenset[str] | None:
    """Ids of the utterances `criterion` is judged from; None for all."""
    read_ones = answers_for(case, criterion).answers
    return None if read_ones == case.answers else frozenset(u.id for a in read_ones for u in a.utterances)


def _share(chosen: int, every: int) -> float:
    """How much of a usual interview the `chosen` of `every` answer are; 1 when none is left out."""
    return min(1.0, max(chosen, 1) / min(max(every, 1), MAX_ANSWERS)) if chosen < every else 1.0


def _chosen(analysis: Analysis, only: frozenset[str] | None) -> tuple[AnswerParts, ...]:
    answers = main_answers(analysis)
    if only is None:
        return answers
    return tuple(a for a in answers if a.sentences[0].piece.utterance_id in only)


def mean_of(components: dict[str, float], profile: CriterionProfile) -> float:
    """The weighted mean in [0, 1] of the profile's components that are there."""
    present = {n: w for n, w in profile.weights.items() if n in components}
    return sum(w * components[n] for n, w in present.items()) / sum(present.values())


def level_of(components: dict[str, float], profile: CriterionProfile) -> float:
    """The level in [1, 5]: a logistic step over the weighted mean of the components that are there."""
    return 1.0 + 4.0 * step(mean_of(components, profile), profile.centre, profile.width)


def jackknife_sem(levels: list[float]) -> float | None:
    """Jackknife standard error over answers (Efron & Stein 1981) from leave-one-out levels; None below two."""
    n = len(levels)
    if n < 2:
        return None
    spread = np.asarray(levels) - np.mean(levels)
    return float(np.sqrt((n - 1) / n * np.sum(spread**2)))


def moderated_sem(levels: list[float]) -> float | None:
    """The jackknife's standard error drawn towards that of a typical interview of as many answers; None below two.

    Two or three leave-one-out levels say little about their own spread: it comes out near 0 or beyond a whole level
    by chance. Its variance is therefore averaged with a prior one, weighted by degrees of freedom (the moderated
    variance of Smyth 2004): (d0 * s0^2 / n + (n - 1) * jackknife^2) / (d0 + n - 1).
    """
    found, n = jackknife_sem(levels), len(levels)
    if found is None:
        return None
    prior = PRIOR_DEGREES * ANSWER_SPREAD**2 / n
    return float(np.sqrt((prior + (n - 1) * found**2) / (PRIOR_DEGREES + n - 1)))


class OfflineJudge:
    """Judges every criterion that rests on words. The same case always gets the same level, to the last digit."""

    identity = JudgeIdentity(name="Triview offline judge", kind="offline", model=MODEL_NAME, version=OFFLINE_VERSION)

    def judge(self, case: Case, criterion: Criterion, run: int) -> Judgement:
        """One judgement of `criterion` from the words of `case`; `run` only numbers it.

        Only the answers that the opening's map gives the criterion are read. With fewer words than the criterion asks
        for, or none in those answers, `reason` is set and there is no level.

        Raises:
            BadInput: a criterion this judge has no profile for (it does not rest on words).
        """
        profile = PROFILES.get(criterion.id)
        if profile is None:
            raise BadInput(
                f"The offline judge cannot judge {criterion.id!r}: it does not rest on words.",
                f"It judges: {', '.join(PROFILES)}.",
            )
        poor = words_insufficient(criterion, case.transcript)
        if poor is not None:
            return Judgement(
                criterion=criterion.id, run=run, level=None, judge=self.identity, rationale=poor.text, reason=poor
            )
        scales = case.opening.judge_scales
        identity = self.identity
        if scales is not None and criterion.id in scales.scales:
            scale = scales.scales[criterion.id]
            profile = msgspec.structs.replace(profile, centre=scale.centre, width=scale.width)
            identity = msgspec.structs.replace(identity, version=scales.version)
        analysis, reading = read(case, criterion)
        level = level_of(reading.components, profile)
        without = {answer: level_of(components, profile) for answer, components in reading.without.items()}
        chosen = _chosen(analysis, _read_for(case, criterion))
        dropped = sum(bool(s.dropped) and s.dropped != "empty" for a in chosen for s in a.sentences)
        return Judgement(
            criterion=criterion.id,
            run=run,
            level=round(level, 4),
            judge=identity,
            rationale=explain(level, reading.components, profile, dropped),
            sem=moderated_sem(list(without.values())),
            evidence=quotes(case.transcript, chosen, profile.weights),
            components=_shown(reading.components, profile),
            flags=injection_flags(case.candidate),
            left_out={answer: round(one, 4) for answer, one in without.items()},
        )


def _shown(components: dict[str, float], profile: CriterionProfile) -> tuple[Measure, ...]:
    """The profile's components with their values; the weight in percent stands in `n`, unit "share"."""
    present = {n: w for n, w in profile.weights.items() if n in components}
    total = sum(present.values())
    return tuple(
        Measure(name=n, value=round(components[n], 4), unit="share", n=round(100 * w / total))
        for n, w in present.items()
    )
