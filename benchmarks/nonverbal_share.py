"""What share of an AI interview's total the nonverbal criterion moves, as designed; no picture is used.

`.venv/bin/python -m benchmarks.nonverbal_share` prints w · cov(x, T) / var(T) per criterion and language. Levels of the
word criteria are those of the middling interviews; nonverbal levels are drawn independently of them, with pitch
variation as its quantiles say and orientation as given. `./triview measures` gives the share on real cards.
"""

from __future__ import annotations

import numpy as np

from include.interview.assessment.rubric import load_rubric
from include.interview.stages import STAGES
from include.judgement.criterion_profiles import PROFILES
from include.judgement.nonverbal import half_level, nonverbal_rules
from include.judgement.offline import level_of, read
from tests.support.ladders import case_of, middling

WORDS = ("language", "psychological", "cognitive", "job_fit")
DRAWS = 400
"""Nonverbal levels drawn per interview."""
ORIENTATIONS: dict[str, tuple[float, ...]] = {
    "nobody turns away": (1.0,),
    "one in five turns away half of the time": (1.0, 0.9, 0.85, 0.8, 0.5),
}


def nonverbal_levels(language: str, orientations: tuple[float, ...], count: int) -> np.ndarray:
    """`count` levels (1 to 5) of people whose pitch varies as the quantiles say, at an ordinary pace: (count,)."""
    rng = np.random.default_rng(20261129)
    orientation, pitch, pace = nonverbal_rules()[:3]
    # beyond the outer quantiles a level stays 1 or 5: a tenth of the people
    pitched = np.interp(rng.uniform(0, 1, count), (0.05, 0.2, 0.5, 0.8, 0.95), (1, 2, 3, 4, 5))
    turned = np.array([orientation.level(x, language) for x in rng.choice(orientations, count)])
    weights = np.array([orientation.weight, pitch.weight, pace.weight])
    mean = (weights[0] * turned + weights[1] * pitched + weights[2] * 4.0) / weights.sum()
    return np.array([half_level(x) for x in mean])


def shares(language: str, orientations: tuple[float, ...]) -> dict[str, float]:
    """Criterion -> share of the total's variance; they sum to 1."""
    cases = [case_of(m.text, profile="text_only") for m in middling(language)]
    components = [read(case)[1].components for case in cases]
    words = np.array([[level_of(found, PROFILES[name]) for name in WORDS] for found in components], float)
    levels = np.repeat(words, DRAWS, axis=0)
    levels = np.column_stack((levels, nonverbal_levels(language, orientations, len(levels))))
    points = {c.id: c.points for c in load_rubric("ai", STAGES["ai"].rubric_version).criteria}
    weighted = levels * np.array([points[name] for name in (*WORDS, "nonverbal")])
    total = weighted.sum(axis=1)
    found = [np.cov(column, total)[0, 1] / np.var(total, ddof=1) for column in weighted.T]
    return dict(zip((*WORDS, "nonverbal"), map(float, found), strict=True))


if __name__ == "__main__":
    for spoken in ("en", "ko"):
        for name, given in ORIENTATIONS.items():
            found = shares(spoken, given)
            print(f"{spoken}, {name}: " + ", ".join(f"{c} {x:.1%}" for c, x in found.items()))
