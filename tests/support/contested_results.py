"""Published results of the site's candidate, and contests of them."""

from __future__ import annotations

import msgspec

from include.interview.assessment.policy import load_profile
from include.interview.case import Case
from include.interview.contests import Objection
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedCase, save
from tests.support.scorecard_samples import sample
from tests.support.spoken_sessions import opening
from tests.support.web_site import CONSENT_TEXT, Site

WORDS = "둘째 답변의 <b>3년</b>은 13년입니다.\n녹음을 다시 들어 주세요."
"""What the candidate writes: with markup that must not be any, and a line break."""


def published(site: Site, language: str, *, erased_consent: bool = False) -> str:
    """Id of a recorded interview of the candidate whose card is published, with the words it quotes."""
    stores = site.world.stores
    card, written = sample(language)
    candidate_id = site.people["candidate"].candidate_id
    assert candidate_id is not None
    stores.openings.put(opening(language))
    application = stores.applications.ensure(candidate_id, opening(language).id)
    interview = stores.interviews.create(application, "ai", "standard", language)  # type: ignore[arg-type]
    consent = stores.consents.grant(candidate_id, interview.id, load_profile("standard").purposes, CONSENT_TEXT)
    case = Case(
        interview.id, "ai", language, opening(language), written.rubric, written.profile, written.transcript, (),
    )  # fmt: skip
    context = StepContext(stores, site.world.settings, interview.id)
    save(context, "case", [language], lambda: PreparedCase(case, {}, (), ()))
    stores.scorecards.publish(msgspec.structs.replace(card, interview_id=interview.id))
    stores.interviews.set_status(interview.id, "published")
    if erased_consent:
        stores.consents.withdraw(consent.id)
    return interview.id


def contested(site: Site, interview: str, language: str = "ko") -> str:
    """Id of a contest of that interview, opened by the candidate."""
    candidate_id = site.people["candidate"].candidate_id
    assert candidate_id is not None
    objection = Objection(("words_misheard",), WORDS, language)  # type: ignore[arg-type]
    stores = site.world.stores.acting_as("candidate:own")
    return stores.contests.open(interview, candidate_id, objection).standing.id
