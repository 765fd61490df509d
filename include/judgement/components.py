"""From facts and nearness to components: named numbers in [0, 1], each rising (or falling) in one thing only.

Every curve saturates: more of a good thing helps less and less, and never falls. docs/scoring.md lists each
component with its formula, constants and source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from include.interview.case import Case
from include.interview.transcript.text import fold
from include.judgement.analysis import Analysis, AnswerParts, Sentence
from include.judgement.facts import Facts, facts_of

QUESTION_WEIGHT = {"q_intro": 0.5, "q_behavioural": 1.0, "q_weakness": 0.7, "q_motivation": 0.6, "q_closing": 0.1}
"""How much an episode is asked for by a question of this kind (past-behaviour questions ask for one)."""
SELF_DESCRIPTION_DISCOUNT = 0.7
ANSWER_WORDS = (6.0, 80.0)
"""Different content words of an answer at which elaboration starts and is complete: about 15 and 220 spoken words."""
INTERVIEW_WORDS = (5.0, 60.0)
"""The same per answer for the different content words of the interview: answers share part of their words."""
STAR_WEIGHT = {"situation": 0.15, "task": 0.15, "action": 0.4, "result": 0.3}
STAR_TOP = {"situation": 1, "task": 1, "action": 3, "result": 2}
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


def _evidence_of(sentence: Sentence, kind: str) -> float:
    """How surely `sentence` shows `kind`; a mere self-description without a deed counts little (Bangerter 2014)."""
    deeds = sentence.words.acts_i + sentence.words.acts_we + sentence.words.past
    claim = 0.0 if deeds else SELF_DESCRIPTION_DISCOUNT * step(sentence.near["vague"], 0.42, 0.05)
    return _kind(sentence.near[kind]) * (1.0 - claim)


def _theme(sentences: Sequence[Sentence], kind: str, rate: float, scale: float, top: int = 4) -> float:
    """A theme of the interview: its best sentences by meaning (60 %) and its words per 100 words (40 %)."""
    return 0.6 * _top([_evidence_of(s, kind) for s in sentences], top) + 0.4 * saturate(rate, scale)


def _elaboration(facts: Facts) -> float:
    longest = facts.distinct_per_answer
    if not longest:
        return 0.0
    each = float(np.mean([grow(n, ANSWER_WORDS) for n in longest]))
    return 0.5 * each + 0.5 * grow(facts.distinct / len(longest), INTERVIEW_WORDS)


def _both(rate: float, rate_scale: float, count: float, count_scale: float) -> float:
    """Half by density, half by how much each answer has: neither one stuffed line nor mere length suffices."""
    return 0.5 * saturate(rate, rate_scale) + 0.5 * saturate(count, count_scale)


def _directness(sentences: Sequence[Sentence], facts: Facts) -> float:
    words = sum(s.words.n for s in sentences) or 1.0
    evasive = sum(
        s.words.n * max(step(s.near["evasive"], 0.40, 0.04), 0.6 * bool(s.hits["evasive"])) for s in sentences
    )
    return fade(facts.rates["hedges"], 4.0) * fade(evasive / words, 0.25)


def _concreteness(sentences: Sequence[Sentence], facts: Facts) -> float:
    words = sum(s.words.n for s in sentences) or 1.0
    contrast = sum(
        s.words.n * (max(s.near[k] for k in ("situation", "task", "action", "result")) - s.near["vague"])
        for s in sentences
    )
    return 0.7 * step(contrast / words, 0.07, 0.05) + 0.3 * fade(facts.rates["vague"], 1.5)


def keyword_coverage(case: Case, sentences: Sequence[Sentence]) -> float | None:
    """Weighted share in [0, 1] of the opening's keywords that were said (term or synonym); None without keywords."""
    if not case.opening.keywords:
        return None
    said = fold(" ".join(s.piece.clean for s in sentences))
    joined = said.replace(" ", "")
    found = total = 0.0
    for keyword in case.opening.keywords:
        total += keyword.weight
        forms = [fold(f) for f in (keyword.term, *keyword.synonyms)]
        found += keyword.weight * any(f in said or f.replace(" ", "") in joined for f in forms if f)
    return found / total if total else None


def components_of(case: Case, analysis: Analysis, answers: Sequence[AnswerParts]) -> tuple[dict[str, float], Facts]:
    """All components over `answers`, each in [0, 1], and the facts they rest on.

    Rates are multiplied by `weight of evidence` = saturate(words, 60): a few words cannot show much of anything.
    """
    facts = facts_of(answers)
    counted = [s for a in answers for s in a.counted]
    evidence = saturate(facts.words, 60)
    rates, per = facts.rates, facts.per_answer
    star = [_weighted(answers, lambda a, p=p: star_of(a)[p]) for p in STAR_WEIGHT]  # type: ignore[misc]
    best = max((sum(STAR_WEIGHT[p] * v for p, v in star_of(a).items()) for a in answers), default=0.0)
    warm, cold = per["positive"], 1.2 * per["negative"] + 0.8 * per["anxiety"] + 0.1 * per["negation"]
    job = _top([s.job for s in counted], 5)
    keywords = keyword_coverage(case, counted)
    found = {
        "elaboration": _elaboration(facts),
        "fluency": evidence * fade(facts.filler_share, 0.075),
        "steadiness": evidence * fade(facts.restarts, 3.0),
        "directness": evidence * _directness(counted, facts),
        "diversity": evidence * step(facts.mattr, 0.74, 0.035),
        "vocabulary": evidence * step(facts.long_share, 0.17 if analysis.language == "en" else 0.28, 0.04),
        "cohesion": 0.6 * saturate(facts.distinct_connectives, 3.0)
        + 0.4 * evidence * saturate(rates["connectives"], 4.0),
        "organising": saturate(facts.distinct_organising, 1.2),
        "reasoning": evidence * _both(rates["reasoning"], 2.0, per["reasoning"], 2.0),
        "specificity": evidence * _both(facts.detail_rate, 4.0, facts.details_per_answer, 4.0),
        "concreteness": evidence * _concreteness(counted, facts),
        "situation": star[0],
        "task": star[1],
        "action": star[2],
        "result": star[3],
        "structure": 0.75 * sum(w * v for w, v in zip(STAR_WEIGHT.values(), star, strict=True)) + 0.25 * best,
        "relevance": facts.counted_share * _weighted(answers, _relevance),
        "agency": evidence * _both(facts.act_rate, 3.0, facts.acts_per_answer, 3.0),
        "teamwork": evidence
        * (0.3 * saturate(facts.we_share, 0.2) + 0.7 * _theme(counted, "teamwork", rates["team"], 4.0, top=2)),
        "composure": evidence
        * (
            0.5 * fade(rates["negative"] + rates["anxiety"], 2.0)
            + 0.1 * fade(rates["negation"], 4.0)
            + 0.4 * _top([_kind(s.near["composure"]) for s in counted], 3)
        ),
        "positivity": evidence * (warm + 1.0) / (warm + cold + 1.5),
        "enthusiasm": evidence * _both(rates["enthusiasm"], 1.5, per["enthusiasm"] + 0.1 * min(facts.asks, 3), 1.2),
        "reflection": _theme(counted, "reflection", rates["learn"], 1.5, top=3),
        "motivation": _theme(counted, "motivation", rates["motive"], 2.0, top=3),
        "leadership": _theme(counted, "leadership", rates["lead"], 2.0),
        "strategy": _theme(counted, "strategy", rates["strategy"], 2.5),
        "experience": _theme(counted, "experience", rates["experience"], 3.5),
        "culture": _theme(counted, "culture", rates["culture"], 2.5),
        "job_similarity": step(job, 0.26, 0.05),
        "engagement": saturate(facts.asks, 1.0),
    }
    if keywords is not None:
        found["keywords"] = keywords
    if analysis.document is not None:
        found["documents"] = step(analysis.document, 0.35, 0.08)
    return found, facts
