"""Reasons for review where the card made during an interview and the one made afterwards contradict each other."""

from __future__ import annotations

from include.interview.assessment.rubric import Rubric
from include.interview.live.comparison import CardComparison
from include.interview.records import Bilingual, ReviewReason

LIVE_DIFFERS = "live_differs"
"""Code: the two cards are further apart than their errors allow."""
_ASK = Bilingual(
    ko="두 기록 가운데 어느 쪽이 맞는지 사람이 확인해야 합니다.",
    en="A person must find out which record is right.",
)


def contradictions(comparison: CardComparison, rubric: Rubric) -> tuple[ReviewReason, ...]:
    """One reason (code `live_differs`) per criterion whose two levels lie beyond their errors, else one for the totals.

    Both cards are of the same words and sound: more than their errors apart, one of them heard something else.
    """
    found = []
    for pair in comparison.criteria:
        if pair.within_error is not False:
            continue
        name = rubric.criterion(pair.criterion).name
        text = Bilingual(
            ko=f"‘{name.ko}’의 수준이 라이브 평가표({pair.live_level:.1f})와 녹음 평가표({pair.offline_level:.1f})에서 "
            f"오차보다 크게 다릅니다. {_ASK.ko}",
            en=f"The level of '{name.en}' on the live card ({pair.live_level:.1f}) and on the card of the recording "
            f"({pair.offline_level:.1f}) are further apart than their errors. {_ASK.en}",
        )
        found.append(ReviewReason(LIVE_DIFFERS, text, pair.criterion))
    if not found and comparison.within_error is False:
        text = Bilingual(
            ko=f"총점이 라이브 평가표({comparison.live_total:.1f})와 녹음 평가표({comparison.offline_total:.1f})에서 "
            f"오차보다 크게 다릅니다. {_ASK.ko}",
            en=f"The totals of the live card ({comparison.live_total:.1f}) and of the card of the recording "
            f"({comparison.offline_total:.1f}) are further apart than their errors. {_ASK.en}",
        )
        found.append(ReviewReason(LIVE_DIFFERS, text))
    return tuple(found)
