"""Whether a hello may join: the candidate's consent, checked against the database for this very session."""

from __future__ import annotations

from include.interview.assessment.policy import Profile, load_profile
from include.interview.errors import ConsentMissing, NotFound
from include.interview.live import wire
from include.storage import Stores
from live_gateway.sessions.errors import JoinRefused
from tasks.evaluation.consent_gate import purposes_given


def check_consent(stores: Stores, session_id: str, candidate_id: str, profile: str, consent_id: str | None) -> str:
    """Return `consent_id`, which is the candidate's, stands and is for this session, once everything needed is given.

    Blocking. Raises:
        JoinRefused: 4403, code "consent_unknown" or "consent_missing".
    """
    if consent_id is None:
        raise _missing(stores, session_id, candidate_id, load_profile(profile))
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
    try:
        stores.consents.require(session_id, load_profile(profile).consents)
    except ConsentMissing:
        raise _missing(stores, session_id, candidate_id, load_profile(profile)) from None
    return consent_id


def _missing(stores: Stores, session_id: str, candidate_id: str, profile: Profile) -> JoinRefused:
    """Names what the candidate has not consented to; where nothing lacks, that a consent is to be named."""
    given = purposes_given(stores, candidate_id, session_id)
    lacking = [purpose for purpose in profile.consents if purpose not in given]
    if not lacking:
        return JoinRefused(
            wire.FORBIDDEN, "consent_unknown", "Name the candidate's consent: a new ticket comes with it."
        )
    return JoinRefused(
        wire.FORBIDDEN,
        "consent_missing",
        f"The candidate has not consented to what this session needs: {', '.join(lacking)}.",
    )
