"""The pages people use: server-rendered, in Korean and English, with scripts of our own and none from elsewhere."""

from __future__ import annotations

from litestar import Router
from litestar.types import ControllerRouterHandler


def routes() -> list[ControllerRouterHandler]:
    """All pages and their static files."""
    from live_gateway.web import (
        agreement,
        application,
        assets,
        audit,
        candidate,
        contests,
        failures,
        invitations,
        live,
        login,
        questions,
        ranking,
        reference,
        reviews,
        staff,
        webhooks,
        work,
    )
    from live_gateway.web.page_scope import recognise

    pages = Router(
        "/",
        route_handlers=[
            login.home,
            login.login_page,
            login.choose_language,
            login.activation_page,
            login.account_page,
            staff.interviews,
            staff.openings,
            staff.new_opening,
            staff.edit_opening,
            work.home_page,
            audit.audit_page,
            webhooks.webhooks_page,
            agreement.ratings_of_opening,
            ranking.ranking_page,
            ranking.ranking_found,
            ranking.compare_page,
            application.application_page,
            application.decide_page,
            staff.candidates,
            staff.candidates_found,
            staff.accounts,
            live.session_page,
            live.join_page,
            live.result_page,
            questions.questions_page,
            reviews.reviews_page,
            reviews.review_page,
            candidate.own_page,
            contests.own_interview_page,
            contests.contests_page,
            contests.contest_page,
            invitations.invitations_page,
            invitations.invited_page,
            reference.reference_page,
            assets.static,
        ],
        guards=[recognise],
        exception_handlers=failures.HANDLERS,
        include_in_schema=False,
    )
    return [pages]
