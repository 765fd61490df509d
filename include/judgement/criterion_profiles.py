"""Which components make up each criterion, with what weight, and where its scale lies.

A level is 1 + 4 · step(weighted mean of components, centre, width). Centre and width are the least-squares line of the
mean over logit((q - 1) / 4) on the hand-written ladders of graded interviews, both languages together
(tests/include/judgement/ladder; q = intended quality, held within 1.3 and 4.7). docs/scoring.md.
"""

from __future__ import annotations

from include.interview.records import Record


class CriterionProfile(Record, frozen=True):
    """Weights of the components (they are normalised over those present) and the scale of the level."""

    weights: dict[str, float]
    centre: float
    width: float


# ruff: noqa: E501 - a table of weights
PROFILES: dict[str, CriterionProfile] = {
    "language": CriterionProfile(
        {"elaboration": 24, "fluency": 22, "steadiness": 8, "directness": 10, "diversity": 8, "vocabulary": 4,
         "cohesion": 10, "concreteness": 14}, 0.550, 0.177),
    "psychological": CriterionProfile(
        {"elaboration": 16, "composure": 10, "positivity": 12, "reflection": 16, "agency": 16, "teamwork": 12,
         "enthusiasm": 8, "directness": 10}, 0.460, 0.128),
    "cognitive": CriterionProfile(
        {"structure": 28, "elaboration": 16, "reasoning": 14, "specificity": 14, "relevance": 12, "organising": 8,
         "concreteness": 8}, 0.423, 0.135),
    "job_fit": CriterionProfile(
        {"job_similarity": 14, "motivation": 14, "experience": 16, "elaboration": 16, "specificity": 10, "concreteness": 10,
         "agency": 8, "enthusiasm": 4, "keywords": 4, "documents": 10, "relevance": 4}, 0.423, 0.133),
    "answer_quality": CriterionProfile(
        {"structure": 20, "elaboration": 16, "relevance": 18, "specificity": 16, "reasoning": 16, "concreteness": 14}, 0.463, 0.137),
    "keyword_match": CriterionProfile({"keywords": 65, "job_similarity": 20, "elaboration": 15}, 0.369, 0.151),
    "emotion": CriterionProfile(
        {"composure": 30, "positivity": 20, "enthusiasm": 12, "fluency": 16, "elaboration": 22}, 0.474, 0.128),
    "answer_flow": CriterionProfile(
        {"cohesion": 22, "organising": 12, "fluency": 20, "steadiness": 12, "structure": 18, "elaboration": 16}, 0.461, 0.148),
    "leadership": CriterionProfile(
        {"leadership": 32, "agency": 14, "structure": 16, "teamwork": 12, "specificity": 10, "elaboration": 16}, 0.397, 0.132),
    "strategic_thinking": CriterionProfile(
        {"strategy": 32, "reasoning": 18, "specificity": 12, "organising": 8, "structure": 14, "elaboration": 16}, 0.299, 0.116),
    "experience": CriterionProfile(
        {"experience": 30, "specificity": 18, "structure": 20, "agency": 16, "elaboration": 16}, 0.406, 0.133),
    "culture_fit": CriterionProfile(
        {"culture": 28, "teamwork": 18, "reflection": 20, "positivity": 16, "elaboration": 18}, 0.394, 0.100),
}  # fmt: skip
