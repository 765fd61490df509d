"""What a claim's wording must be, whatever it cites: short, of a known kind, neutral, and free of verdicts."""

from __future__ import annotations

import re

from include.interview.insight.records import KINDS, Claim, ClaimRejection
from include.interview.transcript.text import language_of
from include.judgement.injection import addresses_judge
from include.judgement.insight.lexicon import accusing, verdicts
from include.judgement.insight.reasons import rejection
from include.judgement.protected_grounds import ground_touched, name_of

LONGEST = 400
"""Characters of a claim in one language: two sentences."""
_QUOTED = re.compile(r"“([^“”]+)”")


def ground_of(text: str) -> str | None:
    """The id of the ground, of those that may not be assessed, that `text` touches; other people's health is work."""
    return ground_touched(_CARE.sub(" ", text) if _WORK_OF_CARE.search(text) else text)


_WORK_OF_CARE = re.compile(
    r"\b(?:patients?|wards?|nurs\w+|doctors?|clinic\w*|surgeons?|registrars?)\b|환자|병동|간호|의사|진료|처방|투약|응급실",
    re.IGNORECASE,
)
_CARE = re.compile(
    r"\b(?:medical|medications?|hospitals?|surgery|diseases?|illness(?:es)?)\b|병원|수술|질병|질환", re.IGNORECASE
)
"""Words of the health of others, where the work is caring for them; the candidate's own has further words."""


def check_wording(claim: Claim) -> ClaimRejection | None:
    """The first fault of the claim's words by themselves; None when there is none."""
    if claim.kind not in KINDS:
        return rejection("unknown_kind")
    given = claim.text.given()
    if not given:
        return rejection("empty")
    for language, text in given:
        if len(text) > LONGEST:
            return rejection("too_long", most=LONGEST)
        own = _QUOTED.sub(" ", text)
        if language_of(own) == "und":
            return rejection("empty")
        if language_of(own) != language:
            return rejection("wrong_language")
        if verdicts().search(own) or addresses_judge(text):
            return rejection("holds_verdict")
        if claim.kind != "strength" and accusing().search(own):
            return rejection("accusing")
        ground = ground_of(text)
        if ground is not None:
            name = name_of(ground)
            return rejection("protected_ground", ground=name.ko if language == "ko" else name.en)
    return None
