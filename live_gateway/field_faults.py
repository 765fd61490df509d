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
_MISSING = re.compile(r"Missing required (query|header) parameter '([^']+)'")
"""The first parameter that a request lacks, as the framework says it."""
_LACKS = {"query": ("Required in the address.", "주소에 있어야 합니다."), "header": ("Required.", "필요한 헤더입니다.")}
_NO_BODY = ("A JSON object is required.", "JSON 객체가 필요합니다.")
_NO_JSON = ("This is no JSON in UTF-8.", "UTF-8로 쓴 JSON이 아닙니다.")
_OTHER_TYPE = (
    "Send JSON, with the header Content-Type: application/json.",
    "JSON을 Content-Type: application/json 헤더와 함께 보내 주세요.",
)


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


def missing_parameters(request: Request[Any, Any, Any], error: HTTPException, language: str) -> list[FieldError]:
    """All required parameters that the request lacks; empty unless that is what `error` says."""
    said = _MISSING.search(error.detail)
    if said is None:
        return []
    names = {said.group(2): said.group(1)}
    provided = request.route_handler.resolve_dependencies()
    for name, field in request.route_handler.parsed_fn_signature.parameters.items():
        given = field.kwarg_definition
        kind = getattr(getattr(given, "param_type", None), "value", None)
        alias = getattr(given, "name", None) or name
        held: Any = {"query": request.query_params, "header": request.headers}.get(str(kind))
        if held is not None and name not in provided and field.is_required and alias not in held:
            names.setdefault(alias, str(kind))
    return [FieldError(name, _in(language, _LACKS[kind])) for name, kind in names.items()]


def _in(language: str, sentences: tuple[str, str]) -> str:
    return sentences[1 if language == "ko" else 0]


def _unread_body(request: Request[Any, Any, Any], language: str) -> list[FieldError]:
    """Why the body of a request, to a route that takes JSON, could not be read; empty where it was."""
    handler = request.scope.get("route_handler")
    state = ScopeState.from_scope(request.scope)
    if getattr(handler, "parsed_data_field", None) is None or state.json is not Empty:
        return []
    if "json" not in request.content_type[0]:
        return [FieldError(WHOLE_BODY, _in(language, _OTHER_TYPE))] if request.content_type[0] else []
    return [FieldError(WHOLE_BODY, _in(language, _NO_JSON))] if state.body not in (Empty, b"") else []


def field_errors(request: Request[Any, Any, Any], error: HTTPException, language: str) -> list[FieldError]:
    """Every field at fault, of the address and of the body. Messages name types, limits and what is allowed."""
    body = body_faults(request, language)
    found = missing_parameters(request, error, language)
    for item in error.extra if isinstance(error.extra, list) else ():
        if isinstance(item, Mapping):
            message = str(item.get("message", ""))
            named = _NAMED.search(message)
            key = str(item.get("key", ""))
            if body and item.get("source") == "body":
                continue
            if key == "data" and named is None:  # the framework's own name for the body, which no client has
                found.append(FieldError(WHOLE_BODY, _in(language, _NO_BODY)))
                continue
            message = parameter_fault(request, key, message, language)
            found.append(FieldError(named.group(1) if named and key in ("", "data") else key, message))
    return [*(found or _unread_body(request, language)), *body]
