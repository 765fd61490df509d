"""Answers of the REST interface held against its own OpenAPI description, as a stranger's client would read them."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

DESCRIPTION = "/api/v1/openapi.json"
PROBLEM = "application/problem+json"
DESCRIBED = ("/api/", "/health/", "/metrics")
"""Beginnings of the addresses that the description is about; pages are not described."""


@cache
def _description_of(base_url: str) -> _Description:
    return _compiled(httpx.get(base_url + DESCRIPTION, trust_env=False, timeout=30.0).raise_for_status().text)


@cache
def _compiled(content: str) -> _Description:
    return _Description(json.loads(content))


class _Description:
    """One OpenAPI document with its validators, each made once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._components = document["components"]
        self._validators: dict[str, Draft202012Validator] = {}
        # Addresses without a parameter come first: /a/b is not {id} of /a/{id}.
        paths = sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
        self._paths = [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), item) for path, item in paths]

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """What is described of `method` at `path`."""
        for pattern, item in self._paths:
            if pattern.fullmatch(path):
                found: dict[str, Any] | None = item.get(method.lower())
                return found
        return None

    def validate(self, schema: dict[str, Any], value: Any) -> None:
        """Raises jsonschema.ValidationError where `value` is not as `schema` says."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator({**schema, "components": self._components})
        self._validators[key].validate(value)


def check_answer(response: httpx.Response) -> None:
    """A hook of an HTTP client: fails where an answer is not what the description promises of its address."""
    request = response.request
    path = request.url.path
    if not path.startswith(DESCRIBED) or path == DESCRIPTION or request.method == "OPTIONS":
        return
    response.read()
    base = f"{request.url.scheme}://{request.url.netloc.decode()}"
    description = _description_of(base)
    where = f"{request.method} {path} -> {response.status_code}"
    operation = description.operation(request.method, path)
    media = response.headers.get("content-type", "").partition(";")[0]
    if operation is None:
        assert response.status_code >= 400, f"{where}: answered, and not described"
        content: dict[str, Any] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    else:
        answers = operation["responses"]
        answer = answers.get(str(response.status_code), answers["default"] if response.status_code >= 400 else None)
        assert answer is not None, f"{where}: a status that is not described"
        content = answer.get("content") or {}
    if not response.content:
        assert not content or request.method == "HEAD", f"{where}: nothing, where {set(content)} is described"
        return
    assert media in content, f"{where}: {media!r}, where {set(content)} is described"
    if media.endswith("json"):
        description.validate(content[media]["schema"], response.json())
