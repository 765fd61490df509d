"""Which components make up each criterion, with what weight, and where its scale lies.

A level is 1 + 4 · step(weighted mean of components, centre, width). Centre and width are the least-squares line of the
mean over logit((q - 1) / 4) on the hand-written ladders of graded interviews, both languages together
(tests/include/judgement/ladder; q = intended quality, held within 1.3 and 4.7). docs/scoring.md.
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
        {"elaboration": 45, "relevance": 15, "organising": 15, "cohesion": 20, "fluency": 5}, 0.405, 0.161),
    "psychological": CriterionProfile(_by_facets("ai", "psychological"), 0.270, 0.079),
    "cognitive": CriterionProfile(_by_facets("ai", "cognitive"), 0.240, 0.101),
    "job_fit": CriterionProfile(_by_facets("ai", "job_fit", keywords=4, documents=10), 0.241, 0.098),
    "answer_quality": CriterionProfile(_by_facets("practical", "answer_quality", share=25, structure=25, specificity=15), 0.306, 0.108),
    "keyword_match": CriterionProfile({"keywords": 65, "job_similarity": 35}, 0.383, 0.132),
    "emotion": CriterionProfile(_by_facets("practical", "emotion"), 0.238, 0.099),
    "answer_flow": CriterionProfile({"relevance": 40, "cohesion": 40, "organising": 15, "fluency": 5}, 0.435, 0.121),
    "leadership": CriterionProfile(_by_facets("executive", "leadership"), 0.289, 0.120),
    "strategic_thinking": CriterionProfile(_by_facets("executive", "strategic_thinking"), 0.178, 0.080),
    "experience": CriterionProfile(_by_facets("executive", "experience"), 0.246, 0.107),
    "culture_fit": CriterionProfile(_by_facets("executive", "culture_fit"), 0.141, 0.061),
}  # fmt: skip
