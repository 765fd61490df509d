"""Accounts: who may log in, and as what. Nobody is handed a password: whoever an account is for sets it by a link."""

from __future__ import annotations

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, JSONBody

from include.interview.intake.faults import FieldFault, InvalidFields
from include.interview.records import Bilingual
from include.security.access import AccountRole
from include.storage import Stores
from include.storage.repositories.accounts import Account
from include.storage.repositories.activations import Activation
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.schemas import Login, Uuid
from live_gateway.request_scope import RequestScope

ACTIVATION_PAGE = "/activate#"


class AccountIn(msgspec.Struct, forbid_unknown_fields=True):
    """A new account; a candidate's account names its candidate, who has one at most."""

    login: Login
    role: AccountRole
    candidate_id: Uuid | None = None


class ActivationLink(msgspec.Struct, frozen=True):
    """A link by which whoever the account is for sets its password, once and before `expires_at`.

    `path` is its address on this host. The token stands behind `#`, which browsers send to nobody.
    """

    token: str
    path: str
    expires_at: str


class AccountView(msgspec.Struct, frozen=True, omit_defaults=True):
    """An account. `activated`: it has a password. `awaits_second_person`: nobody logs in before it is confirmed.

    `activation`: in the answer to making it, this once.
    """

    id: str
    login: str
    role: AccountRole
    active: bool
    activated: bool
    candidate_id: str | None = None
    awaits_second_person: bool = False
    activation: ActivationLink | None = None


class AccountsController(Controller):
    """HR keeps the accounts, operators see them. Accounts of HR, auditors, operators and services need two people."""

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
        """Add an account without a password; its activation link is answered this once."""
        if (data.role == "candidate") != (data.candidate_id is not None):
            rule = Bilingual(
                ko="응시자 계정에만, 그리고 반드시 필요합니다.", en="Required for the role candidate, and for no other."
            )
            raise InvalidFields("The account", [FieldFault("candidate_id", rule)], "See candidate_id and role.")
        account, link = await request_scope.run(
            new_account, request_scope.stores, data.login, data.role, data.candidate_id
        )
        return view(account, link)

    @get(summary="List accounts", opt={ACTION: "account.list"})
    async def list_accounts(
        self, request_scope: NamedDependency[RequestScope], limit: Limit = DEFAULT_LIMIT, offset: Offset = 0
    ) -> OffsetPagination[AccountView]:
        """All accounts, oldest first."""
        found = await request_scope.run(request_scope.stores.accounts.list)
        return page([view(account) for account in found], limit, offset)

    @post("/{account_id:str}/close", status_code=200, summary="Close an account", opt={ACTION: "account.change"})
    async def close_account(
        self, account_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> AccountView:
        """Nobody logs in with it any more: its logins end at once, its open sockets within 2 s."""
        return view(await request_scope.run(request_scope.stores.accounts.close, account_id))

    @post("/{account_id:str}/open", status_code=200, summary="Open an account again", opt={ACTION: "account.change"})
    async def open_account(
        self, account_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> AccountView:
        """Its password is the one from before; logins from before stay ended."""
        return view(await request_scope.run(request_scope.stores.accounts.open, account_id))

    @post("/{account_id:str}/confirm", status_code=200, summary="Confirm an account", opt={ACTION: "account.change"})
    async def confirm_account(
        self, account_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> AccountView:
        """As the second person: never who asked for it."""
        return view(await request_scope.run(request_scope.stores.accounts.confirm, account_id))

    @post("/{account_id:str}/activation", summary="Make an activation link", opt={ACTION: "account.change"})
    async def create_activation(
        self, account_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> ActivationLink:
        """A new link, for a forgotten password too; a link made before is worthless from now on."""
        return link_of(await request_scope.run(request_scope.stores.activations.issue, account_id))


def new_account(
    stores: Stores, login: str, role: str, candidate_id: str | None = None
) -> tuple[Account, ActivationLink]:
    """A new account without a password, and its link. Raises as `Accounts.create`."""
    account = stores.accounts.create(login, None, role, candidate_id)
    return account, link_of(stores.activations.issue(account.id))


def link_of(activation: Activation) -> ActivationLink:
    """An activation as it is answered."""
    return ActivationLink(activation.token, f"{ACTIVATION_PAGE}{activation.token}", activation.expires_at)


def view(account: Account, link: ActivationLink | None = None) -> AccountView:
    """An account as it is answered."""
    return AccountView(
        id=account.id,
        login=account.login,
        role=account.role,
        active=account.active,
        activated=account.activated,
        candidate_id=account.candidate_id,
        awaits_second_person=bool(account.proposed_by),
        activation=link,
    )
