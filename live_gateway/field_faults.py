"""Every field of a request that is not as its route describes it: decoders stop at the first."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.types import Empty
from litestar.utils.scope.state import ScopeState

MOST_FAULTS = 50
"""Faults told of one body."""
WHOLE_BODY = "body"
"""Field of a fault that is no single field's."""
_NAMED = re.compile(r"(?:missing required|unknown) field `([^`]+)`")
"""A field that the framework names in its sentence only."""
Fault = tuple[str, str]
"""Path of a field, such as `competencies[0].name` ("" for the whole), and what is wrong with it."""


class FieldError(msgspec.Struct, frozen=True):
    """One field of a request that is not as described, and why."""

    field: str
    message: str


def faults(value: Any, kind: Any, language: str, path: str = "") -> Iterator[Fault]:
    """Every fault of decoded JSON `value` against `kind`, a type that msgspec converts to; none when it fits.

    Messages name types, limits and allowed values, in `language` ("ko" or "en") where they are ours; a value that
    was sent is not repeated.
    """
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    found = False
    for fault in _within(value, inner, language, path):
        found = True
        yield fault
    if not found:
        yield from _itself(value, kind, inner, language, path)


def _within(value: Any, kind: Any, language: str, path: str) -> Iterator[Fault]:
    """The faults of the parts of `value`."""
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from _in_struct(value, kind, language, path)
    elif isinstance(value, list) and get_origin(kind) is list:
        for index, item in enumerate(value):
            yield from faults(item, get_args(kind)[0], language, f"{path}[{index}]")
    elif get_origin(kind) in (Union, types.UnionType):
        fitting = [one for one in get_args(kind) if _may_be(value, one)]
        if len(fitting) == 1:
            yield from faults(value, fitting[0], language, path)


def _in_struct(value: dict[str, Any], kind: type[msgspec.Struct], language: str, path: str) -> Iterator[Fault]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in value if kind.__struct_config__.forbid_unknown_fields else ():
        if name not in fields:
            yield (
                _joined(path, name),
                "없는 항목입니다." if language == "ko" else f"Object contains unknown field `{name}`",
            )
    for name, field in fields.items():
        if name in value:
            yield from faults(value[name], field.type, language, _joined(path, name))
        elif field.required:
            missing = f"Object missing required field `{name}`"
            yield _joined(path, name), "필수 항목입니다." if language == "ko" else missing


def _itself(value: Any, kind: Any, inner: Any, language: str, path: str) -> Iterator[Fault]:
    try:
        msgspec.convert(value, kind, strict=False, str_keys=True)
    except msgspec.ValidationError as error:
        yield path, allowed(inner, language) or str(error).split(" - at ", maxsplit=1)[0]


def _may_be(value: Any, kind: Any) -> bool:
    """Whether `value` is of the JSON type that `kind` is written as; only what tells members of our unions apart."""
    inner = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if inner is types.NoneType:
        return value is None
    structured = isinstance(inner, type) and issubclass(inner, msgspec.Struct)
    return value is not None and structured == isinstance(value, dict)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def allowed(kind: Any, language: str) -> str | None:
    """A sentence that names the values of `kind`, or of its only part that is a Literal; None without one."""
    literals = [one for one in (kind, *get_args(kind)) if get_origin(one) is Literal]
    if len(literals) != 1:
        return None
    values = ", ".join(str(value) for value in get_args(literals[0]))
    return f"다음 값만 쓸 수 있습니다: {values}." if language == "ko" else f"Allowed values: {values}."


def allowed_instead(request: Request[Any, Any, Any], name: str, message: str, language: str) -> str:
    """What to say of the parameter `name` of the address: what is allowed, where that is a list, else `message`."""
    if not message.startswith("Invalid enum value"):
        return message
    field = request.route_handler.parsed_fn_signature.parameters.get(name)
    return message if field is None else allowed(field.annotation, language) or message


def body_faults(request: Request[Any, Any, Any], language: str) -> list[Fault]:
    """The faults of the request's JSON body, at most `MOST_FAULTS`; empty where it was not read or has none."""
    handler = request.scope.get("route_handler")
    field = getattr(handler, "parsed_data_field", None)
    value = ScopeState.from_scope(request.scope).json
    if field is None or value is Empty:
        return []
    return list(islice(faults(value, field.annotation, language), MOST_FAULTS))


def field_errors(request: Request[Any, Any, Any], error: HTTPException, language: str) -> list[FieldError]:
    """Every field at fault, of the address and of the body. Messages name types, limits and what is allowed."""
    body = [FieldError(field or WHOLE_BODY, message) for field, message in body_faults(request, language)]
    found = []
    for item in error.extra if isinstance(error.extra, list) else ():
        if isinstance(item, Mapping):
            message = str(item.get("message", ""))
            named = _NAMED.search(message)
            key = str(item.get("key", ""))
            if body and item.get("source") == "body":
                continue
            message = allowed_instead(request, key, message, language)
            found.append(FieldError(named.group(1) if named and key in ("", "data") else key, message))
    state = ScopeState.from_scope(request.scope)
    if not found and state.body not in (Empty, b"") and state.json is Empty and "json" in request.content_type[0]:
        sentence = "UTF-8로 쓴 JSON이 아닙니다." if language == "ko" else "This is no JSON in UTF-8."
        found.append(FieldError(WHOLE_BODY, sentence))
    return [*found, *body]
