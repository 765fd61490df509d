"""Who conducts a live interview together: a panel of accounts, of whom exactly one leads."""

from __future__ import annotations

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from include.interview.errors import BadInput
from include.interview.live.panel import Panel
from include.interview.live.session import LiveSession
from include.security.access import Owners
from include.storage import Stores
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.schemas import EXAMPLE_UUID, Login, Uuid
from live_gateway.identity import Forbidden
from live_gateway.request_scope import RequestScope


class PanelistIn(msgspec.Struct, forbid_unknown_fields=True):
    """Whose account joins the panel: named by its id or by its login, exactly one of them."""

    account_id: Uuid | None = None
    login: Login | None = None


class LeaderIn(msgspec.Struct, forbid_unknown_fields=True):
    """The account that leads from now on; it must be on the panel."""

    account_id: Uuid


class PanelMember(msgspec.Struct, frozen=True):
    """An account on the panel."""

    account_id: str
    login: str
    leads: bool


class PanelView(msgspec.Struct, frozen=True):
    """Who conducts the session, who leads first. Who of them is there is told over the socket (`panel`)."""

    session_id: str
    members: list[PanelMember]


class PanelsController(Controller):
    """A session's panel: read by who conducts it, changed by who leads it and by HR."""

    path = "/sessions/{session_id:str}/panel"
    tags = ("sessions",)

    @get(summary="Who conducts a session", opt={ACTION: "panel.read"})
    async def get_panel(self, session_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> PanelView:
        """The panel, who leads first."""
        await _session(request_scope, session_id)
        return await request_scope.run(_view, request_scope.stores, session_id)

    @post(operation_class=example({"login": "kim.director"}), summary="Add a panelist", opt={ACTION: "panel.manage"})
    async def add_panelist(
        self, session_id: FromPath[str], data: JSONBody[PanelistIn], request_scope: NamedDependency[RequestScope]
    ) -> PanelView:
        """Put an interviewer's or HR's account on the panel, up to six in all; also while the session runs.

        An account that was taken off may be added again. Only executive interviews have a panel.
        """
        await _led(request_scope, session_id)
        account_id = await request_scope.run(_account_id, request_scope.stores, data)
        await request_scope.run(request_scope.stores.panels.add, session_id, account_id)
        return await _changed(request_scope, session_id)

    @delete("/{account_id:str}", status_code=200, summary="Remove a panelist", opt={ACTION: "panel.manage"})
    async def remove_panelist(
        self, session_id: FromPath[str], account_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> PanelView:
        """Take an account off the panel: its sockets are closed with 4403. Who leads hands the lead on first."""
        await _led(request_scope, session_id)
        await request_scope.run(request_scope.stores.panels.remove, session_id, account_id)
        return await _changed(request_scope, session_id)

    @put(
        "/leader",
        operation_class=example({"account_id": EXAMPLE_UUID}),
        summary="Hand the lead on",
        opt={ACTION: "panel.lead"},
    )
    async def put_leader(
        self, session_id: FromPath[str], data: JSONBody[LeaderIn], request_scope: NamedDependency[RequestScope]
    ) -> PanelView:
        """Have an account of the panel lead from now on. Who leads and HR may; who led before stays on the panel.

        A panelist may name themself: that is refused (409, "already_led") as long as the leader's account is open,
        because two cannot lead.
        """
        session = await _session(request_scope, session_id)
        caller, panels = request_scope.caller, request_scope.stores.panels
        if caller.role == "hr" or caller.account_id == session.interviewer_id:
            await request_scope.run(panels.hand_on, session_id, data.account_id)
        elif data.account_id == caller.account_id:
            await request_scope.run(panels.claim, session_id, data.account_id)
        else:
            raise Forbidden("Only who leads the interview, or HR, may hand the lead on.", "Ask who leads it.")
        return await _changed(request_scope, session_id)


async def _session(request_scope: RequestScope, session_id: str) -> LiveSession:
    """The session, for who conducts it and for HR. Raises NotFound."""
    session = await request_scope.run(request_scope.stores.live_sessions.get, session_id)
    owners = Owners(session.interviewer_id, session.candidate_id, session.panel)
    request_scope.check(f"There is no session {session_id}.", owners, "panel.read")
    return session


async def _led(request_scope: RequestScope, session_id: str) -> None:
    """Return when the caller leads the session, or is HR. Raises NotFound, Forbidden."""
    session = await _session(request_scope, session_id)
    if request_scope.caller.role != "hr" and request_scope.caller.account_id != session.interviewer_id:
        raise Forbidden("Only who leads the interview, or HR, may change its panel.", "Ask who leads it.")


async def _changed(request_scope: RequestScope, session_id: str) -> PanelView:
    """The panel as it is now, after every replica with sockets of the session was told to read it."""
    await request_scope.services.live.tell_panel(session_id)
    return await request_scope.run(_view, request_scope.stores, session_id)


def _account_id(stores: Stores, data: PanelistIn) -> str:
    if (data.account_id is None) == (data.login is None):
        raise BadInput("A panelist is named by an account's id or by its login.", "Send exactly one of them.")
    return data.account_id or stores.accounts.by_login(data.login or "").id


def _view(stores: Stores, session_id: str) -> PanelView:
    panel: Panel = stores.panels.get(session_id)
    members = [
        PanelMember(account, stores.accounts.get(account).login, account == panel.leader) for account in panel.members
    ]
    return PanelView(session_id, members)
