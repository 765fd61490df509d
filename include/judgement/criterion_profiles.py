"""Which components make up each criterion, with what weight, and where its scale lies.

A level is 1 + 4 · step(weighted mean of components, centre, width). Centre and width are the least-squares line of the
mean over logit((q - 1) / 4) on the hand-written ladders of graded interviews, both languages together
(tests/include/judgement/ladder; q = intended quality, held within 1.4 and 4.6). docs/scoring.md.
"""

from __future__ import annotations

from include.interview.records import Record, Stage
from include.judgement.facets import FACETS


class CriterionProfile(Record, frozen=True):
    """Weights of the components (they are normalised over those present) and the scale of the level."""

    weights: dict[str, float]
    centre: float
    width: float


FACETS_SHARE: dict[Stage, float] = {"ai": 50, "practical": 35, "executive": 35}
"""Weight in percent of a criterion's facets together; the rest is the amount of what shows them. Chosen among 25, 35
and 50 by the crossed vignettes (set a), with the order on the ladders kept."""


def _by_facets(stage: Stage, criterion: str, share: float | None = None, **others: float) -> dict[str, float]:
    """Weights of the facets of `criterion`, of their amount, and of `others` (percent, taken from the amount).

    `share`: of the facets together, in percent, where it is not the stage's.
    """
    facets, share = FACETS[stage][criterion], FACETS_SHARE[stage] if share is None else share
    weights = dict.fromkeys(facets, share / len(facets))
    return {**weights, f"{criterion}_amount": 100 - share - sum(others.values()), **others}


# ruff: noqa: E501 - a table of weights
PROFILES: dict[str, CriterionProfile] = {
    "language": CriterionProfile(
        {"elaboration": 45, "relevance": 15, "organising": 15, "cohesion": 20, "fluency": 5}, 0.407, 0.174),
    "psychological": CriterionProfile(_by_facets("ai", "psychological"), 0.251, 0.097),
    "cognitive": CriterionProfile(_by_facets("ai", "cognitive"), 0.241, 0.116),
    "job_fit": CriterionProfile(_by_facets("ai", "job_fit", keywords=4, documents=10), 0.236, 0.110),
    "answer_quality": CriterionProfile(_by_facets("practical", "answer_quality", share=25, structure=25, specificity=15), 0.303, 0.120),
    "keyword_match": CriterionProfile({"keywords": 65, "job_similarity": 35}, 0.385, 0.142),
    "emotion": CriterionProfile(_by_facets("practical", "emotion"), 0.220, 0.114),
    "answer_flow": CriterionProfile({"relevance": 40, "cohesion": 40, "organising": 15, "fluency": 5}, 0.437, 0.131),
    "leadership": CriterionProfile(_by_facets("executive", "leadership"), 0.280, 0.134),
    "strategic_thinking": CriterionProfile(_by_facets("executive", "strategic_thinking"), 0.174, 0.090),
    "experience": CriterionProfile(_by_facets("executive", "experience"), 0.245, 0.121),
    "culture_fit": CriterionProfile(_by_facets("executive", "culture_fit"), 0.137, 0.071),
}  # fmt: skip
