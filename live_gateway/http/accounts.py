"""Accounts: who may log in, and as what."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import JSONBody

from include.interview.errors import BadInput
from include.security.access import Role
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.schemas import Login, Uuid
from live_gateway.request_scope import RequestScope
from tasks.administration import new_password


class AccountIn(msgspec.Struct, forbid_unknown_fields=True):
    """A new account. Without `password` one is made up; a candidate's account names its candidate."""

    login: Login
    role: Role
    password: Annotated[str, msgspec.Meta(min_length=10, max_length=256)] | None = None
    candidate_id: Uuid | None = None


class AccountView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account; `password` only in the answer that makes one up."""

    id: str
    login: str
    role: Role
    active: bool
    candidate_id: str | None = None
    password: str | None = None


class AccountsController(Controller):
    """HR and operators keep the accounts."""

    path = "/accounts"
    tags = ("accounts",)

    @post(
        operation_class=example({"login": "kim.interviewer", "role": "interviewer"}),
        summary="Add an account",
        opt={ACTION: "account.create"},
    )
    async def create_account(
        self, data: JSONBody[AccountIn], request_scope: NamedDependency[RequestScope]
    ) -> AccountView:
        """Add an account; a password that was made up is answered this once."""
        if (data.role == "candidate") != (data.candidate_id is not None):
            raise BadInput("A candidate's account, and only that, names a candidate.", "See candidate_id and role.")
        chosen = data.password or new_password()
        account = await request_scope.run(
            request_scope.stores.accounts.create, data.login, chosen, data.role, data.candidate_id
        )
        shown = None if data.password else chosen
        return AccountView(account.id, account.login, account.role, account.active, account.candidate_id, shown)

    @get(summary="List accounts", opt={ACTION: "account.list"})
    async def list_accounts(
        self, request_scope: NamedDependency[RequestScope], limit: Limit = DEFAULT_LIMIT, offset: Offset = 0
    ) -> OffsetPagination[AccountView]:
        """All accounts, oldest first."""
        found = await request_scope.run(request_scope.stores.accounts.list)
        return page([AccountView(a.id, a.login, a.role, a.active, a.candidate_id) for a in found], limit, offset)
