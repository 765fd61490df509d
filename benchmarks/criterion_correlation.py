"""Correlations between the executive criteria of the offline judge on the middling interviews: one matrix per language.

`.venv/bin/python -m benchmarks.criterion_correlation` prints Pearson's r of the levels (1 to 5) over the interviews.
"""

from __future__ import annotations

import numpy as np

from include.judgement.criterion_profiles import PROFILES
from include.judgement.offline import level_of, read
from tests.support.ladders import case_of, middling

CRITERIA = ("leadership", "strategic_thinking", "experience", "culture_fit")


def levels(language: str) -> np.ndarray:
    """Levels of the middling interviews of `language`, shape (interviews, criteria)."""
    cases = [case_of(m.text, stage="executive", profile="text_only") for m in middling(language)]
    components = [read(case)[1].components for case in cases]
    return np.array([[level_of(found, PROFILES[name]) for name in CRITERIA] for found in components], dtype=float)


if __name__ == "__main__":
    for spoken in ("en", "ko"):
        found = levels(spoken)
        print(f"{spoken}: {len(found)} interviews, {', '.join(CRITERIA)}")
        print(np.round(np.corrcoef(found.T), 2))
