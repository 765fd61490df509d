"""`Idempotency-Key`: a request that is sent again, because its answer was lost, makes nothing a second time.

After draft-ietf-httpapi-idempotency-key-header: the same key with another body is 422, one still being answered 409.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec
from litestar.params import HeaderParameter

from include.interview.errors import BadInput
from live_gateway.request_scope import RequestScope

T = TypeVar("T")
KEPT_S = 86_400
"""How long a key is remembered, in seconds."""
ANSWERING_S = 60
"""How long a request that never ended, as of a killed replica, holds its key, in seconds."""
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern="^[!-~]+$",
        required=False,
        description="Any new text, such as a uuid. Within 24 hours the same key and body get the same answer.",
    ),
]


async def once(
    request_scope: RequestScope,
    key: str | None,
    body: msgspec.Struct,
    make: Callable[[], Awaitable[T]],
    ids: Callable[[T], tuple[str, ...]],
    again: Callable[[tuple[str, ...]], Awaitable[T]],
) -> T:
    """What `make` answers; for a key that this account used for this action before, what `again` answers for its `ids`.

    Redis keeps keyed hashes of key and body, and ids; without a key it is not asked.

    Raises:
        BadInput: code "idempotency_key_reused" (422): the key was used with another body; "idempotency_busy" (409):
            its first request is still being answered. ServiceFailure: Redis is away. And what the two calls raise.
    """
    if key is None:
        return await make()
    live = request_scope.services.live
    name = _hash(request_scope, "\n".join((request_scope.caller.account_id, request_scope.action, key)).encode())
    content = _hash(request_scope, msgspec.json.encode(body))
    kept = await live.claim_key(name, content, ANSWERING_S)
    if kept is not None:
        return await again(_made(kept.body == content, kept.made))
    try:
        answer = await make()
    except BaseException:
        await live.free_key(name)
        raise
    await live.keep_key(name, content, ids(answer), KEPT_S)
    return answer


def _made(same: bool, made: tuple[str, ...]) -> tuple[str, ...]:
    if not same:
        raise BadInput(
            "This Idempotency-Key was used for another request.",
            "Send the very same body again, or take a new key for a new request.",
            code="idempotency_key_reused",
        )
    if not made:
        raise BadInput(
            "The first request under this Idempotency-Key is still being answered.",
            "Send it again in a moment.",
            code="idempotency_busy",
        )
    return made


def _hash(request_scope: RequestScope, content: bytes) -> str:
    """Keyed, so that what a short body holds cannot be guessed from Redis."""
    return hmac.digest(request_scope.services.settings.secret.encode(), content, "sha256").hex()
