"""Which components make up each criterion, with what weight, and where its scale lies.

A level is 1 + 4 · step(weighted mean of components, centre, width). Centre and width were set on the hand-written
ladder of graded interviews (tests/include/judgement/ladder): its middle rungs lie near 3. docs/scoring.md.
"""

from __future__ import annotations

from include.interview.records import Record


class CriterionProfile(Record, frozen=True):
    """Weights of the components (they are normalised over those present) and the scale of the level."""

    weights: dict[str, float]
    centre: float = 0.45
    width: float = 0.10


PROFILES: dict[str, CriterionProfile] = {
    "language": CriterionProfile(
        {"elaboration": 24, "fluency": 20, "steadiness": 9, "directness": 10, "diversity": 8, "vocabulary": 6,
         "cohesion": 12, "concreteness": 11}
    ),
    "psychological": CriterionProfile(
        {"elaboration": 16, "composure": 10, "positivity": 14, "reflection": 16, "agency": 14, "teamwork": 12,
         "enthusiasm": 8, "directness": 10}
    ),
    "cognitive": CriterionProfile(
        {"structure": 28, "elaboration": 16, "reasoning": 14, "specificity": 14, "relevance": 12, "organising": 8,
         "concreteness": 8}
    ),
    "job_fit": CriterionProfile(
        {"job_similarity": 18, "motivation": 16, "experience": 16, "elaboration": 16, "specificity": 10, "agency": 8,
         "enthusiasm": 6, "keywords": 6, "documents": 10, "relevance": 4}
    ),
    "answer_quality": CriterionProfile(
        {"structure": 20, "elaboration": 16, "relevance": 18, "specificity": 16, "reasoning": 16, "concreteness": 14}
    ),
    "keyword_match": CriterionProfile({"keywords": 65, "job_similarity": 20, "elaboration": 15}),
    "emotion": CriterionProfile({"composure": 30, "positivity": 30, "enthusiasm": 15, "fluency": 15, "elaboration": 10}),
    "answer_flow": CriterionProfile(
        {"cohesion": 22, "organising": 12, "fluency": 20, "steadiness": 12, "structure": 18, "elaboration": 16}
    ),
    "leadership": CriterionProfile(
        {"leadership": 32, "agency": 14, "structure": 16, "teamwork": 12, "specificity": 10, "elaboration": 16}
    ),
    "strategic_thinking": CriterionProfile(
        {"strategy": 32, "reasoning": 18, "specificity": 12, "organising": 8, "structure": 14, "elaboration": 16}
    ),
    "experience": CriterionProfile(
        {"experience": 30, "specificity": 18, "structure": 20, "agency": 16, "elaboration": 16}
    ),
    "culture_fit": CriterionProfile(
        {"culture": 28, "teamwork": 18, "reflection": 20, "positivity": 16, "elaboration": 18}
    ),
}  # fmt: skip
