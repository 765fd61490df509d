"""What who came by the link of an invitation may do: read what is asked, consent, record, hand in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, Response, get, head, patch, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody

from include.interview.assessment.policy import Purpose, load_profile
from include.interview.assessment.public_opening import PublicOpening, public_view
from include.interview.errors import ConsentMissing, NotFound
from include.interview.invitations import (
    AskedQuestion,
    Invitation,
    Standing,
    counting,
    is_open,
    require_open,
    standing_of,
)
from include.interview.stages import flow_of
from include.security.access import Owners
from include.security.networks import network_of
from include.storage.objects.uploads import Upload
from live_gateway import metrics
from live_gateway.http.guarding import ACTION, BY_LINK, limit
from live_gateway.http.idempotency import IdempotencyKey, once
from live_gateway.http.openapi import LINK_SECURITY, OFFSET_OCTETS, OPEN, OPEN_SECURITY, example, raw_body
from live_gateway.http.schemas import Uuid
from live_gateway.http.upload_stream import recording_kind, too_large
from live_gateway.http.uploads import (
    UNLIMITED,
    ChunkHash,
    OffsetHeader,
    Received,
    UploadView,
    take_chunk,
    upload_progress,
    upload_view,
)
from live_gateway.identity import INVITED_TTL_S, client_address, invited_cookie, require_origin
from live_gateway.request_scope import RequestScope
from live_gateway.services import Services
from tasks.ai.invitations import agree, begin_attempt, begin_sending, consented, submit, withdraw

ANSWER = {ACTION: "invitation.answer", BY_LINK: True}


class LinkIn(msgspec.Struct, forbid_unknown_fields=True):
    """The secret of a link: what stands behind its #."""

    secret: Annotated[str, msgspec.Meta(min_length=20, max_length=100)]


class LinkOut(msgspec.Struct, frozen=True):
    """The link was good: the cookie says for `expires_in` seconds that its bearer came by it."""

    expires_in: int


class AgreedIn(msgspec.Struct, forbid_unknown_fields=True):
    """The purposes agreed to, and which version of the text was read."""

    purposes: Annotated[list[Purpose], msgspec.Meta(min_length=1, max_length=8)]
    text_version: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class AttemptIn(msgspec.Struct, forbid_unknown_fields=True):
    """The question that is going to be answered."""

    question_id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class SendingIn(msgspec.Struct, forbid_unknown_fields=True):
    """How many bytes the recording has."""

    size: Annotated[int, msgspec.Meta(ge=1, le=2**40)]


class AttemptView(msgspec.Struct, frozen=True):
    """A new attempt: `attempt` of as many as the invitation allows."""

    id: str
    question_id: str
    attempt: int


class AnswerView(msgspec.Struct, frozen=True):
    """One attempt and how far its recording arrived, in bytes; `upload_id` once it is being sent."""

    id: str
    attempt: int
    upload_id: str | None
    size: int
    received: int
    counts: bool


class QuestionView(msgspec.Struct, frozen=True):
    """One question in the language of the interview, and the attempts at it."""

    id: str
    text: str
    answers: list[AnswerView]


class InvitedView(msgspec.Struct, frozen=True):
    """What is asked, and what was answered. `thinking_s`, `answer_s`: for this person, accommodations counted in.

    `sendable`: what was begun may still be sent and handed in, which ends a little after the deadline. `consented`: a
    consent in force covers what cannot be done without; `purposes` are all that may be agreed to.
    """

    opening: PublicOpening
    stage: str
    standing: Standing
    sendable: bool
    deadline: str
    language: str
    attempts: int
    thinking_s: int
    answer_s: int
    consented: bool
    purposes: list[Purpose]
    questions: list[QuestionView]


class Kept(msgspec.Struct, frozen=True):
    """The recording of an answer arrived whole."""

    upload_id: str
    state: Literal["kept"] = "kept"


class InvitedController(Controller):
    """One's own invitation, by its link. No account is needed, and nothing else can be reached."""

    path = "/invitation"
    tags = ("invitations",)

    @post(
        "/entry",
        status_code=200,
        operation_class=example({"secret": "what-stands-behind-the-hash-of-the-link-you-got"}),
        security=OPEN_SECURITY,
        summary="Enter by a link",
        opt={OPEN: True},
    )
    async def enter_by_link(
        self, data: JSONBody[LinkIn], request: Request[Any, Any, Any], services: NamedDependency[Services]
    ) -> Response[LinkOut]:
        """Exchange a link's secret for a cookie. The link stays good until a reminder's new one, or the deadline."""
        if "origin" in request.headers:
            require_origin(request, services.settings)
        network = network_of(client_address(request, services.settings))
        await limit(services, "invitation_network", network, services.limits.login_network)
        found = await services.run(services.stores.acting_as("invited:link").invitations.open, data.secret)
        answer = Response(LinkOut(INVITED_TTL_S), headers={"Cache-Control": "no-store"})
        answer.set_cookie(invited_cookie(found.id, services))
        return answer

    @get(summary="What is asked", security=LINK_SECURITY, opt=ANSWER)
    async def get_own_invitation(self, request_scope: NamedDependency[RequestScope]) -> Response[InvitedView]:
        """The invitation one came by, with its questions and answers; the cookie's hour begins anew."""
        found = await own_invitation(request_scope)
        shown = await request_scope.run(invited_view, request_scope, found)
        cookies = [invited_cookie(found.id, request_scope.services)]
        return Response(shown, headers={"Cache-Control": "no-store"}, cookies=cookies)

    @post(
        "/consents",
        status_code=204,
        operation_class=example({"purposes": ["recording", "ai_evaluation"], "text_version": "2026-11"}),
        summary="Consent",
        security=LINK_SECURITY,
        opt=ANSWER,
    )
    async def agree_to(self, data: JSONBody[AgreedIn], request_scope: NamedDependency[RequestScope]) -> None:
        """Record the consent for this interview; 409 names what it cannot do without."""
        found = await own_invitation(request_scope)
        await request_scope.run(agree, request_scope.stores, found.id, data.purposes, data.text_version)

    @post(
        "/withdrawal",
        status_code=204,
        summary="Withdraw the consent",
        security=LINK_SECURITY,
        opt=ANSWER,
    )
    async def withdraw_own_consent(self, request_scope: NamedDependency[RequestScope]) -> None:
        """Take back the consent for this interview, at any time: nothing is recorded, evaluated or shown any more."""
        found = await own_invitation(request_scope, also_revoked=True)
        await request_scope.run(withdraw, request_scope.stores, found)

    @post(
        "/answers",
        operation_class=example({"question_id": "q1"}),
        summary="Begin an attempt",
        security=LINK_SECURITY,
        opt=ANSWER,
    )
    async def begin_answer(
        self,
        data: JSONBody[AttemptIn],
        request_scope: NamedDependency[RequestScope],
        idempotency_key: IdempotencyKey = None,
    ) -> AttemptView:
        """Begin to record an answer: from now on the attempt is used. 409 when none is left, 410 after the deadline."""
        found = await own_invitation(request_scope)
        return await once(
            request_scope,
            idempotency_key,
            data,
            lambda: request_scope.run(_attempted, request_scope, found, data.question_id),
            lambda begun: (begun.id,),
            lambda ids: request_scope.run(_attempted_before, request_scope, found, *ids),
        )

    @post(
        "/answers/{answer_id:str}/upload",
        status_code=200,
        operation_class=example({"size": 5_242_880}),
        summary="Begin to send an answer",
        security=LINK_SECURITY,
        opt=ANSWER,
    )
    async def begin_answer_upload(
        self, answer_id: FromPath[Uuid], data: JSONBody[SendingIn], request_scope: NamedDependency[RequestScope]
    ) -> UploadView:
        """Announce the recording of an attempt; announced again, how far it came. What was begun may end a bit late."""
        most = request_scope.services.settings.core.limits.max_bytes
        if data.size > most:
            raise too_large(most)
        found = await own_invitation(request_scope)
        return upload_view(await request_scope.run(begin_sending, request_scope.stores, found, answer_id, data.size))

    @head("/uploads/{upload_id:str}", summary="How far an answer has come", security=LINK_SECURITY, opt=ANSWER)
    async def head_answer(
        self, upload_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Response[None]:
        """How many bytes have come: the header Upload-Offset is the index of the next one."""
        _, upload = await _own_upload(request_scope, upload_id)
        return Response(None, headers={**upload_progress(upload), "Cache-Control": "no-store"})

    @patch(
        "/uploads/{upload_id:str}",
        status_code=202,
        operation_class=raw_body(
            OFFSET_OCTETS, "The bytes from Upload-Offset on. The first chunk should have 16 KiB or more."
        ),
        request_max_body_size=UNLIMITED,
        responses={204: ResponseSpec(None, generate_examples=False, description="Kept; more is to come.")},
        summary="Send a chunk of an answer",
        security=LINK_SECURITY,
        opt=ANSWER,
    )
    async def send_answer_chunk(
        self,
        upload_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        request: Request[Any, Any, Any],
        upload_offset: OffsetHeader,
        chunk_sha256: ChunkHash = None,
    ) -> Response[Kept] | Response[None]:
        """Keep the chunk, as for uploads. 204 while more is to come; 202 once the answer arrived whole."""
        found, upload = await _own_upload(request_scope, upload_id)
        require_open(found, datetime.now(UTC), begun=True)
        more = await take_chunk(request_scope, request, upload, upload_offset, chunk_sha256)
        return Response(Kept(upload.id), status_code=202) if more is None else more

    @post("/submission", status_code=202, summary="Hand the answers in", security=LINK_SECURITY, opt=ANSWER)
    async def submit_answers(self, request_scope: NamedDependency[RequestScope]) -> Response[Received]:
        """The newest complete recording of each question becomes one interview, and its run is asked for.

        409 (`answers_missing`) names the questions without one. Handed in again, the same is answered.
        """
        found = await own_invitation(request_scope)
        services, stores = request_scope.services, request_scope.stores
        interview_id, run_id = await services.run_long(submit, stores, found.id, recording_kind)
        state = await services.triggers.start_run(flow_of("ai").dag_id, run_id, interview_id)
        metrics.uploads.labels("finished").inc()
        return Response(Received(interview_id, run_id, state), status_code=202)


async def own_invitation(request_scope: RequestScope, *, also_revoked: bool = False) -> Invitation:
    """The invitation that the caller came by; one that was taken back only where `also_revoked`.

    Raises:
        NotFound: there is none, or its candidate was erased. BadInput: code "invitation_revoked".
    """
    found = await request_scope.run(request_scope.stores.invitations.get, request_scope.caller.account_id)
    request_scope.check("There is no such invitation.", Owners(invitation_id=found.id))
    if found.state == "revoked" and not also_revoked:
        require_open(found, datetime.now(UTC))
    return found


def _attempted(request_scope: RequestScope, found: Invitation, question_id: str) -> AttemptView:
    begun = begin_attempt(request_scope.stores, found, question_id)
    return AttemptView(begun.id, begun.question_id, begun.attempt)


def _attempted_before(request_scope: RequestScope, found: Invitation, answer_id: str) -> AttemptView:
    one = next(one for one in request_scope.stores.invitations.answers(found.id) if one.id == answer_id)
    return AttemptView(one.id, one.question_id, one.attempt)


async def _own_upload(request_scope: RequestScope, upload_id: str) -> tuple[Invitation, Upload]:
    found = await own_invitation(request_scope)
    answers = await request_scope.run(request_scope.stores.invitations.answers, found.id)
    if all(one.upload_id != upload_id for one in answers):
        raise NotFound(f"There is no upload {upload_id}.", "Load the page again.")
    return found, await request_scope.run(request_scope.stores.uploads.get, upload_id)


def invited_view(request_scope: RequestScope, found: Invitation) -> InvitedView:
    """What the page of the candidate needs to know."""
    stores, terms = request_scope.stores, found.terms
    opening = stores.openings.get(found.opening_id)
    language = request_scope.language if terms.language == "auto" else terms.language
    answers = stores.invitations.answers(found.id)
    counted = {one.id for one in counting(found, answers).values()}

    def question(asked: AskedQuestion) -> QuestionView:
        mine = [one for one in answers if one.question_id == asked.id]
        views = [AnswerView(a.id, a.attempt, a.upload_id, a.size, a.received, a.id in counted) for a in mine]
        return QuestionView(asked.id, asked.text.text(language), views)

    return InvitedView(
        opening=public_view(opening),
        stage=terms.stage,
        standing=standing_of(found, datetime.now(UTC)),
        sendable=is_open(found, datetime.now(UTC), begun=True),
        deadline=terms.deadline,
        language=language,
        attempts=terms.attempts,
        thinking_s=terms.thinking_s + terms.accommodations.extra_thinking_s,
        answer_s=terms.answer_s + terms.accommodations.extra_answer_s,
        consented=_has_consented(request_scope, found),
        purposes=list(load_profile(terms.profile).purposes),
        questions=[question(one) for one in found.questions],
    )


def _has_consented(request_scope: RequestScope, found: Invitation) -> bool:
    if found.interview_id is None:
        return False
    try:
        consented(request_scope.stores, found)
    except ConsentMissing:
        return False
    return True
