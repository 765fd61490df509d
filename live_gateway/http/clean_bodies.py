"""Texts of JSON bodies in one form before any route reads them: composed, of one width, with nothing unseen."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.exceptions import LitestarException
from litestar.utils.scope.state import ScopeState

from include.interview.intake.cleaning import clean_values

JSON = "json"
AS_GIVEN = ("password",)
"""Fields whose characters are those that were typed: what is hashed must not change."""


async def clean_body(request: Request[Any, Any, Any]) -> None:
    """Put the request's JSON body, cleaned by `clean_values`, where the route will read it.

    A body that is no JSON stays for the route's own answer. So does one nested too deep to be gone through.

    Raises:
        BadInput: a text holds what is no character, or two keys are the same once clean.
    """
    if JSON not in request.content_type[0] or not await request.body():
        return
    try:
        value = await request.json()
    except (LitestarException, ValueError, RecursionError):
        return
    try:
        cleaned = clean_values(value, "The request")
    except RecursionError:
        return
    if isinstance(value, dict) and isinstance(cleaned, dict):
        cleaned |= {name: value[name] for name in AS_GIVEN if name in value}
    ScopeState.from_scope(request.scope).json = cleaned
    request._json = cleaned
