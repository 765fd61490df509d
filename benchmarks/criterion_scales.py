"""The centre and width of every criterion's scale, derived from the ladders of graded interviews.

`.venv/bin/python -m benchmarks.criterion_scales` prints, per criterion, the least-squares line of the weighted mean of
its components over logit((q - 1) / 4), q = intended quality held within 1.4 and 4.6, both languages together.
`include/judgement/criterion_profiles.py` holds these numbers, rounded to three digits.
"""

from __future__ import annotations

import numpy as np

from include.judgement.criterion_profiles import PROFILES
from include.judgement.offline import mean_of, read
from tests.support.ladders import case_of, ladder

HELD = (1.4, 4.6)
"""Qualities beyond these would lie infinitely far out on the logistic scale."""


def scales() -> dict[str, tuple[float, float]]:
    """Criterion -> (centre, width) as the ladders give them."""
    logits, components = [], []
    for language in ("en", "ko"):
        for quality, text in ladder(language):
            share = (float(np.clip(quality, *HELD)) - 1) / 4
            logits.append(np.log(share / (1 - share)))
            components.append(read(case_of(text))[1].components)
    found = {}
    for name, profile in PROFILES.items():
        width, centre = np.polyfit(logits, [mean_of(by, profile) for by in components], 1)
        found[name] = (float(centre), float(width))
    return found


if __name__ == "__main__":
    for criterion, (centre, width) in scales().items():
        print(f"{criterion:20s} centre {centre:.3f} width {width:.3f}")
