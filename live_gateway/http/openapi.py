"""The interface's description: security schemes, tags, and examples of request bodies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    Example,
    License,
    OpenAPI,
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Reference,
    RequestBody,
    Schema,
    SecurityScheme,
    Tag,
)

from include.settings import PIPELINE_VERSION
from live_gateway.identity import COOKIE, INVITED_COOKIE

OPEN = "open"
"""Key in a handler's `opt` of routes that ask for no login."""
JSON = "application/json"
PROBLEM = "application/problem+json"
OCTETS = "application/octet-stream"
OFFSET_OCTETS = "application/offset+octet-stream"
OPEN_SECURITY: list[dict[str, list[str]]] = [{}]
"""Security of a route that asks for no login."""
LINK_SECURITY: list[dict[str, list[str]]] = [{"invitation": []}]
"""Security of a route for who came by the link of an invitation."""
TAGS = (
    ("auth", "Logging in and out."),
    ("accounts", "Accounts and their roles."),
    ("candidates", "The people who are interviewed."),
    ("openings", "Job openings: competencies, keywords, questions, policy."),
    ("consents", "What a candidate agreed to."),
    ("uploads", "Recordings, resumable or in one request."),
    ("invitations", "What a candidate is asked to record, until when, and the answers that come by its link."),
    ("interviews", "Where an interview stands, its scorecards and reports."),
    ("answers", "Similar past answers of an opening."),
    ("questions", "Questions prepared for an executive interview."),
    ("rankings", "Who may be told apart from whom, and what an opening's order rests on."),
    ("fairness", "How selections and scores fall on groups, as counts; nobody is named."),
    ("applications", "Where an application stands, and the decisions that moved it."),
    ("webhooks", "Telling other systems of events, by signed messages."),
    ("sessions", "Live interviews and the tickets to their sockets."),
    ("operations", "Health and figures."),
)
DESCRIPTION = """Triview's gateway. Log in by `POST /api/v1/auth/login`, then send `Authorization: Bearer …`
(browsers may use the cookie instead, from allowed origins). Errors are `application/problem+json` in Korean or
English, as `Accept-Language` asks. Lists take `limit` and `offset`. The live interview itself runs over
`/ws/realtime-interview/{session_id}` and `/ws/executive-interview/{session_id}` (docs/protocol.md)."""


def openapi_config() -> OpenAPIConfig:
    """Served at /api/v1/openapi.json (`description`); no page with scripts from elsewhere.

    The framework's own addresses for it lie apart, because they answer HTML where there is nothing.
    """
    return OpenAPIConfig(
        title="Triview gateway",
        version=PIPELINE_VERSION,
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        tags=[Tag(name=name, description=text) for name, text in TAGS],
        security=[{"bearer": []}, {"cookie": []}],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT"),
                "cookie": SecurityScheme(type="apiKey", name=COOKIE, security_scheme_in="cookie"),
                "invitation": SecurityScheme(type="apiKey", name=INVITED_COOKIE, security_scheme_in="cookie"),
            }
        ),
        path="/api/openapi",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
    )


@get("/openapi.json", include_in_schema=False, media_type="application/vnd.oai.openapi+json", opt={OPEN: True})
async def description(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The description itself."""
    return request.app.openapi_schema.to_schema()


def _operation_id(handler: HTTPRouteHandler, _: Any, __: Any) -> str:
    return handler.handler_name


def example(value: Any, *, summary: str = "example") -> type[Operation]:
    """An operation whose JSON body is shown by `value`."""

    @dataclass
    class WithExample(Operation):
        def __post_init__(self) -> None:
            body = self.request_body
            if isinstance(body, RequestBody):
                body.content[JSON].examples = {"example": Example(summary=summary, value=value)}

    return WithExample


def raw_body(media_type: str, description: str) -> type[Operation]:
    """An operation that takes bytes."""

    @dataclass
    class WithBytes(Operation):
        def __post_init__(self) -> None:
            schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
            content = {media_type: OpenAPIMediaType(schema=schema, examples={"example": Example(value="…bytes…")})}
            self.request_body = RequestBody(content=content, description=description, required=True)

    return WithBytes


def files(media_types: Iterable[str], *, in_parts: bool = False) -> type[Operation]:
    """An operation that answers a file of one of these media types; `in_parts`: also the part that Range asks for."""

    @dataclass
    class WithFiles(Operation):
        def __post_init__(self) -> None:
            schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
            content = {one: OpenAPIMediaType(schema=schema) for one in media_types}
            self.responses = {"200": OpenAPIResponse(description="The file.", content=content)}
            if in_parts:
                self.responses["206"] = OpenAPIResponse(description="The part asked for.", content=content)

    return WithFiles


PROBLEM_SCHEMA = Schema(
    type=OpenAPIType.OBJECT,
    description="RFC 9457, with a stable `code`, what to do next, and the fields at fault.",
    required=["type", "title", "status", "detail"],
    properties={
        "type": Schema(type=OpenAPIType.STRING),
        "title": Schema(type=OpenAPIType.STRING),
        "status": Schema(type=OpenAPIType.INTEGER),
        "detail": Schema(type=OpenAPIType.STRING),
        "code": Schema(type=OpenAPIType.STRING),
        "remedy": Schema(type=OpenAPIType.STRING),
        "reference": Schema(type=OpenAPIType.STRING),
        "existing": Schema(type=OpenAPIType.STRING),
        "purposes": Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.STRING)),
        "errors": Schema(
            type=OpenAPIType.ARRAY,
            items=Schema(
                type=OpenAPIType.OBJECT,
                properties={name: Schema(type=OpenAPIType.STRING) for name in ("field", "message")},
            ),
        ),
    },
)


def _empty(answer: OpenAPIResponse | Reference) -> OpenAPIResponse | Reference:
    return answer if isinstance(answer, Reference) else replace(answer, content=None)


def _own(answer: OpenAPIResponse | Reference) -> bool:
    """Whether an answer with an error's status brings a record of ours; the framework's own errors have none."""
    content = {} if isinstance(answer, Reference) else answer.content or {}
    return any(isinstance(one.schema, Reference) for one in content.values())


def describe_problems(document: OpenAPI) -> None:
    """Say of every operation that it may answer a problem, in place of the framework's own error answers."""
    document.components.schemas["Problem"] = PROBLEM_SCHEMA
    problem = OpenAPIResponse(
        description="A problem, in the reader's language.",
        content={PROBLEM: OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Problem"))},
    )
    for item in (document.paths or {}).values():
        for method in ("get", "post", "put", "patch", "delete", "head"):
            operation = getattr(item, method)
            if operation is not None:
                operation.responses = {
                    status: _empty(answer) if method == "head" or status == "204" else answer
                    for status, answer in (operation.responses or {}).items()
                    if status < "4" or _own(answer)
                } | {"default": problem}
