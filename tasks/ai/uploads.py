"""Uploads of AI interviews: what must hold before a recording is taken, and which run follows."""

from __future__ import annotations

from include.interview.assessment.policy import Profile, load_profile
from include.interview.entities import Interview
from include.interview.errors import ConsentMissing
from include.interview.records import Record
from include.storage import Stores
from tasks.ai.duplicates import AlreadyUploaded, refuse_again
from tasks.ai.intake import run_id

NEEDED = ("recording", "ai_evaluation")
"""Purposes without which no byte of a recording is taken, whatever the profile says."""


class UploadedFor(Record, frozen=True):
    """An announced upload: candidate, opening, language and policy profile (None: the opening's own)."""

    candidate_id: str
    opening_id: str
    language: str = "auto"
    profile: str | None = None


def open_for_upload(stores: Stores, asked: UploadedFor, sha256: str | None = None) -> Interview:
    """Create an AI interview that waits for its recording, and return it.

    Args:
        sha256: of the whole recording, where the sender knows it: then nothing is begun for one that is there already.

    Raises:
        AlreadyUploaded: this candidate's recording for this opening has that hash already; nothing was created.
        ConsentMissing: the candidate did not agree to all that the profile needs; nothing was created.
        NotFound: unknown candidate, opening or profile, or (code "erased") the candidate was erased.
    """
    stores.candidates.require_present(asked.candidate_id)
    opening = stores.openings.get(asked.opening_id)
    profile = load_profile(asked.profile or opening.profile)
    _require_consent(stores, asked.candidate_id, profile)
    if sha256 is not None:
        refuse_again(stores, asked.candidate_id, opening.id, sha256.lower())
    application = stores.applications.ensure(asked.candidate_id, opening.id)
    return stores.interviews.create(application, "ai", profile.id, asked.language)


def _require_consent(stores: Stores, candidate_id: str, profile: Profile) -> None:
    """Only a consent that is not bound to another interview can cover one that does not exist yet."""
    given = {
        purpose
        for consent in stores.consents.list(candidate_id)
        if consent.withdrawn_at is None and consent.interview_id is None
        for purpose in consent.purposes
    }
    missing = sorted(({*NEEDED, *profile.consents}) - given)
    if missing:
        stores.record("consent.refused", f"candidate:{candidate_id}", {"missing": missing})
        raise ConsentMissing(
            f"The candidate's consent is missing for: {', '.join(missing)}.",
            "Ask the candidate and record the consent; without it no recording is taken.",
            purposes=missing,
        )


def received(stores: Stores, interview_id: str) -> str:
    """Mark the interview as `uploaded`, its recording being complete, and return the id of the DAG run to start.

    One that turns out to be a recording that was there before fails, and starts no run of its own.

    Raises:
        AlreadyUploaded: an earlier interview of the candidate for the opening has the same recording.
        NotFound: no such interview. BadMedia: it has no recording.
    """
    interview = stores.interviews.get(interview_id)
    if interview.status in ("created", "failed"):
        try:
            for media in stores.media.list(interview_id):
                refuse_again(stores, interview.candidate_id, interview.opening_id, media.sha256, before=interview_id)
        except AlreadyUploaded as error:
            refused(stores, interview_id, error.code)
            raise
    if stores.interviews.get(interview_id).status == "created":
        stores.interviews.set_status(interview_id, "uploaded")
    return run_id(stores, interview_id)


def refused(stores: Stores, interview_id: str, code: str) -> None:
    """Mark the interview as `failed` with the error code for which its recording was refused.

    Raises:
        NotFound: no such interview.
    """
    stores.interviews.set_status(interview_id, "failed", code)
