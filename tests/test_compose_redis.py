"""The two users of the composed system's Redis, on a real one: each works, and neither reaches what is the other's."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from kombu import Connection
from redis.backoff import ConstantBackoff
from redis.exceptions import NoPermissionError
from redis.retry import Retry

from cli.local.ports import free_port
from cli.setup.new_env import fresh_secrets
from include.storage.live.store import LiveStore
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.services
SERVER = "redis:6379"
HEALTH = "health"
"""Login of the container's own check, which may do nothing but ping."""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Name of a secret -> URL, of a server that was started as docker-compose.yaml says."""
    folder, port, made = tmp_path_factory.mktemp("redis"), free_port(), fresh_secrets()
    (folder / "acl").write_text(made["redis_acl"])
    command = ["redis-server", "--port", str(port), "--aclfile", str(folder / "acl"), "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            urls = {name: made[name].replace(SERVER, f"127.0.0.1:{port}") for name in ("broker_url", "live_redis_url")}
            patient = Retry(ConstantBackoff(0.05), int(PATIENCE_S / 0.05))
            with redis.Redis(port=port, username=HEALTH, password=HEALTH, retry=patient) as health:
                assert health.ping()
            yield urls
        finally:
            server.terminate()


def test_celerys_messages_travel_under_the_prefix(addresses: dict[str, str], tmp_path: Path) -> None:
    options = {"global_keyprefix": "airflow:", "visibility_timeout": 43200}
    with Connection(addresses["broker_url"], transport_options=options) as broker:
        queue = broker.SimpleQueue("media")
        queue.put({"step": "speech"})
        message = queue.get(timeout=PATIENCE_S)
        assert message.payload == {"step": "speech"}
        message.ack()
        queue.close()


def test_live_sessions_work_and_neither_reaches_the_other(addresses: dict[str, str]) -> None:
    async def work() -> tuple[float, float]:
        live = await LiveStore.open(addresses["live_redis_url"])
        try:
            return await live.time(), await live.handover_due_s(await live.time())
        finally:
            await live.close()

    now, due = asyncio.run(work())
    assert now > 1e9
    assert due == 0.0
    with (
        redis.Redis.from_url(addresses["broker_url"]) as airflow,
        redis.Redis.from_url(addresses["live_redis_url"]) as triview,
    ):
        for client, key in ((airflow, "triview:live:running"), (triview, "airflow:media")):
            with pytest.raises(NoPermissionError):
                client.get(key)
            for command in ("FLUSHALL", "CONFIG GET *", "KEYS *", "ACL LIST", "SHUTDOWN"):
                with pytest.raises(NoPermissionError):
                    client.execute_command(*command.split())
