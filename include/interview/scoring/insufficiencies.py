"""Reasons why a line of the card has no number, as sentences in both languages (the gate has its own)."""

from __future__ import annotations

from include.interview.assessment.policy import Profile
from include.interview.records import Bilingual, Insufficiency


def part_missing(name: str) -> Insufficiency:
    """Why a mixed criterion with only one of its parts has no score; `name` is "model" or "rules"."""
    what = {"model": ("말한 내용", "the words"), "rules": ("측정값", "the measurements")}[name]
    return Insufficiency(
        "part_missing",
        Bilingual(
            ko=f"이 평가 항목은 말한 내용과 측정값을 함께 보는데 {what[0]}에 대한 판단이 없습니다.",
            en=f"This criterion looks at words and measurements together, and there is no judgement of {what[1]}.",
        ),
    )


def not_judged() -> Insufficiency:
    """Why a criterion that nobody judged has no score."""
    return Insufficiency(
        "not_judged",
        Bilingual(ko="이 평가 항목에 대한 판단이 없습니다.", en="There is no judgement of this criterion."),
    )


def no_evidence() -> Insufficiency:
    """Why a judgement without any evidence gives no score."""
    return Insufficiency(
        "no_evidence",
        Bilingual(
            ko="판단을 뒷받침하는 인용이나 측정값이 없어 점수를 매기지 않습니다.",
            en="No quote or measurement backs the judgement, so no score is given.",
        ),
    )


def disabled_reason(profile: Profile) -> Insufficiency:
    """Why a criterion that the profile does not enable has no score."""
    return Insufficiency(
        "disabled_by_policy",
        Bilingual(
            ko=f"정책 '{profile.name.ko}'에서는 이 평가 항목을 평가하지 않습니다.",
            en=f"The policy profile '{profile.name.en}' does not judge this criterion.",
        ),
    )


def outside_scope() -> Insufficiency:
    """Why a criterion that needs picture or voice has no score on a card that judges words alone."""
    return Insufficiency(
        "outside_scope",
        Bilingual(
            ko="글로 된 기록만 평가하였으며, 이 평가 항목에는 영상이나 음성이 필요합니다.",
            en="Only a written record was judged; this criterion needs picture or voice.",
        ),
    )


def too_few_answers(read: int, needed: int) -> Insufficiency:
    """Why a criterion with `read` answers to its questions, where `needed` are, has no score."""
    return Insufficiency(
        "too_few_answers",
        Bilingual(
            ko=f"이 평가 항목의 질문에 대한 답변이 {read}개입니다. 판단하려면 {needed}개 이상이 필요합니다.",
            en=f"There {'is 1 answer' if read == 1 else f'are {read} answers'} to the questions of this criterion; at "
            f"least {needed} are needed to judge it.",
        ),
        coverage=read / needed,
    )
