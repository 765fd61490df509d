"""Webhooks from the recorded event to a real https server: signed, once per event, tried again, never inside."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from include.interview.errors import BadInput, NotFound
from include.interview.webhooks.messages import ID, SIGNATURE, TIMESTAMP, genuine
from include.security.keys import new_master_key
from include.storage import Stores, open_stores
from include.storage.database import tables as t
from include.storage.database.engine import writing
from include.storage.database.unit_of_work import now
from live_gateway.webhooks import Webhooks, WebhookSender
from tests.support.gateway_thread import gateway_settings
from tests.support.https_target import HOST, Target, https_target
from tests.support.services.ports import free_port

pytestmark = [pytest.mark.services, pytest.mark.anyio]
CARD = ["scorecard.published"]
SUBJECT = "interview:00000000-0000-4000-8000-000000000001"


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    settings = gateway_settings(tmp_path / "home", "redis://127.0.0.1:1")
    with open_stores(settings.core) as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with https_target(tmp_path_factory.mktemp("https")) as running:
        yield running


@pytest.fixture
def target(server: Target) -> Target:
    server.received.clear()
    server.answers.clear()
    return server


async def here(host: str, port: int) -> Sequence[str]:
    assert (host, port > 0) == (HOST, True)
    return ["127.0.0.1"]


def first(addresses: Sequence[str]) -> str:
    return addresses[0]


async def directly(call, *args, **kwargs):
    return call(*args, **kwargs)


@pytest.fixture
async def worker(stores: Stores, target: Target) -> AsyncIterator[Webhooks]:
    made = Webhooks(stores, WebhookSender(check=first, look_up=here, trust=target.trust), directly)
    yield made
    await made.stop()


def make_due(stores: Stores) -> None:
    table = t.webhook_deliveries
    with writing(stores.db) as connection:
        connection.execute(update(table).values(due_at=now() - timedelta(seconds=1)))


async def test_what_is_recorded_arrives_signed_once_and_holds_ids_alone(
    stores: Stores, target: Target, worker: Webhooks
) -> None:
    stores.record("scorecard.published", SUBJECT, {"card": "before"})
    webhook, secret = stores.webhooks.add(target.url, CARD)
    stores.record("scorecard.published", SUBJECT, {"card": "c-1"})
    stores.record("application.decided", "application:a-1", {"id": "d"})
    assert stores.webhooks.spread() == 1
    assert stores.webhooks.spread() == 0
    assert await worker.send_next()
    assert not await worker.send_next()
    ((headers, body),) = target.received
    message = json.loads(body)
    assert (message["event"], f"{message['subject']}:{message['subject_id']}") == (CARD[0], SUBJECT)
    assert set(message) == {"id", "event", "occurred_at", "subject", "subject_id"}
    assert headers[ID] == message["id"]
    assert headers["Host"] == f"{HOST}:{target.port}"
    assert genuine(bytes.fromhex(secret), headers[TIMESTAMP], body, headers[SIGNATURE], time.time())
    ((line,), count) = stores.webhooks.deliveries(webhook.id, 10)
    assert (line.state, line.attempts, line.outcome, count) == ("delivered", 1, "200", 1)


async def test_a_failure_is_tried_again_under_the_same_id_by_any_replica(
    stores: Stores, target: Target, worker: Webhooks
) -> None:
    webhook, _ = stores.webhooks.add(target.url, CARD)
    stores.webhooks.test(webhook.id)
    target.answers[:] = [503]
    assert await worker.send_next()
    ((line,), _) = stores.webhooks.deliveries(webhook.id, 10)
    assert (line.state, line.attempts, line.outcome) == ("waiting", 1, "503")
    assert not await worker.send_next(), "not before its time"
    make_due(stores)
    taken = stores.webhooks.take(60)
    assert taken is not None
    assert not await worker.send_next(), "another replica has it"
    make_due(stores)
    assert await worker.send_next(), "and died: it is sent all the same"
    assert len({headers[ID] for headers, _ in target.received}) == 1
    assert len(target.received) == 2


async def test_redirects_are_not_followed_and_inner_addresses_not_reached(
    stores: Stores, target: Target, worker: Webhooks
) -> None:
    webhook, _ = stores.webhooks.add(target.url, CARD)
    target.answers[:] = [302]
    stores.webhooks.test(webhook.id)
    await worker.send_next()
    assert len(target.received) == 1
    strict = WebhookSender(look_up=here, trust=target.trust)
    unknown = WebhookSender(check=first, look_up=here)
    away = WebhookSender(check=first, look_up=here, trust=target.trust)
    make_due(stores)
    taken = stores.webhooks.take(60)
    assert taken is not None
    nobody = type(taken)(taken.message, taken.webhook_id, f"https://{HOST}:{free_port()}/", taken.secret, 0)
    assert await strict.send(taken) == (False, "webhook_inner_address")
    assert await unknown.send(taken) == (False, "tls")
    assert await away.send(nobody) == (False, "unreachable")
    assert len(target.received) == 1
    ((line,), _) = stores.webhooks.deliveries(webhook.id, 10)
    assert line.outcome == "redirected"
    for sender in (strict, unknown, away):
        await sender.close()


def test_only_public_https_targets_and_known_events_are_taken(stores: Stores) -> None:
    for url in ("http://hooks.example.com/", "https://127.0.0.1/", "https://redis/", "https://[::ffff:10.0.0.1]/"):
        with pytest.raises(BadInput):
            stores.webhooks.add(url, CARD)
    with pytest.raises(BadInput):
        stores.webhooks.add("https://hooks.example.com/", ["candidate.created"])
    assert stores.webhooks.list() == ()


def test_a_secret_outlives_the_rotation_of_the_master_key_and_goes_with_its_webhook(stores: Stores) -> None:
    webhook, secret = stores.webhooks.add("https://hooks.example.com/", CARD)
    stores.webhooks.test(webhook.id)
    stores.candidates.rotate_master_key(new_master_key())
    taken = stores.webhooks.take(60)
    assert taken is not None
    assert taken.secret.hex() == secret
    stores.webhooks.remove(webhook.id)
    assert stores.webhooks.list() == ()
    make_due(stores)
    assert stores.webhooks.take(60) is None
    with pytest.raises(NotFound):
        stores.webhooks.deliveries(webhook.id, 1)
