"""REST under /api/v1, health and figures: one controller per domain."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler


def routes() -> list[ControllerRouterHandler]:
    """All routes of the REST interface."""
    from live_gateway.http import health
    from live_gateway.http.accounts import AccountsController
    from live_gateway.http.agreement import AgreementController
    from live_gateway.http.answers import AnswersController
    from live_gateway.http.applications import ApplicationsController
    from live_gateway.http.audit import AuditController
    from live_gateway.http.auth import AuthController
    from live_gateway.http.candidates import CandidatesController
    from live_gateway.http.consents import ConsentsController
    from live_gateway.http.contests import ContestsController, OwnContestController
    from live_gateway.http.declarations import DeclarationController
    from live_gateway.http.erasures import ErasureController
    from live_gateway.http.exports import ExportController
    from live_gateway.http.fairness import FairnessController
    from live_gateway.http.guarding import authorise, provide_caller, provide_scope
    from live_gateway.http.insights import InsightsController
    from live_gateway.http.interviews import InterviewsController
    from live_gateway.http.invitations import InvitationsController
    from live_gateway.http.invited import InvitedController
    from live_gateway.http.openapi import description
    from live_gateway.http.openings import OpeningsController
    from live_gateway.http.panels import PanelsController
    from live_gateway.http.people_import import PeopleImportController
    from live_gateway.http.questions import QuestionsController
    from live_gateway.http.rankings import RankingsController
    from live_gateway.http.ratings import RatingsController
    from live_gateway.http.recordings import RecordingsController
    from live_gateway.http.reviews import ReviewsController
    from live_gateway.http.sessions import SessionsController
    from live_gateway.http.uploads import SingleUploadController, UploadsController
    from live_gateway.http.webhooks import WebhooksController

    api = Router(
        "/api/v1",
        route_handlers=[
            description,
            AuthController,
            AuditController,
            AccountsController,
            CandidatesController,
            PeopleImportController,
            OpeningsController,
            RankingsController,
            AgreementController,
            ApplicationsController,
            ConsentsController,
            DeclarationController,
            ErasureController,
            ExportController,
            FairnessController,
            InterviewsController,
            InvitationsController,
            InvitedController,
            RecordingsController,
            RatingsController,
            ReviewsController,
            OwnContestController,
            ContestsController,
            InsightsController,
            AnswersController,
            QuestionsController,
            SessionsController,
            PanelsController,
            UploadsController,
            SingleUploadController,
            WebhooksController,
        ],
        guards=[authorise],
        dependencies={
            "caller": Provide(provide_caller, sync_to_thread=False),
            "request_scope": Provide(provide_scope, sync_to_thread=False),
        },
    )
    return [api, health.live, health.ready, health.figures]
