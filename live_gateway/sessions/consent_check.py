"""Whether a hello may join: the candidate's consent, checked against the database for this very session."""

from __future__ import annotations

from include.interview.assessment.policy import load_profile
from include.interview.errors import ConsentMissing, NotFound
from include.interview.live import wire
from include.storage import Stores
from live_gateway.sessions.errors import JoinRefused
from tasks.evaluation.consent_gate import purposes_given


def check_consent(stores: Stores, session_id: str, candidate_id: str, profile: str, consent_id: str) -> None:
    """Pass when `consent_id` is the candidate's, stands, is for this session, and everything needed is consented to.

    Blocking. Raises:
        Taken: 4403, code "consent_unknown" or "consent_missing".
    """
    try:
        consent = stores.consents.get(consent_id)
    except NotFound:
        consent = None
    if (
        consent is None
        or consent.candidate_id != candidate_id
        or consent.withdrawn_at is not None
        or consent.interview_id not in (None, session_id)
    ):
        raise JoinRefused(wire.FORBIDDEN, "consent_unknown", "This consent is not one for this session.")
    needed = load_profile(profile).consents
    try:
        stores.consents.require(session_id, needed)
    except ConsentMissing:
        given = purposes_given(stores, candidate_id, session_id)
        missing = ", ".join(purpose for purpose in needed if purpose not in given)
        raise JoinRefused(
            wire.FORBIDDEN, "consent_missing", f"The candidate has not consented to what this session needs: {missing}."
        ) from None
