"""What a person sees when a page cannot be shown: the same sentences as the interface gives, as a page."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from include.interview.errors import TriviewError
from live_gateway.identity import NotLoggedIn
from live_gateway.problems import HANDLERS as PROBLEMS
from live_gateway.problems import Problem
from live_gateway.web.login import login_address
from live_gateway.web.page_scope import PageRequest, language_of
from live_gateway.web.rendering import public_page


def _failure(request: PageRequest, error: Exception, kind: type[Exception]) -> Response[str]:
    """The problem document of `error`, read in the page's own language, as a page."""
    headers = [(name, value) for name, value in request.scope["headers"] if name.lower() != b"accept-language"]
    request.scope["headers"] = [*headers, (b"accept-language", language_of(request).encode())]
    asked = type(request)(request.scope)
    answer: Response[bytes] = PROBLEMS[kind](asked, error)
    problem = msgspec.json.decode(answer.content, type=Problem)
    return public_page(request, "failure.html.j2", status=problem.status, problem=problem)


def triview_failure(request: PageRequest, error: TriviewError) -> Response[str] | Redirect:
    """The page for an error raised on purpose; without a login, a redirect to the login page."""
    if isinstance(error, NotLoggedIn) and request.method == "GET":
        return Redirect(login_address(request), status_code=303)
    return _failure(request, error, TriviewError)


def http_failure(request: PageRequest, error: HTTPException) -> Response[str]:
    """The page for an error of the framework, such as an address without a route."""
    return _failure(request, error, HTTPException)


def unexpected_failure(request: PageRequest, error: Exception) -> Response[str]:
    """The page for an unexpected error: a reference that finds it in the log."""
    return _failure(request, error, Exception)


HANDLERS: dict[Any, Any] = {TriviewError: triview_failure, HTTPException: http_failure, Exception: unexpected_failure}
