"""Consent to expression is optional in truth: without it a session is held and judged, and it is not measured."""

from __future__ import annotations

import pytest

from include.interview.assessment.policy import load_profile
from include.interview.errors import ConsentMissing
from include.storage.live import LiveStore
from live_gateway.sessions.consent_check import check_consent
from live_gateway.sessions.errors import JoinRefused
from live_gateway.sessions.feedback_factory import feedback_maker
from live_gateway.sessions.registry import SessionRegistry
from tasks.evaluation.consent_gate import consented_interview
from tests.support.live_world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]
NEEDED = ("recording", "ai_evaluation")


async def test_a_session_is_held_and_judged_without_consent_to_expression(world: World, live: LiveStore) -> None:
    session, stores = await world.session(live), world.stores
    stores.consents.withdraw(session.consent_id)
    consent = stores.consents.grant(session.candidate_id, session.id, NEEDED, "test-text-1").id
    check_consent(stores, session.id, session.candidate_id, "standard", consent)
    check_consent(stores, session.id, session.candidate_id, "kr", consent)

    handle = await SessionRegistry(live, stores).open(session.id)
    feedback = await feedback_maker(stores, world.settings)(handle)
    profile = feedback._context.profile
    assert not {"face", "body", "hands", "voice"} & set(profile.channels)
    assert profile.enables("practical", "emotion"), "it is judged from words alone"
    assert not feedback._prosody
    card = await feedback.assessment()
    weights = {line.criterion: line.effective_weight for line in card.criteria}
    assert weights["emotion"] > 0
    assert sum(weights.values()) == pytest.approx(100)
    await feedback.close()

    _, offline = consented_interview(stores, session.id)
    assert offline == load_profile("standard").agreed(NEEDED)

    more = stores.consents.grant(session.candidate_id, session.id, ("emotion_analysis",), "test-text-1").id
    assert consented_interview(stores, session.id)[1] is load_profile("standard")
    stores.consents.withdraw(more)
    assert consented_interview(stores, session.id)[1] == offline


async def test_what_a_profile_cannot_do_without_is_still_asked_for(world: World, live: LiveStore) -> None:
    session, stores = await world.session(live), world.stores
    stores.consents.withdraw(session.consent_id)
    part = stores.consents.grant(session.candidate_id, session.id, ("recording", "emotion_analysis"), "test-text-1").id
    with pytest.raises(JoinRefused) as refused:
        check_consent(stores, session.id, session.candidate_id, "standard", part)
    assert refused.value.code == "consent_missing"
    assert "ai_evaluation" in refused.value.cause
    with pytest.raises(ConsentMissing):
        consented_interview(stores, session.id)
