"""What a recalibration of a judge against people's ratings would change, and the scales that an opening may choose."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from include.interview.agreement.records import Agreement, Estimate
from include.interview.records import Bilingual, JudgeScales, Record, Scale


class Fit(Record, frozen=True):
    """A new scale and what it would change, in levels: root mean square errors and mean differences to people.

    `error_unseen`, `bias_unseen`: of people who were left out of the fit. Only these say what to expect of others.
    """

    scale: Scale
    error_before: float
    error_after: float
    error_unseen: float
    bias_before: float
    bias_unseen: float

    @property
    def helps(self) -> bool:
        """Whether people the scale was not fitted to come nearer by it."""
        return self.error_unseen < self.error_before


class CalibratedCriterion(Record, frozen=True):
    """One criterion: how the judge's levels go with people's over `candidates`, and the fit where there is one."""

    criterion: str
    candidates: int
    correlation: Estimate
    agreement: Agreement | None
    before: Scale
    fit: Fit | None
    reason: Bilingual | None = None


def too_few_people(found: int, needed: int) -> Bilingual:
    """Why no scale is fitted: `found` candidates rated by both, where `needed` are."""
    return Bilingual(
        f"사람과 평가 엔진이 함께 평가한 지원자가 {found}명입니다. 눈금을 다시 맞추려면 {needed}명 이상이 필요합니다.",
        f"{found} candidates were rated by people and the judge, or their levels do not vary; {needed} are needed.",
    )


def unstable() -> Bilingual:
    """Why no scale is fitted although there are people enough."""
    return Bilingual(
        "사람의 평가가 평가 엔진의 수준을 따라가지 않아 눈금을 다시 맞출 수 없습니다.",
        "People's levels do not rise with the judge's, so no scale would bring them together.",
    )


def scales_of(base: str, found: Sequence[CalibratedCriterion]) -> JudgeScales:
    """The judge version of those criteria whose new scale brings unseen people nearer; named by what it holds.

    Args:
        base: version of the judge that the levels came from.
    """
    scales = {c.criterion: c.fit.scale for c in found if c.fit is not None and c.fit.helps}
    digest = hashlib.sha256(msgspec.json.encode([base, scales], order="deterministic")).hexdigest()
    return JudgeScales(version=f"{base}-{digest[:12]}", scales=scales)
