"""The pages people use: server-rendered, in Korean and English, with scripts of our own and none from elsewhere."""

from __future__ import annotations

from litestar import Router
from litestar.types import ControllerRouterHandler


def routes() -> list[ControllerRouterHandler]:
    """All pages and their static files."""
    from live_gateway.web import assets, candidate, failures, live, login
    from live_gateway.web import staff as desk

    pages = Router(
        "/",
        route_handlers=[
            login.home,
            login.login_page,
            login.choose_language,
            desk.interviews,
            desk.openings,
            desk.new_opening,
            desk.edit_opening,
            desk.candidates,
            desk.accounts,
            live.session_page,
            live.join_page,
            live.result_page,
            candidate.own_page,
            assets.static,
        ],
        exception_handlers=failures.HANDLERS,
        include_in_schema=False,
    )
    return [pages]
