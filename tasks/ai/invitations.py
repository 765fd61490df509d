"""Invitations of the AI interview: asked for by HR, answered question by question, handed in as one interview."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Literal

from include.interview.assessment.policy import Purpose, load_profile
from include.interview.entities import Interview
from include.interview.errors import BadInput, ConsentMissing, NotFound
from include.interview.invitations import (
    WHOLE,
    Answer,
    Invitation,
    Terms,
    asked_of,
    counting,
    require_all,
    require_open,
)
from include.interview.records import Record
from include.perception.media.containers import SNIFF_BYTES
from include.storage import Stores
from include.storage.objects.uploads import Upload
from tasks.ai.uploads import NEEDED, received

LINK = "/invitation#"
"""Path of the candidate's page. The secret stands behind the #, so that no server and no log ever sees it in a URL."""
KindOf = Callable[[bytes], Literal["video", "audio"]]
"""The kind of a recording by its first bytes; raises BadMedia for what is none."""


class Invited(Record, frozen=True):
    """An invitation and the path of its link, which is told this once."""

    invitation: Invitation
    link: str


def invite(stores: Stores, opening_id: str, candidate_ids: Sequence[str], terms: Terms) -> tuple[Invited, ...]:
    """Invite each candidate to the opening, all or none; of an id that comes twice, once.

    Raises:
        NotFound: unknown opening, profile or candidate, or one who was erased.
        BadInput: the terms do not hold together.
    """
    opening = stores.openings.get(opening_id)
    load_profile(terms.profile)
    ids = list(dict.fromkeys(candidate_ids))
    for candidate_id in ids:
        if stores.candidates.is_erased(candidate_id):
            raise NotFound(f"Candidate {candidate_id} was erased.", "Leave this id out.", code="erased")
    asked = asked_of(opening)
    made = []
    for candidate_id in ids:
        application = stores.applications.ensure(candidate_id, opening_id)
        invitation, secret = stores.invitations.create(application, terms, asked)
        made.append(Invited(invitation, LINK + secret))
    return tuple(made)


def remind(stores: Stores, invitation_ids: Sequence[str]) -> tuple[Invited, ...]:
    """New links of invitations that may still be answered; the links before open nothing any more.

    Raises:
        NotFound: no such invitation. BadInput: one of them is at its end, or its deadline passed.
    """
    now = datetime.now(UTC)
    for invitation_id in invitation_ids:
        require_open(stores.invitations.get(invitation_id), now)
    return tuple(Invited(found, LINK + secret) for found, secret in map(stores.invitations.remind, invitation_ids))


def agree(stores: Stores, invitation_id: str, purposes: Collection[Purpose], text_version: str) -> Invitation:
    """Record the consent for the invitation's one interview, which is made with it.

    Raises:
        ConsentMissing: a purpose is refused that the profile cannot do without; nothing is recorded.
        NotFound: no such invitation, or erased. BadInput: it is at its end, or its deadline passed.
    """
    found = stores.invitations.get(invitation_id)
    profile = load_profile(found.terms.profile)
    asked = [purpose for purpose in profile.purposes if purpose in purposes]
    missing = sorted({*NEEDED, *profile.consents} - set(asked))
    if missing:
        raise ConsentMissing(
            f"The consent is missing for: {', '.join(missing)}.",
            "Without it nothing is recorded. Ask whoever invited you for another way.",
            purposes=missing,
        )
    found = stores.invitations.begin(invitation_id)
    stores.consents.grant(found.candidate_id, found.interview_id, asked, text_version)
    return found


def withdraw(stores: Stores, invitation: Invitation) -> int:
    """Take back what was consented to for the invitation's interview, before or after it was handed in.

    From then on nothing is recorded, evaluated or shown. Returns how many consents that were in force ended; repeating
    it changes nothing.

    Raises:
        NotFound: the candidate was erased.
    """
    if invitation.interview_id is None:
        return 0
    given = stores.consents.list(invitation.candidate_id)
    own = [one for one in given if one.interview_id == invitation.interview_id and one.withdrawn_at is None]
    for consent in own:
        stores.consents.withdraw(consent.id)
    return len(own)


def begin_attempt(stores: Stores, invitation: Invitation, question_id: str) -> Answer:
    """A new attempt at the question, counted from now on.

    Raises:
        ConsentMissing: there is no consent in force. NotFound: the question is not asked.
        BadInput: no attempt is left, or the invitation is not open (any more).
    """
    consented(stores, invitation)
    return stores.invitations.attempt(invitation.id, question_id)


def begin_sending(stores: Stores, invitation: Invitation, answer_id: str, size: int) -> Upload:
    """The upload of the answer's recording of `size` bytes; the one that was begun before, when there is one.

    Raises:
        NotFound: no such answer in this invitation. BadInput: it was announced with another size (code "answer_sent");
            the deadline passed long ago, or the invitation is at its end. BadMedia: empty, or over the limit.
        ConsentMissing: there is no consent in force.
    """
    require_open(invitation, datetime.now(UTC), begun=True)
    interview = consented(stores, invitation)
    answer = next((one for one in stores.invitations.answers(invitation.id) if one.id == answer_id), None)
    if answer is None:
        raise NotFound(f"There is no answer {answer_id}.", "Load the page again.")
    upload_id = answer.upload_id
    if upload_id is None:
        place = [question.id for question in invitation.questions].index(answer.question_id)
        begun = stores.uploads.begin(interview.id, size, index=place)
        upload_id = stores.invitations.sending(answer_id, begun.id)
    upload = stores.uploads.get(upload_id)
    if upload.size != size:
        raise BadInput(
            f"This attempt's recording was announced with {upload.size} bytes.",
            "Send that recording to its end, or use another attempt.",
            code="answer_sent",
        )
    return upload


def consented(stores: Stores, invitation: Invitation) -> Interview:
    """The invitation's interview, once a consent in force covers what its profile cannot do without.

    Raises:
        ConsentMissing: none does.
    """
    profile = load_profile(invitation.terms.profile)
    needed = sorted({*NEEDED, *profile.consents})
    if invitation.interview_id is None:
        raise ConsentMissing("Nothing was consented to yet.", "Read the consents first.", purposes=needed)
    stores.consents.require(invitation.interview_id, needed)
    return stores.interviews.get(invitation.interview_id)


def submit(stores: Stores, invitation_id: str, kind_of: KindOf) -> tuple[str, str]:
    """Hand the answers that count in as the recordings of one interview, in the order asked; a second time is no act.

    Attempts that do not count are given up: their bytes go. Returns the ids of the interview and of its DAG run.

    Raises:
        BadInput: code "answers_missing"; the invitation was taken back, or its deadline passed long ago.
        ConsentMissing: there is no consent in force. AlreadyUploaded: a recording is one of an earlier interview.
        BadMedia: what arrived is no recording.
    """
    found = stores.invitations.get(invitation_id)
    if found.state == "submitted" and found.interview_id is not None:
        return found.interview_id, received(stores, found.interview_id)
    require_open(found, datetime.now(UTC), begun=True)
    interview = consented(stores, found)
    answers = stores.invitations.answers(invitation_id)
    counted = counting(found, answers)
    require_all(found, counted)
    kept = {one.upload_id for one in counted.values()}
    for question_id, one in counted.items():
        assert one.upload_id is not None  # noqa: S101 - what counts arrived whole
        upload = stores.uploads.get(one.upload_id)
        kind = kind_of(stores.uploads.head(upload.id, SNIFF_BYTES)) if upload.state == "open" else None
        stores.uploads.finish(upload.id, kind, question_id=None if question_id == WHOLE else question_id)
    for other in answers:
        if other.upload_id is not None and other.upload_id not in kept:
            stores.uploads.abort(other.upload_id)
    run_id = received(stores, interview.id)
    stores.invitations.submitted(invitation_id)
    return interview.id, run_id
