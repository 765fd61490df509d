"""Errors as `application/problem+json` (RFC 9457) in the reader's language."""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Literal

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from include.interview.errors import (
    AlreadyExists,
    BadInput,
    BadMedia,
    ConsentMissing,
    NotFound,
    PolicyRefusal,
    ServiceFailure,
    TriviewError,
    WrongKey,
)
from include.interview.intake.faults import InvalidFields
from include.security.access import Caller
from live_gateway import metrics
from live_gateway.byte_ranges import RangeRefused
from live_gateway.field_faults import WHOLE_BODY, FieldError, field_errors
from live_gateway.identity import Forbidden, NotLoggedIn, actor_of
from live_gateway.problem_texts import ENGLISH_REASONS, GENERAL, NOT_EVALUATED, TEXTS, TITLES
from live_gateway.refusals import NOBODY
from live_gateway.request_scope import OutOfScope
from tasks.ai.duplicates import AlreadyUploaded
from tasks.executive.insights import InsightRefused
from tasks.executive.questions import QuestionRefused

MEDIA_TYPE = "application/problem+json"
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
RETRY_AFTER_S = 5
"""Retry-After of an outage, in seconds."""
REFERENCE_BYTES = 6
log = logging.getLogger("live_gateway")


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem document: RFC 9457's members, and ours: `code`, what to do next, the fields at fault.

    `existing`: id of what is there already, where that is the problem. `purposes`: those that lack a consent.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str = ""
    remedy: str = ""
    errors: list[FieldError] = []
    reference: str | None = None
    existing: str | None = None
    purposes: list[str] = []


class TooMany(TriviewError):
    """The request is over a rate limit (429); `retry_after_s` is the time to wait, in seconds."""

    code = "rate_limited"

    def __init__(self, cause: str, remedy: str = "", *, retry_after_s: float) -> None:
        super().__init__(cause, remedy)
        self.retry_after_s = retry_after_s


_BY_CODE = {
    "erased": HTTPStatus.GONE,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_container": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "media_exists": HTTPStatus.CONFLICT,
    "offset_conflict": HTTPStatus.CONFLICT,
    "upload_closed": HTTPStatus.CONFLICT,
    "upload_incomplete": HTTPStatus.CONFLICT,
    "login_taken": HTTPStatus.CONFLICT,
    "candidate_has_account": HTTPStatus.CONFLICT,
    "account_closed": HTTPStatus.CONFLICT,
    "second_person": HTTPStatus.CONFLICT,
    "last_hr": HTTPStatus.CONFLICT,
    "already_exists": HTTPStatus.CONFLICT,
    "already_uploaded": HTTPStatus.CONFLICT,
    "review_not_waiting": HTTPStatus.CONFLICT,
    "review_not_ready": HTTPStatus.CONFLICT,
    "changed_meanwhile": HTTPStatus.CONFLICT,
    "not_a_change": HTTPStatus.CONFLICT,
    "not_on_panel": HTTPStatus.CONFLICT,
    "legal_hold": HTTPStatus.CONFLICT,
    "already_rated": HTTPStatus.CONFLICT,
    "already_settled": HTTPStatus.CONFLICT,
    "report_not_ready": HTTPStatus.CONFLICT,
    "already_decided": HTTPStatus.CONFLICT,
    "nothing_to_contest": HTTPStatus.CONFLICT,
    "contest_open": HTTPStatus.CONFLICT,
    "contest_closed": HTTPStatus.CONFLICT,
    "contest_not_independent": HTTPStatus.CONFLICT,
    "approval_closed": HTTPStatus.CONFLICT,
    "card_withheld": HTTPStatus.CONFLICT,
    "invitation_submitted": HTTPStatus.CONFLICT,
    "interview_status": HTTPStatus.CONFLICT,
    "invitation_order": HTTPStatus.CONFLICT,
    "invitation_revoked": HTTPStatus.GONE,
    "invitation_expired": HTTPStatus.GONE,
    "attempts_used": HTTPStatus.CONFLICT,
    "answers_missing": HTTPStatus.CONFLICT,
    "answer_sent": HTTPStatus.CONFLICT,
    "not_over": HTTPStatus.CONFLICT,
    "session_over": HTTPStatus.CONFLICT,
    "already_led": HTTPStatus.CONFLICT,
    "leader_leaves": HTTPStatus.CONFLICT,
    "panel_full": HTTPStatus.CONFLICT,
    "idempotency_busy": HTTPStatus.CONFLICT,
    "idempotency_key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "range_not_satisfiable": HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    "storage_full": HTTPStatus.INSUFFICIENT_STORAGE,
    "storage_low": HTTPStatus.INSUFFICIENT_STORAGE,
    "over_quota": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_many_uploads": HTTPStatus.TOO_MANY_REQUESTS,
    "upload_too_slow": HTTPStatus.REQUEST_TIMEOUT,
    "stored_bytes_damaged": HTTPStatus.INTERNAL_SERVER_ERROR,
    "bad_setting": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Codes whose status is not that of their class."""
_BY_CLASS: tuple[tuple[type[TriviewError], HTTPStatus], ...] = (
    (NotLoggedIn, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (NotFound, HTTPStatus.NOT_FOUND),
    (ConsentMissing, HTTPStatus.CONFLICT),
    (PolicyRefusal, HTTPStatus.FORBIDDEN),
    (WrongKey, HTTPStatus.INTERNAL_SERVER_ERROR),
    (BadMedia, HTTPStatus.BAD_REQUEST),
    (BadInput, HTTPStatus.BAD_REQUEST),
    (ServiceFailure, HTTPStatus.SERVICE_UNAVAILABLE),
)


def status_of(error: TriviewError) -> HTTPStatus:
    """The HTTP status of an error of ours, by its code, else by its class."""
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    return next((status for kind, status in _BY_CLASS if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def language_of(headers: Mapping[str, str]) -> Literal["ko", "en"]:
    """The language the reader prefers among ours (RFC 9110 Accept-Language); English when none is named."""
    best, chosen = 0.0, "en"
    for part in headers.get("accept-language", "").split(","):
        tag, _, parameters = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if primary in ("ko", "en") and weight > best:
            best, chosen = weight, primary
    return "ko" if chosen == "ko" else "en"


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def sentences(error: TriviewError, language: str) -> tuple[str, str]:
    """(detail, remedy) of `error` in `language`. Korean texts go by code; numbers and ids stay in the English one."""
    if language != "ko":
        return error.cause, error.remedy
    if isinstance(error, InvalidFields):
        return error.sentence("ko"), TEXTS[error.code][1]
    if isinstance(error, QuestionRefused | InsightRefused):
        return error.reason.text.ko, TEXTS[type(error).code][1]
    kinds = (kind.code for kind in type(error).__mro__ if issubclass(kind, TriviewError))
    detail, remedy = next((TEXTS[code] for code in (error.code, *kinds) if code in TEXTS), GENERAL)
    if isinstance(error, ConsentMissing) and error.purposes:
        detail = f"{detail} 빠진 동의: {', '.join(error.purposes)}."
    if isinstance(error, AlreadyExists) and error.existing:
        detail = f"{detail} ({error.existing})"
    return detail, remedy


def reason_text(code: str, language: str) -> tuple[str, str]:
    """(detail, remedy) for a stored code, such as the one a failed interview keeps."""
    known, unknown = (TEXTS, NOT_EVALUATED[0]) if language == "ko" else (ENGLISH_REASONS, NOT_EVALUATED[1])
    return known.get(code) or known.get(code.partition(".")[0]) or unknown


def _headers(error: TriviewError, status: HTTPStatus) -> dict[str, str]:
    if isinstance(error, AlreadyUploaded):
        return {"Location": f"/api/v1/interviews/{error.existing}"}
    if isinstance(error, RangeRefused):
        return {"Content-Range": f"bytes */{error.size}"}
    if isinstance(error, TooMany):
        return {"Retry-After": str(max(1, round(error.retry_after_s + 0.5)))}
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="triview"'}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(RETRY_AFTER_S)}
    return {}


def _answer(problem: Problem, language: str, headers: Mapping[str, str] | None = None) -> Response[Any]:
    return Response(
        content=msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Content-Language": language, "Cache-Control": "no-store", **(headers or {})},
    )


def _title(status: int, language: str) -> str:
    known = TITLES.get(status)
    return HTTPStatus(status).phrase if known is None else known[0 if language == "ko" else 1]


def triview_problem(request: Request[Any, Any, Any], error: TriviewError) -> Response[Any]:
    """The answer to an error raised on purpose."""
    status, language = status_of(error), language_of(request.headers)
    detail, remedy = sentences(error, language)
    if isinstance(error, Forbidden | NotLoggedIn | OutOfScope):
        _note_refusal(request, error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request failed", extra={"code": error.code, "status": int(status)})
    problem = Problem(
        type=f"urn:triview:problem:{error.code}",
        title=_title(status, language),
        status=status,
        detail=detail,
        code=error.code,
        remedy=remedy,
        existing=error.existing or None if isinstance(error, AlreadyExists) else None,
        errors=[FieldError(one.field or WHOLE_BODY, one.text.text(language)) for one in error.faults]
        if isinstance(error, InvalidFields)
        else [],
        purposes=list(error.purposes) if isinstance(error, ConsentMissing) else [],
    )
    return _answer(problem, language, _headers(error, status))


def _note_refusal(request: Request[Any, Any, Any], error: TriviewError) -> None:
    """Have it counted into the audit trail who was refused what: by ids alone, a path may hold anything."""
    caller = request.scope.get("user")
    ids = [value for value in map(str, request.path_params.values()) if UUID.fullmatch(value)]
    request.app.state.services.refusals.note(
        actor_of(caller) if isinstance(caller, Caller) else NOBODY,
        request.route_handler.opt.get("action") or str(request.scope.get("path_template")),
        "out_of_scope" if isinstance(error, OutOfScope) else error.code,
        ids,
    )


def http_problem(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """The answer to an error of the framework: no such route, wrong method, a body that is not as described."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return unexpected_problem(request, error)
    status, language = error.status_code, language_of(request.headers)
    code = _HTTP_CODES.get(status, "bad_request")
    detail, remedy = TEXTS[code] if language == "ko" else _HTTP_TEXTS[code]
    problem = Problem(
        type=f"urn:triview:problem:{code}",
        title=_title(status, language),
        status=status,
        detail=detail,
        code=code,
        remedy=remedy,
        errors=field_errors(request, error, language),
    )
    return _answer(problem, language, error.headers)


_HTTP_CODES: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "invalid_request",
    HTTPStatus.NOT_FOUND: "no_route",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
}
_HTTP_TEXTS = {
    "invalid_request": (
        "The request is not as this interface describes it.",
        "See `errors`, and the OpenAPI document.",
    ),
    "no_route": ("There is nothing at this address.", "See /api/v1/openapi.json for what there is."),
    "method_not_allowed": ("This address does not take that method.", "See the header Allow."),
    "body_too_large": ("The request's body is too large.", "Send less; recordings go through /api/v1/uploads."),
    "unsupported_media_type": ("The body's media type is not accepted.", "See the OpenAPI document for what is."),
    "bad_request": ("The request cannot be answered.", "See the OpenAPI document."),
}


def unexpected_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to an error nobody foresaw: a reference that finds it in the log, and nothing of its inside.

    The log gets where it happened, not the error's text, which may repeat what somebody wrote.
    """
    reference, language = secrets.token_hex(REFERENCE_BYTES), language_of(request.headers)
    metrics.unexpected_errors.inc()
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    extra = {"reference": reference, "error": type(error).__qualname__, "frames": frames[-12:]}
    log.error("unexpected error", extra=extra)
    detail, remedy = TEXTS["unexpected"] if language == "ko" else _UNEXPECTED
    problem = Problem(
        type="urn:triview:problem:unexpected",
        title=_title(HTTPStatus.INTERNAL_SERVER_ERROR, language),
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        detail=detail,
        code="unexpected",
        remedy=remedy,
        reference=reference,
    )
    return _answer(problem, language)


_UNEXPECTED = ("Something went wrong on our side.", "Try again; if it stays, tell the operator the reference.")


def too_deep_problem(request: Request[Any, Any, Any], _error: RecursionError) -> Response[Any]:
    """The answer to a body nested so deep that its decoder gave up: nothing was done with it."""
    return triview_problem(
        request, BadInput("The body is nested too deep.", "See the OpenAPI document.", code="nested_too_deep")
    )


HANDLERS: dict[Any, Any] = {
    RecursionError: too_deep_problem,
    TriviewError: triview_problem,
    HTTPException: http_problem,
    Exception: unexpected_problem,
}
