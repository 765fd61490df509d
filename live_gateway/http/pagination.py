"""Lists in pages of a size the caller may choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

T = TypeVar("T")
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_OFFSET = 1_000_000

Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MAX_LIMIT, description="Items on the page.")]
Offset = Annotated[int, QueryParameter(name="offset", ge=0, le=MAX_OFFSET, description="Items before the page.")]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list; `total` counts the whole of it."""

    items: list[T]
    total: int
    limit: int
    offset: int


def page(found: Sequence[T], limit: int, offset: int) -> Page[T]:
    """The part of `found` that was asked for."""
    return Page(list(found[offset : offset + limit]), len(found), limit, offset)
