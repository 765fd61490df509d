"""Webhooks: which systems are told of what, the log of what was sent, and a message to try."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, JSONBody

from include.interview.webhooks.messages import WebhookEvent
from include.interview.webhooks.targets import MAX_URL_CHARS
from include.storage.repositories.webhooks import Delivery, Webhook
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset
from live_gateway.request_scope import RequestScope


class WebhookIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where messages go, by https to a public host, and of which events."""

    url: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_URL_CHARS)]
    events: Annotated[list[WebhookEvent], msgspec.Meta(min_length=1, max_length=10)]


class NewWebhook(msgspec.Struct, frozen=True):
    """A webhook and its secret in hex, whose bytes sign the messages. The secret is answered this once."""

    webhook: Webhook
    secret: str


EXAMPLE = {"url": "https://hooks.example.com/triview", "events": ["scorecard.published", "application.decided"]}


class WebhooksController(Controller):
    """Messages hold ids and an event's name, nothing of a person; they are signed and tried again for hours."""

    path = "/webhooks"
    tags = ("webhooks",)

    @get(summary="List webhooks", opt={ACTION: "webhook.manage"})
    async def list_webhooks(self, request_scope: NamedDependency[RequestScope]) -> list[Webhook]:
        """All webhooks, without their secrets."""
        return list(await request_scope.run(request_scope.stores.webhooks.list))

    @post(operation_class=example(EXAMPLE), summary="Add a webhook", opt={ACTION: "webhook.manage"})
    async def add_webhook(self, data: JSONBody[WebhookIn], request_scope: NamedDependency[RequestScope]) -> NewWebhook:
        """Add a webhook; it is told of what happens from now on. Its secret is answered this once."""
        made, secret = await request_scope.run(request_scope.stores.webhooks.add, data.url, data.events)
        return NewWebhook(made, secret)

    @delete("/{webhook_id:str}", summary="Remove a webhook", opt={ACTION: "webhook.manage"})
    async def remove_webhook(self, webhook_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> None:
        """Remove a webhook with its log; what waits for it is not sent."""
        await request_scope.run(request_scope.stores.webhooks.remove, webhook_id)

    @post("/{webhook_id:str}/test", summary="Send a test message", status_code=202, opt={ACTION: "webhook.manage"})
    async def test_webhook(self, webhook_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> Delivery:
        """Have a message of the event `webhook.test` sent; the log says what became of it."""
        return await request_scope.run(request_scope.stores.webhooks.test, webhook_id)

    @get("/{webhook_id:str}/deliveries", summary="What was sent to a webhook", opt={ACTION: "webhook.manage"})
    async def list_deliveries(
        self,
        webhook_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[Delivery]:
        """The log of 30 days, newest first: each message with its tries and what the last one met."""
        found, total = await request_scope.run(request_scope.stores.webhooks.deliveries, webhook_id, limit, offset)
        return OffsetPagination(items=list(found), limit=limit, offset=offset, total=total)
