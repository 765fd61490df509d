"""Lists in pages of a size the caller may choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from litestar.pagination import OffsetPagination
from litestar.params import QueryParameter

T = TypeVar("T")
DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_OFFSET = 1_000_000

Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MAX_LIMIT, description="Items on the page.")]
Offset = Annotated[int, QueryParameter(name="offset", ge=0, le=MAX_OFFSET, description="Items before the page.")]


def page(found: Sequence[T], limit: int, offset: int) -> OffsetPagination[T]:
    """The page of at most `limit` items of `found` from `offset` (0-based) on; its `total` counts all of `found`."""
    return OffsetPagination(items=list(found[offset : offset + limit]), limit=limit, offset=offset, total=len(found))
