"""One level and its standard error from judgements, both on the anchors' scale of 1 to 5.

- k runs of one part: level = median; between-run SEM = sample SD / sqrt(k) for k >= 2; the judges' own stated SEM is
  taken as sqrt(mean(sem_i^2)); both are independent, so SEM = sqrt(between^2 + stated^2). One run that states no SEM
  has no SEM (None): unknown is not zero.
- mix: level = sum of share x level of the parts, SEM = sqrt(sum of (share x SEM)^2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median, stdev

from include.interview.assessment.rubric import LEVELS, Criterion
from include.interview.errors import JudgeFailure
from include.interview.records import Insufficiency, Judgement
from include.interview.scoring.insufficiencies import part_missing

LOWEST, HIGHEST = float(LEVELS[0]), float(LEVELS[-1])
LEVEL_SPAN = HIGHEST - LOWEST
"""Levels between the lowest and the highest anchor: 4."""
WORDS_PART, RULES_PART = "words_level", "rules_level"
"""Components in which a judgement that joins both parts of a mix states their levels."""
JOIN_TOLERANCE = 1e-3
"""Levels by which a joined level may differ from the mix of its parts: judges round to four digits."""


def level_to_score(level: float) -> float:
    """The score in [0, 1] of a level in [1, 5].

    Raises:
        JudgeFailure: the level is not a number between 1 and 5.
    """
    if not (math.isfinite(level) and LOWEST <= level <= HIGHEST):
        raise JudgeFailure(f"A judge gave the level {level!r}.", "Levels are numbers from 1 to 5; judge again.")
    return (level - LOWEST) / LEVEL_SPAN


def stated_and_spread(levels: Sequence[float], stated: Sequence[float | None]) -> float | None:
    """SEM in level units of the median of `levels`, with the judges' own SEMs in `stated` (see the module).

    None when there is one run only and it states no SEM.
    """
    known = [sem for sem in stated if sem is not None]
    parts = []
    if len(levels) >= 2:
        parts.append(stdev(levels) / math.sqrt(len(levels)))
    if known:
        parts.append(math.sqrt(math.fsum(sem * sem for sem in known) / len(known)))
    return math.hypot(*parts) if parts else None


def level_of(judgements: Sequence[Judgement]) -> tuple[float, float | None]:
    """Median level in [1, 5] and its SEM in level units (None when unknown), of judgements that all have a level."""
    levels = [j.level for j in judgements if j.level is not None]
    for level in levels:
        level_to_score(level)
    return float(median(levels)), stated_and_spread(levels, [j.sem for j in judgements])


def mixed_level(criterion: Criterion, judgements: Sequence[Judgement]) -> tuple[float, float | None] | Insufficiency:
    """Level in [1, 5] and SEM of a criterion judged partly by the model, partly by rules, or why there is none.

    The parts may come as separate judgements, or already joined in each (components `words_level`, `rules_level`).
    """
    if all(is_joined(criterion, judgement) for judgement in judgements):
        return level_of(judgements)
    parts = {
        "model": [j for j in judgements if j.judge.kind != "rules"],
        "rules": [j for j in judgements if j.judge.kind == "rules"],
    }
    for name, part in parts.items():
        if not part:
            return part_missing(name)
    level, variance = 0.0, 0.0
    known = True
    for name, part in parts.items():
        part_level, part_sem = level_of(part)
        level += criterion.mix[name] * part_level
        known = known and part_sem is not None
        variance += (criterion.mix[name] * (part_sem or 0.0)) ** 2
    return min(max(level, LOWEST), HIGHEST), math.sqrt(variance) if known else None


def is_joined(criterion: Criterion, judgement: Judgement) -> bool:
    """True when the judgement carries the levels of both parts; its own level must then be their stated mix.

    Raises:
        JudgeFailure: the level is not the rubric's mix of the two.
    """
    found = {m.name: m.value for m in judgement.components if m.name in (WORDS_PART, RULES_PART)}
    words, rules = found.get(WORDS_PART), found.get(RULES_PART)
    if words is None or rules is None or judgement.level is None:
        return False
    expected = criterion.mix["model"] * words + criterion.mix["rules"] * rules
    if abs(judgement.level - expected) > JOIN_TOLERANCE:
        raise JudgeFailure(f"The level of {criterion.id!r} is not the rubric's mix of its parts.", "Judge it again.")
    return True
