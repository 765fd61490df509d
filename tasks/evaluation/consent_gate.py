"""The check before every step: no step touches an interview without the consents its profile asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from include.interview.assessment.policy import Profile, load_profile
from include.interview.entities import Consent, Interview
from include.interview.errors import BadInput, ConsentMissing, NotFound, WrongKey
from include.interview.records import Stage
from include.storage import Stores
from tasks.evaluation.context import StepContext

UNDECIDED = ("created", "uploaded", "processing", "review")
"""Statuses of an interview whose evaluation is not over."""


def consented(context: StepContext, *stages: Stage) -> tuple[Interview, Profile]:
    """The interview and its profile as `agreed`, once every consent the profile cannot do without is on record.

    Args:
        stages: those the caller serves; the first step of each flow names its own, steps after it serve all (none).

    Raises:
        NotFound: no such interview, or of another stage. ConsentMissing: a consent is missing or withdrawn; then the
            interview, unless it was published before, is `failed` for that: whoever follows it waits for nothing.
    """
    stores = context.stores
    try:
        return consented_interview(stores, context.interview_id, *stages)
    except ConsentMissing as error:
        if stores.interviews.get(context.interview_id).status in UNDECIDED:
            stores.interviews.set_status(context.interview_id, "failed", error.code)
        raise


def consented_interview(stores: Stores, interview_id: str, *stages: Stage) -> tuple[Interview, Profile]:
    """The interview and its profile as `consented`, for readers that are no steps.

    Raises:
        NotFound: no such interview, or of none of `stages`. ConsentMissing: a consent is missing or withdrawn.
    """
    interview = stores.interviews.get(interview_id)
    if stages and interview.stage not in stages:
        raise NotFound(
            f"Interview {interview_id} is of stage {interview.stage}, not {' or '.join(stages)}.",
            "Trigger its own flow.",
        )
    profile = load_profile(interview.profile)
    stores.consents.require(interview_id, profile.consents)
    return interview, profile.agreed(purposes_given(stores, interview.candidate_id, interview_id))


def purposes_given(stores: Stores, candidate_id: str, interview_id: str) -> frozenset[str]:
    """Purposes that the candidate's consents in force cover for this interview."""
    in_force = consents_in_force(stores, candidate_id, interview_id)
    return frozenset(purpose for consent in in_force for purpose in consent.purposes)


def consents_in_force(stores: Stores, candidate_id: str, interview_id: str) -> tuple[Consent, ...]:
    """The candidate's consents that were not withdrawn, for this interview or for all; oldest first."""
    return tuple(
        consent
        for consent in stores.consents.list(candidate_id)
        if consent.withdrawn_at is None and consent.interview_id in (None, interview_id)
    )


@contextmanager
def begun(context: StepContext, stage: Stage) -> Iterator[Interview]:
    """The first step of a flow: the interview becomes `processing` at the end, or `failed` when its files are at fault.

    One that was published before stays so when it is run again and fails: its card is as good as it was.

    Raises: as `consented`, and what the block raises.
    """
    interview, _ = consented(context, stage)
    try:
        yield interview
    except BadInput as error:
        by_operator = isinstance(error, WrongKey)  # the key is the operator's fault, not the recording's
        if interview.status != "published" and not by_operator:
            context.stores.interviews.set_status(context.interview_id, "failed", error.code)
        raise
    context.stores.interviews.set_status(context.interview_id, "processing")


def covering_consent(stores: Stores, candidate_id: str, interview_id: str, profile: Profile) -> Consent | None:
    """The newest consent in force, once all in force together cover what `profile` needs; None before."""
    in_force = consents_in_force(stores, candidate_id, interview_id)
    given = {purpose for consent in in_force for purpose in consent.purposes}
    return in_force[-1] if in_force and set(profile.consents) <= given else None
