"""One real gateway for all tests of the REST interface, with an Airflow to trigger and people of every role."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from include.interview.records import Bilingual, Opening
from include.security.access import INVITED, ROLES, Role
from live_gateway.services import Rate, RateLimits
from tests.support.gateway_thread import Gateway, gateway_settings, running_gateway
from tests.support.services.airflow_rest import AirflowServer, airflow_server
from tests.support.services.memory import passing_folder
from tests.support.services.redis import redis_server

MANY = Rate(1_000_000, 60.0)
GENEROUS = RateLimits(MANY, MANY, MANY, MANY, MANY, MANY)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis for the session."""
    with passing_folder("tvredis-") as folder, redis_server(folder) as server:
        yield server.url


@pytest.fixture(scope="session")
def airflow() -> Iterator[AirflowServer]:
    """What answers as Airflow."""
    with airflow_server() as server:
        yield server


@pytest.fixture(scope="session")
def gateway(redis_url: str, airflow: AirflowServer) -> Iterator[Gateway]:
    """A gateway whose rate limits no test reaches by accident."""
    with passing_folder("tvgateway-") as home:
        settings = gateway_settings(home, redis_url, airflow=airflow.settings)
        with running_gateway(settings, limits=GENEROUS) as running:
            yield running


@dataclass
class Cast:
    """A client per role, an opening, and two candidates who have accounts."""

    gateway: Gateway
    opening_id: str
    candidate_id: str
    other_candidate_id: str
    account_ids: dict[Role, str]
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def of(self, role: Role) -> httpx.Client:
        """The client of `role` ("candidate" is the first candidate)."""
        if role == INVITED and role not in self.clients:
            self.account_ids[INVITED], _ = self.invitation(self.candidate_id)
        if role not in self.clients:
            own = self.candidate_id if role == "candidate" else None
            self.clients[role] = self.gateway.client(self.gateway.token(self.account_ids[role], role, own))
        return self.clients[role]

    def invitation(self, candidate_id: str, **terms: Any) -> tuple[str, str]:
        """A new invitation of a candidate to the opening: its id, and the secret of its link."""
        deadline = (datetime.now(UTC) + timedelta(days=7)).isoformat()
        body = {"opening_id": self.opening_id, "candidate_ids": [candidate_id], "deadline": deadline} | terms
        (made,) = self.of("hr").post("/api/v1/invitations", json=body).raise_for_status().json()["items"]
        return made["invitation"]["id"], made["link"].partition("#")[2]

    def stranger(self, role: Role) -> httpx.Client:
        """Another person of the same role, to whom nothing of the first belongs."""
        name = f"stranger {role}"
        if name not in self.clients:
            own = self.other_candidate_id if role == "candidate" else None
            account = self.gateway.stores.accounts.create(
                f"stranger-{uuid.uuid4().hex[:8]}", "a long password 1", role, own
            )
            self.clients[name] = self.gateway.client(self.gateway.token(account.id, role, own))
        return self.clients[name]

    def nobody(self) -> httpx.Client:
        """A client without a login."""
        if "nobody" not in self.clients:
            self.clients["nobody"] = self.gateway.client()
        self.clients["nobody"].cookies.clear()  # whoever logged in by it before is not there any more
        return self.clients["nobody"]

    @contextmanager
    def passing(self, role: Role) -> Iterator[httpx.Client]:
        """A client of somebody whose login nobody else uses: it may be ended."""
        stores = self.gateway.stores.acting_as("system")
        own = stores.candidates.create("지나가는 사람").id if role == "candidate" else None
        account = stores.accounts.create(f"passing-{uuid.uuid4().hex[:8]}", "a long password 1", role, own)
        with self.gateway.client(self.gateway.token(account.id, role, own)) as client:
            yield client


@pytest.fixture(scope="session")
def cast(gateway: Gateway) -> Iterator[Cast]:
    """People of every role."""
    stores = gateway.stores.acting_as("system")
    text = Bilingual(ko="서버 개발자", en="Backend engineer")
    stores.openings.put(Opening(id="backend", title=text, description=text))
    first, second = stores.candidates.create("홍길동", "hong@example.org"), stores.candidates.create("임꺽정")
    stores.consents.grant(first.id, None, ["recording", "ai_evaluation", "emotion_analysis"], "2026-11")
    accounts: dict[Role, str] = {}
    for role in ROLES:
        own = first.id if role == "candidate" else None
        accounts[role] = stores.accounts.create(f"cast-{role}", "a long password 1", role, own).id
    made = Cast(gateway, "backend", first.id, second.id, accounts)
    yield made
    for client in made.clients.values():
        client.close()
