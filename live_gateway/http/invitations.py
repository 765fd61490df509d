"""Invitations as HR makes them, and as candidates with a login find theirs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, JSONBody

from include.interview.invitations import Accommodations, Invitation, Standing, Terms, standing_of
from include.security.access import Owners
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.schemas import EXAMPLE_UUID, CandidateFilter, OpeningFilter, OpeningId, ProfileId, Uuid
from live_gateway.identity import INVITED_TTL_S, invited_cookie
from live_gateway.request_scope import RequestScope
from tasks.ai.invitations import Invited, invite, remind

MOST_AT_ONCE = 200
"""Candidates invited, or reminded, by one request."""
Moment = Annotated[str, msgspec.Meta(max_length=40, description="ISO 8601 with a zone; the last second to answer.")]
Stage = Literal["ai", "practical", "executive"]


class AccommodationsIn(msgspec.Struct, forbid_unknown_fields=True):
    """Seconds more to think, and to speak, for every question. Stored encrypted: they may tell of a disability."""

    extra_thinking_s: int = 0
    extra_answer_s: int = 0


class InvitationIn(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to invite to which opening, and how it may be answered. `profile`: the opening's own where none is named."""

    opening_id: OpeningId
    candidate_ids: Annotated[list[Uuid], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    deadline: Moment
    stage: Stage = "ai"
    profile: ProfileId | None = None
    language: Literal["ko", "en", "auto"] = "auto"
    attempts: int = 2
    thinking_s: int = 30
    answer_s: int = 180
    accommodations: AccommodationsIn = msgspec.field(default_factory=AccommodationsIn)


class RemindIn(msgspec.Struct, forbid_unknown_fields=True):
    """The invitations to be reminded of."""

    invitation_ids: Annotated[list[Uuid], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]


class InvitationView(msgspec.Struct, frozen=True):
    """One invitation. `standing`: where it is, `expired` once the deadline passed. `answered` of `asked` questions."""

    id: str
    opening_id: str
    candidate_id: str
    stage: str
    profile: str
    language: str
    standing: Standing
    deadline: str
    attempts: int
    thinking_s: int
    answer_s: int
    asked: int
    answered: int
    created_at: str
    reminded_at: str | None
    interview_id: str | None


class NewLink(msgspec.Struct, frozen=True):
    """An invitation with the link for its candidate: a path on this host, told this once."""

    invitation: InvitationView
    candidate: str
    contact: str | None
    link: str


class NewLinks(msgspec.Struct, frozen=True):
    """The links to be sent; a link before of the same invitation opens nothing any more."""

    items: list[NewLink]


EXAMPLE = {
    "opening_id": "backend-2026",
    "candidate_ids": [EXAMPLE_UUID],
    "deadline": "2026-12-24T18:00:00+09:00",
    "language": "ko",
    "attempts": 2,
    "accommodations": {"extra_thinking_s": 60},
}


class InvitationsController(Controller):
    """HR invites; profile, attempts and deadline are not the candidate's to choose."""

    path = "/invitations"
    tags = ("invitations",)

    @post(operation_class=example(EXAMPLE), summary="Invite candidates", opt={ACTION: "invitation.create"})
    async def create_invitations(
        self, data: JSONBody[InvitationIn], request_scope: NamedDependency[RequestScope]
    ) -> NewLinks:
        """Invite each of the candidates, all or none, and answer the link of each: only its hash is stored."""
        return await request_scope.run(_create, request_scope, data)

    @get(summary="List invitations", opt={ACTION: "invitation.list"})
    async def list_invitations(
        self,
        request_scope: NamedDependency[RequestScope],
        opening_id: OpeningFilter = None,
        candidate_id: CandidateFilter = None,
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[InvitationView]:
        """The invitations that the caller may see, newest first: a candidate's own, everybody's for HR."""
        return page(await request_scope.run(listed, request_scope, opening_id, candidate_id), limit, offset)

    @get("/{invitation_id:str}", summary="Read an invitation", opt={ACTION: "invitation.read"})
    async def get_invitation(
        self, invitation_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> InvitationView:
        """One invitation and how far it was answered."""
        return await request_scope.run(_read, request_scope, invitation_id)

    @post(
        "/reminders",
        status_code=200,
        operation_class=example({"invitation_ids": [EXAMPLE_UUID]}),
        summary="New links to remind by",
        opt={ACTION: "invitation.remind"},
    )
    async def create_reminders(
        self, data: JSONBody[RemindIn], request_scope: NamedDependency[RequestScope]
    ) -> NewLinks:
        """A new link for each invitation that may still be answered; the links before open nothing any more.

        Nothing is sent: the list is for whoever writes the messages.
        """
        return await request_scope.run(_remind, request_scope, data)

    @post(
        "/{invitation_id:str}/revocation",
        status_code=200,
        summary="Take an invitation back",
        opt={ACTION: "invitation.revoke"},
    )
    async def revoke_invitation(
        self, invitation_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> InvitationView:
        """Its link and whoever came by it can do nothing any more. 409 once the answers were submitted."""
        return await request_scope.run(_revoke, request_scope, invitation_id)

    @post(
        "/{invitation_id:str}/entry",
        status_code=204,
        summary="Enter one's own invitation",
        opt={ACTION: "invitation.enter"},
    )
    async def enter_invitation(
        self, invitation_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Response[None]:
        """A candidate with a login enters their invitation without its link: sets the cookie that the link would."""
        await request_scope.run(_own, request_scope, invitation_id)
        cookie = invited_cookie(invitation_id, request_scope.services, ttl_s=INVITED_TTL_S)
        return Response(None, status_code=204, cookies=[cookie])


def invitation_view(invitation: Invitation, answered: int) -> InvitationView:
    """What HR and the candidate's own page see of an invitation."""
    terms = invitation.terms
    return InvitationView(
        id=invitation.id,
        opening_id=invitation.opening_id,
        candidate_id=invitation.candidate_id,
        stage=terms.stage,
        profile=terms.profile,
        language=terms.language,
        standing=standing_of(invitation, datetime.now(UTC)),
        deadline=terms.deadline,
        attempts=terms.attempts,
        thinking_s=terms.thinking_s,
        answer_s=terms.answer_s,
        asked=len(invitation.questions),
        answered=answered,
        created_at=invitation.created_at,
        reminded_at=invitation.reminded_at,
        interview_id=invitation.interview_id,
    )


def listed(request_scope: RequestScope, opening_id: str | None, candidate_id: str | None) -> list[InvitationView]:
    """The invitations that the request's action reaches, newest first."""
    reach = request_scope.require_reach()
    if reach.candidate_id is not None:
        if candidate_id not in (None, reach.candidate_id):
            return []
        candidate_id = reach.candidate_id
    store = request_scope.stores.invitations
    found = store.list(opening_id, candidate_id)
    numbers = store.numbers([one.id for one in found])
    return [invitation_view(one, numbers.get(one.id, 0)) for one in found]


def _own(request_scope: RequestScope, invitation_id: str) -> Invitation:
    found = request_scope.stores.invitations.get(invitation_id)
    request_scope.check(f"There is no invitation {invitation_id}.", Owners(candidate_id=found.candidate_id))
    return found


def _shown(request_scope: RequestScope, found: Invitation) -> InvitationView:
    numbers = request_scope.stores.invitations.numbers([found.id])
    return invitation_view(found, numbers.get(found.id, 0))


def _read(request_scope: RequestScope, invitation_id: str) -> InvitationView:
    return _shown(request_scope, _own(request_scope, invitation_id))


def _revoke(request_scope: RequestScope, invitation_id: str) -> InvitationView:
    return _shown(request_scope, request_scope.stores.invitations.revoke(invitation_id))


def _create(request_scope: RequestScope, data: InvitationIn) -> NewLinks:
    stores = request_scope.stores
    profile = data.profile or stores.openings.get(data.opening_id).profile
    extra = data.accommodations
    terms = Terms(
        profile,
        data.deadline,
        data.stage,
        data.language,
        data.attempts,
        data.thinking_s,
        data.answer_s,
        Accommodations(extra.extra_thinking_s, extra.extra_answer_s),
    )
    return _links(request_scope, invite(stores, data.opening_id, data.candidate_ids, terms))


def _remind(request_scope: RequestScope, data: RemindIn) -> NewLinks:
    return _links(request_scope, remind(request_scope.stores, data.invitation_ids))


def _links(request_scope: RequestScope, made: tuple[Invited, ...]) -> NewLinks:
    stores = request_scope.stores
    people = stores.candidates.some([one.invitation.candidate_id for one in made])
    numbers = stores.invitations.numbers([one.invitation.id for one in made])
    items = []
    for one in made:
        person = people[one.invitation.candidate_id]
        shown = invitation_view(one.invitation, numbers.get(one.invitation.id, 0))
        items.append(NewLink(shown, person.name, person.contact, one.link))
    return NewLinks(items)
