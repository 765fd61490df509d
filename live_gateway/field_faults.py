"""Every field of a request that is not as its route describes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.types import Empty
from litestar.utils.scope.state import ScopeState

from include.interview.intake.faults import MOST_FAULTS, allowed, field_faults, in_korean

WHOLE_BODY = "body"
"""Field of a fault that is no single field's."""
_NAMED = re.compile(r"(?:missing required|unknown) field `([^`]+)`")
"""A field that the framework names in its sentence only."""


class FieldError(msgspec.Struct, frozen=True):
    """One field of a request that is not as described, and why."""

    field: str
    message: str


def faults(value: Any, kind: Any, language: str) -> Iterator[FieldError]:
    """Every fault of decoded JSON `value` against `kind`, in `language` ("ko" or "en"), as `field_faults`."""
    for fault in field_faults(value, kind, strict=False):
        yield FieldError(fault.field or WHOLE_BODY, fault.text.text(language))


def parameter_fault(request: Request[Any, Any, Any], name: str, message: str, language: str) -> str:
    """What to say of the parameter `name` of the address: what is allowed, where that is a list, else `message`."""
    field = request.route_handler.parsed_fn_signature.parameters.get(name)
    listed = allowed(field.annotation) if field is not None and message.startswith("Invalid enum value") else None
    if listed is not None:
        return listed.text(language)
    return in_korean(message) if language == "ko" else message


def body_faults(request: Request[Any, Any, Any], language: str) -> list[FieldError]:
    """The faults of the request's JSON body, at most `MOST_FAULTS`; empty where it was not read or has none."""
    handler = request.scope.get("route_handler")
    field = getattr(handler, "parsed_data_field", None)
    value = ScopeState.from_scope(request.scope).json
    if field is None or value is Empty:
        return []
    return list(islice(faults(value, field.annotation, language), MOST_FAULTS))


def field_errors(request: Request[Any, Any, Any], error: HTTPException, language: str) -> list[FieldError]:
    """Every field at fault, of the address and of the body. Messages name types, limits and what is allowed."""
    body = body_faults(request, language)
    found = []
    for item in error.extra if isinstance(error.extra, list) else ():
        if isinstance(item, Mapping):
            message = str(item.get("message", ""))
            named = _NAMED.search(message)
            key = str(item.get("key", ""))
            if body and item.get("source") == "body":
                continue
            message = parameter_fault(request, key, message, language)
            found.append(FieldError(named.group(1) if named and key in ("", "data") else key, message))
    state = ScopeState.from_scope(request.scope)
    if not found and state.body not in (Empty, b"") and state.json is Empty and "json" in request.content_type[0]:
        sentence = "UTF-8로 쓴 JSON이 아닙니다." if language == "ko" else "This is no JSON in UTF-8."
        found.append(FieldError(WHOLE_BODY, sentence))
    return [*found, *body]
