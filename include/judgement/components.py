"""From facts and nearness to components: named numbers in [0, 1], each rising (or falling) in one thing only.

Every curve saturates: more of a good thing helps less and less, and never falls. docs/scoring.md lists each
component with its formula, constants and source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from include.interview.case import Case
from include.judgement.analysis import Analysis, AnswerParts, Sentence
from include.judgement.facets import FACETS
from include.judgement.facts import Facts, facts_of

QUESTION_WEIGHT = {"q_intro": 0.5, "q_behavioural": 1.0, "q_weakness": 0.7, "q_motivation": 0.6, "q_closing": 0.1}
"""How much an episode is asked for by a question of this kind (past-behaviour questions ask for one)."""
ANSWER_WORDS = (6.0, 80.0)
"""Different content words of an answer at which elaboration starts and is complete: about 15 and 220 spoken words."""
INTERVIEW_WORDS = (5.0, 60.0)
"""The same per answer for the different content words of the interview: answers share part of their words."""
STAR_WEIGHT = {"situation": 0.15, "task": 0.15, "action": 0.4, "result": 0.3}
STAR_TOP = {"situation": 1, "task": 1, "action": 3, "result": 2}
BEST_ANSWERS = (0.75, 0.25)
"""Weights of the answer that shows a criterion's facets best and of the next one."""
AMOUNT_SCALE = 2.5
"""Sentences per facet at which the amount of what shows a criterion is 63 % complete, where all answers are read."""
NEAR_CENTRE, NEAR_WIDTH = 0.31, 0.05
"""Nearness at which a sentence is as likely as not of a kind: unrelated ones lie near 0.1, paraphrases near 0.45."""


def saturate(x: float, scale: float) -> float:
    """1 - exp(-x / scale): 0 at 0, 0.63 at `scale`, never above 1."""
    return float(1.0 - np.exp(-max(x, 0.0) / scale))


def fade(x: float, scale: float) -> float:
    """exp(-x / scale): 1 at 0, 0.37 at `scale`."""
    return float(np.exp(-max(x, 0.0) / scale))


def grow(x: float, ends: tuple[float, float]) -> float:
    """log(x / low) / log(high / low), held in [0, 1], for `ends` = (low, high).

    Every doubling adds the same, and nothing is added above `high`.
    """
    low, high = ends
    return float(np.clip(np.log(max(x, low) / low) / np.log(high / low), 0.0, 1.0))


def step(x: float, centre: float, width: float) -> float:
    """Logistic step: 0.5 at `centre`, 0.73 one `width` above it."""
    return float(1.0 / (1.0 + np.exp(-(x - centre) / width)))


def _kind(near: float) -> float:
    return step(near, NEAR_CENTRE, NEAR_WIDTH)


def _lexical(sentence: Sentence, part: str) -> float:
    hits = sentence.hits
    if part == "action":
        return float(sentence.words.acts_i + sentence.words.acts_we > 0)
    if part == "situation":
        return float(bool(hits["situation"]) or bool(hits["time"] and sentence.words.past))
    return float(bool(hits[part]))


def star_part(sentence: Sentence, part: str) -> float:
    """How surely `sentence` is the `part` of an episode, in [0, 1]: by words, by meaning, most by both together."""
    return 1.0 - (1.0 - 0.4 * _lexical(sentence, part)) * (1.0 - 0.8 * _kind(sentence.near[part]))


def _top(values: Sequence[float], n: int) -> float:
    """Mean of the `n` greatest; missing ones count as 0."""
    return float(sum(sorted(values, reverse=True)[:n]) / n)


def star_of(answer: AnswerParts) -> dict[str, float]:
    """situation, task, action, result of one answer, each in [0, 1]."""
    return {p: _top([star_part(s, p) for s in answer.counted], STAR_TOP[p]) for p in STAR_WEIGHT}


def _relevance(answer: AnswerParts) -> float:
    """Whether the answer is about its question: near it, and nearer to it than to the other questions."""
    counted = answer.counted
    if not counted:
        return 0.0
    if not answer.question:
        return _top([_kind(s.near["interview_talk"]) for s in counted], 3)
    best = sorted(counted, key=lambda s: s.question, reverse=True)[:3]
    near = step(sum(s.question for s in best) / 3, 0.08, 0.04)
    words = sum(s.words.n for s in counted)
    margin = sum((s.question - s.other_question) * s.words.n for s in counted) / words
    return saturate(words, 25) * (0.5 * near + 0.5 * step(margin, -0.02, 0.03))


def _weighted(answers: Sequence[AnswerParts], value: Callable[[AnswerParts], float]) -> float:
    weights = [QUESTION_WEIGHT[a.kind] * saturate(a.n_words, 40) for a in answers]
    total = sum(weights)
    return sum(w * value(a) for w, a in zip(weights, answers, strict=True)) / total if total else 0.0


def facet_components(
    criterion: str, facets: Sequence[str], answers: Sequence[AnswerParts], share: float
) -> dict[str, float]:
    """Each facet of `criterion`, and the amount of all, in [0, 1].

    A facet is read from the two answers that show the criterion's facets best together: its surest sentence in each,
    0.75 and 0.25. The amount, `CRITERION_amount`, is saturate(sum over all sentences and facets per facet; 2.5 *
    `share`): that only a part of the answers is about the criterion is the opening's doing.
    """
    best = [{f: max((s.shown[f] for s in a.counted), default=0.0) for f in facets} for a in answers]
    best.sort(key=lambda by: -sum(by.values()))
    found = {f: sum(w * by[f] for w, by in zip(BEST_ANSWERS, best, strict=False)) for f in facets}
    every = sum(s.shown[f] for a in answers for s in a.counted for f in facets)
    found[f"{criterion}_amount"] = saturate(every / len(facets), AMOUNT_SCALE * share)
    return found


def _elaboration(facts: Facts) -> float:
    longest = facts.distinct_per_answer
    if not longest:
        return 0.0
    each = float(np.mean([grow(n, ANSWER_WORDS) for n in longest]))
    return 0.5 * each + 0.5 * grow(facts.distinct / len(longest), INTERVIEW_WORDS)


def _both(rate: float, rate_scale: float, count: float, count_scale: float) -> float:
    """Half by density, half by how much each answer has: neither one stuffed line nor mere length suffices."""
    return 0.5 * saturate(rate, rate_scale) + 0.5 * saturate(count, count_scale)


def keyword_coverage(case: Case, sentences: Sequence[Sentence]) -> float | None:
    """Weighted share in [0, 1] of the opening's keywords that were used (term or synonym); None without keywords.

    A keyword that is only named in a list or denied is not used (include/judgement/keywords.py).
    """
    total = sum(k.weight for k in case.opening.keywords)
    if not total:
        return None
    used = frozenset[str]().union(*(s.used for s in sentences))
    return sum(k.weight for k in case.opening.keywords if k.term in used) / total


def components_of(
    case: Case, analysis: Analysis, answers: Sequence[AnswerParts], share: float = 1.0
) -> tuple[dict[str, float], Facts]:
    """All components over `answers`, each in [0, 1], and the facts they rest on.

    `share`: in (0, 1], how much of the interview they are (see `facet_components`).

    Rates are multiplied by `weight of evidence` = saturate(words, 60): a few words cannot show much of anything.
    """
    facts = facts_of(answers)
    counted = [s for a in answers for s in a.counted]
    evidence = saturate(facts.words, 60)
    star = [_weighted(answers, lambda a, p=p: star_of(a)[p]) for p in STAR_WEIGHT]  # type: ignore[misc]
    best = max((sum(STAR_WEIGHT[p] * v for p, v in star_of(a).items()) for a in answers), default=0.0)
    keywords = keyword_coverage(case, counted)
    found = {
        "elaboration": _elaboration(facts),
        "fluency": evidence * fade(facts.filler_share, 0.075),
        "cohesion": 0.6 * saturate(facts.distinct_connectives, 3.0)
        + 0.4 * evidence * saturate(facts.rates["connectives"], 4.0),
        "organising": saturate(facts.distinct_organising, 1.2),
        "relevance": facts.counted_share * _weighted(answers, _relevance),
        "specificity": evidence * _both(facts.detail_rate, 4.0, facts.details_per_answer, 4.0),
        "situation": star[0],
        "task": star[1],
        "action": star[2],
        "result": star[3],
        "structure": 0.75 * sum(w * v for w, v in zip(STAR_WEIGHT.values(), star, strict=True)) + 0.25 * best,
        "job_similarity": step(_top([s.job for s in counted], 5), 0.26, 0.05),
    }
    for criteria in FACETS.values():
        for criterion, facets in criteria.items():
            found |= facet_components(criterion, facets, answers, share)
    if keywords is not None:
        found["keywords"] = keywords
    if analysis.document is not None:
        found["documents"] = step(analysis.document, 0.35, 0.08)
    return found, facts
