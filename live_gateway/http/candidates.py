"""The people who are interviewed."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, JSONBody

from include.interview.records import Candidate
from live_gateway.http.accounts import ActivationLink, new_account
from live_gateway.http.guarding import ACTION
from live_gateway.http.idempotency import IdempotencyKey, once
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.schemas import Login
from live_gateway.request_scope import RequestScope
from tasks.ranking.listing import candidates_named


class CandidateIn(msgspec.Struct, forbid_unknown_fields=True):
    """A person; with `login` they get an account of their own, whose activation link is answered once."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    contact: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    login: Login | None = None


class NameQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a name."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class CandidateAccount(msgspec.Struct, frozen=True):
    """A new login; the link is shown this once, and None where a request is answered again under its key."""

    account_id: str
    login: str
    activation: ActivationLink | None


class NewCandidate(msgspec.Struct, frozen=True):
    """The candidate, and the account that was made with them."""

    id: str
    name: str
    contact: str | None
    account: CandidateAccount | None


EXAMPLE = {"name": "홍길동", "contact": "hong@example.org", "login": "hong.gildong"}


class CandidatesController(Controller):
    """Names and contacts: every read is an audit entry."""

    path = "/candidates"
    tags = ("candidates",)

    @post(operation_class=example(EXAMPLE), summary="Add a candidate", opt={ACTION: "candidate.create"})
    async def create_candidate(
        self,
        data: JSONBody[CandidateIn],
        request_scope: NamedDependency[RequestScope],
        idempotency_key: IdempotencyKey = None,
    ) -> NewCandidate:
        """Add a candidate, on request with a login of their own (its activation link is answered this once)."""
        return await once(
            request_scope,
            idempotency_key,
            data,
            lambda: request_scope.run(_create, request_scope, data),
            lambda made: (made.id, *(() if made.account is None else (made.account.account_id,))),
            lambda ids: request_scope.run(_created, request_scope, *ids),
        )

    @get(summary="List candidates", opt={ACTION: "candidate.list"})
    async def list_candidates(
        self, request_scope: NamedDependency[RequestScope], limit: Limit = DEFAULT_LIMIT, offset: Offset = 0
    ) -> OffsetPagination[Candidate]:
        """Candidates that were not erased, oldest first."""
        found = await request_scope.run(request_scope.stores.candidates.list, limit, offset)
        total = await request_scope.run(request_scope.stores.candidates.count)
        return OffsetPagination(items=list(found), limit=limit, offset=offset, total=total)

    @post(
        "/search",
        operation_class=example({"name": "홍길"}),
        status_code=200,
        summary="Find candidates by name",
        opt={ACTION: "candidate.list"},
    )
    async def search_candidates(
        self,
        data: JSONBody[NameQuery],
        request_scope: NamedDependency[RequestScope],
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[Candidate]:
        """Candidates whose name holds what is asked, whatever its case and width; oldest first.

        The name is in the body, because addresses are kept by browsers, proxies and logs.
        """
        found = await request_scope.run(candidates_named, request_scope.stores, data.name)
        return page(found, limit, offset)

    @get("/{candidate_id:str}", summary="Read a candidate", opt={ACTION: "candidate.read"})
    async def get_candidate(
        self, candidate_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Candidate:
        """One candidate; a candidate may read themselves."""
        request_scope.check_candidate(candidate_id)
        return await request_scope.run(request_scope.stores.candidates.get, candidate_id)


def _created(request_scope: RequestScope, candidate_id: str, account_id: str | None = None) -> NewCandidate:
    """What was made before, as it stands now."""
    candidate = request_scope.stores.candidates.get(candidate_id)
    account = None if account_id is None else request_scope.stores.accounts.get(account_id)
    shown = None if account is None else CandidateAccount(account.id, account.login, None)
    return NewCandidate(candidate.id, candidate.name, candidate.contact, shown)


def _create(request_scope: RequestScope, data: CandidateIn) -> NewCandidate:
    if data.login is not None:
        request_scope.stores.accounts.check_free(data.login)
    candidate = request_scope.stores.candidates.create(data.name, data.contact)
    account = None
    if data.login is not None:
        made, link = new_account(request_scope.stores, data.login, "candidate", candidate.id)
        account = CandidateAccount(made.id, made.login, link)
    return NewCandidate(candidate.id, candidate.name, candidate.contact, account)
