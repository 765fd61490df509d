"""Messages of the wire protocol held against the schemas of docs/asyncapi.yaml, as a stranger's client would."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from cli.protocol_asyncapi import FILE


@cache
def _document() -> dict[str, Any]:
    return yaml.load(FILE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@cache
def _validator(message: str) -> Draft202012Validator:
    payload = _document()["components"]["messages"][message]["payload"]
    return Draft202012Validator({**payload, "components": _document()["components"]})


def check_server(data: str | bytes) -> None:
    """Raises KeyError (unknown type) or jsonschema.ValidationError where this is no message of the server."""
    _check("server", data)


def check_client(data: str | bytes) -> None:
    """Raises KeyError (unknown type) or jsonschema.ValidationError where this is no message of a client."""
    _check("client", data)


def _check(side: str, data: str | bytes) -> None:
    message = json.loads(data)
    _validator(f"{side}.{message['type']}").validate(message)
