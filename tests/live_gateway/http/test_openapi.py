"""The interface against its own description: what is promised, and what schemathesis makes of it."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import Failure, FailureGroup, not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from live_gateway.http.openapi import OCTETS, OFFSET_OCTETS
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services
DOCUMENT = "/api/v1/openapi.json"
EXAMPLES = 4
"""Per operation and kind of request: the whole stays below a minute."""
schemathesis.serializer.alias(OFFSET_OCTETS, OCTETS)
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


def test_answers_as_described(gateway: Gateway, cast: Cast) -> None:
    """Every operation, with requests that fit its description and such that do not."""
    failures: list[str] = []
    for result in schemathesis.openapi.from_url(gateway.url + DOCUMENT).get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            with cast.passing("hr") as client:  # some operations end the login by which they are asked
                headers = {"Authorization": client.headers["Authorization"]}
                try:
                    _exercise(operation, mode, headers)
                except Unsatisfiable:
                    continue
                except (AssertionError, FailureGroup, Failure) as error:
                    failures.append(f"{operation.label} ({mode.value}): {error}")
    assert not failures, "\n\n".join(failures)


def _exercise(operation: APIOperation, mode: GenerationMode, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case) -> None:
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400 and case.method != "HEAD":
            assert response.headers["content-type"][0].startswith("application/problem+json")

    ask()


def test_describes_every_operation(cast: Cast) -> None:
    answer = cast.nobody().get(DOCUMENT)
    assert answer.status_code == 200
    document = answer.json()
    seen = set()
    for path, item in document["paths"].items():
        assert path.startswith(("/api/v1/", "/health/", "/metrics")), path
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["operationId"] not in seen, where
            seen.add(operation["operationId"])
            assert operation["tags"], where
            assert operation["summary"], where
            assert operation["description"], where
            for media in operation.get("requestBody", {}).get("content", {}).values():
                assert media["examples"], where
    assert len(seen) > 25
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookie", "invitation"}


def test_the_examples_are_what_the_interface_takes(cast: Cast) -> None:
    """Every JSON example gets past the description's own checks: what fails then are ids of nobody."""
    document, asked = cast.nobody().get(DOCUMENT).json(), 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is None or "{" in path:
                continue
            example = body["examples"]["example"]["value"]
            answer = cast.of("hr").request(method, path, json=example)
            assert answer.status_code < 500, path
            assert answer.status_code < 400 or answer.json()["code"] != "invalid_request", f"{path}: {answer.text}"
            asked += 1
    assert asked > 3, "no example was tried"
