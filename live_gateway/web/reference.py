"""The REST interface as a page for people, made from its OpenAPI description: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, get

from include.gateway_client.addresses import DESCRIPTION, REFERENCE
from live_gateway.web.page_scope import PUBLIC, PageRequest
from live_gateway.web.rendering import public_page

METHODS = ("get", "post", "put", "patch", "delete", "head")
LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "format", "default")
"""Keywords of JSON Schema that are shown as they are, after the type."""
Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Piece:
    """A part of a type's name; `target` is the record of this page that it links to, or None."""

    text: str
    target: str | None = None


@dataclass(frozen=True)
class Field:
    """A parameter, a field of a record, or a body. `place`: "path", "query", "header" or "" for a field."""

    name: str
    place: str
    required: bool
    kind: tuple[Piece, ...]
    limits: str
    text: str


@dataclass(frozen=True)
class Body:
    """What a request takes or an answer brings. `status`: of the answer; "" of a request."""

    status: str
    media: str
    kind: tuple[Piece, ...]
    text: str
    example: str = ""


@dataclass(frozen=True)
class OperationView:
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    paragraphs: tuple[str, ...]
    open: bool
    parameters: tuple[Field, ...]
    takes: tuple[Body, ...]
    answers: tuple[Body, ...]


@dataclass(frozen=True)
class RecordView:
    """One named record with its fields."""

    name: str
    text: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Group:
    """The operations of one subject, in the order of their addresses."""

    name: str
    text: str
    operations: tuple[OperationView, ...]


@dataclass(frozen=True)
class Reference:
    """Everything the page shows of an OpenAPI 3.1 document."""

    title: str
    version: str
    text: str
    groups: tuple[Group, ...]
    records: tuple[RecordView, ...]


def reference(document: Mapping[str, Any]) -> Reference:
    """What is shown of `document`, a whole OpenAPI 3.1 document as plain JSON values; nothing of it is left out."""
    operations = [
        (operation["tags"][0], _operation(method, path, operation))
        for path, item in sorted(document["paths"].items())
        for method in METHODS
        if (operation := item.get(method)) is not None
    ]
    groups = tuple(
        Group(tag["name"], tag["description"], tuple(one for name, one in operations if name == tag["name"]))
        for tag in document["tags"]
    )
    info, records = document["info"], document["components"]["schemas"]
    return Reference(
        info["title"],
        info["version"],
        info["description"],
        tuple(group for group in groups if group.operations),
        tuple(_record(name, schema) for name, schema in sorted(records.items())),
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> OperationView:
    body = operation.get("requestBody", {})
    return OperationView(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        paragraphs=tuple(" ".join(part.split()) for part in operation.get("description", "").split("\n\n")),
        open=operation.get("security") == [{}],
        parameters=tuple(
            _field(one["name"], one["schema"], one["required"], one["in"], one.get("description", ""))
            for one in operation.get("parameters", ())
        ),
        takes=_bodies("", body.get("description", ""), body.get("content") or {}),
        answers=tuple(
            shown
            for status, answer in operation["responses"].items()
            for shown in _bodies(status, answer["description"], answer.get("content") or {})
            or (Body(status, "", (), answer["description"]),)
        ),
    )


def _bodies(status: str, text: str, content: Mapping[str, Any]) -> tuple[Body, ...]:
    return tuple(
        Body(status, media, kind_of(found.get("schema", {})), text, _example(found)) for media, found in content.items()
    )


def _example(media: Mapping[str, Any]) -> str:
    values = [one["value"] for one in media.get("examples", {}).values() if not isinstance(one["value"], str)]
    return json.dumps(values[0], ensure_ascii=False, indent=1) if values else ""


def _record(name: str, schema: Schema) -> RecordView:
    needed = schema.get("required", ())
    fields = (_field(key, one, key in needed) for key, one in schema.get("properties", {}).items())
    return RecordView(name, schema.get("description", ""), tuple(fields))


def _field(name: str, schema: Schema, required: bool, place: str = "", text: str = "") -> Field:
    return Field(name, place, required, kind_of(schema), _limits(schema), text or schema.get("description", ""))


def _limits(schema: Schema) -> str:
    own = [f"{name} {json.dumps(schema[name], ensure_ascii=False)}" for name in LIMITS if name in schema]
    inner = [schema["items"]] if "items" in schema else []
    parts = [_limits(one) for one in (*schema.get("oneOf", ()), *inner)]
    return ", ".join([*own, *(part for part in parts if part)])


def kind_of(schema: Schema) -> tuple[Piece, ...]:
    """The type that `schema` describes, in words with links to records."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return (Piece(name, name),)
    if "enum" in schema or "const" in schema:
        values = schema["enum"] if "enum" in schema else [schema["const"]]
        return (Piece(" | ".join(json.dumps(value, ensure_ascii=False) for value in values)),)
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return _joined([kind_of(one) for one in choices], " | ")
    if "prefixItems" in schema:
        return (Piece("["), *_joined([kind_of(one) for one in schema["prefixItems"]], ", "), Piece("]"))
    if schema.get("type") == "array":
        return (Piece("["), *kind_of(schema.get("items", {})), Piece(", …]"))
    inner = schema.get("additionalProperties")
    if schema.get("type") == "object" and isinstance(inner, Mapping):
        return (Piece("{name: "), *kind_of(inner), Piece("}"))
    return (Piece(_plain(schema.get("type", "any"))),)


def _plain(kind: str | Sequence[str]) -> str:
    return kind if isinstance(kind, str) else " | ".join(kind)


def _joined(kinds: Sequence[tuple[Piece, ...]], between: str) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for kind in kinds:
        joined += [Piece(between), *kind] if joined else kind
    return tuple(joined)


@get(REFERENCE, opt={PUBLIC: True})
async def reference_page(request: PageRequest) -> Response[str]:
    """Every operation and record of the interface, for everybody, as the description is."""
    document = msgspec.json.decode(msgspec.json.encode(request.app.openapi_schema.to_schema()))
    return public_page(request, "reference.html.j2", found=reference(document), address=DESCRIPTION)
