"""The page of webhooks: which systems are told of what, a message to try, and what became of the last ones."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response, get

from include.interview.webhooks.messages import EVENTS
from include.storage.repositories.webhooks import Delivery, Webhook
from live_gateway.request_scope import RequestScope
from live_gateway.web.page_scope import PageRequest
from live_gateway.web.rendering import page
from live_gateway.web.staff import staff_scope

MOST_LISTED = 20
"""Lines of a webhook's log on the page; all of them are answered by the interface."""


@dataclass(frozen=True)
class WebhookView:
    """One webhook with the newest lines of its log."""

    webhook: Webhook
    deliveries: tuple[Delivery, ...]
    count: int


@get("/webhooks")
async def webhooks_page(request: PageRequest) -> Response[str]:
    """The webhooks with their logs, and the form for a new one."""
    scope = staff_scope(request, "webhook.manage")
    return await page(request, scope, "webhooks.html.j2", found=await scope.run(_found, scope), events=EVENTS)


def _found(scope: RequestScope) -> list[WebhookView]:
    store = scope.stores.webhooks
    return [WebhookView(one, *store.deliveries(one.id, MOST_LISTED)) for one in store.list()]
