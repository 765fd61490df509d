"""Events that other systems are told of, and the signed message of one. Ids only: nothing of a person is in it.

The signature is HMAC-SHA256 over `TIMESTAMP.BODY` under the webhook's secret, as in Stripe's and GitHub's webhooks, so
that a receiver can tell a message of ours from a forged one, and by the timestamp and the id an old one sent again.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from include.interview.records import Record

WebhookEvent = Literal["scorecard.published", "ranking.served", "application.decided", "erasure.completed"]
EVENTS: tuple[WebhookEvent, ...] = get_args(WebhookEvent)
"""Entries of the audit trail of which others are told."""
TEST = "webhook.test"
"""The event of a message that somebody asked for, to see whether it arrives."""
ID, TIMESTAMP, SIGNATURE = "Triview-Webhook-Id", "Triview-Webhook-Timestamp", "Triview-Webhook-Signature"
VERSION = "v1"
TOLERANCE_S = 300
"""How old a timestamp may be for a receiver to take the message: what docs/rest.md tells to check."""

FIRST_DELAY_S, LONGEST_DELAY_S = 10, 3600
MOST_ATTEMPTS = 16
"""Tries of one message: with the delays between them about ten hours."""


class WebhookMessage(Record, frozen=True):
    """What is sent. `id` is the same in every try, so that a receiver can leave out what it has already.

    `subject`: what it is about, such as "interview"; `subject_id`: its id. `occurred_at`: UTC, ISO 8601.
    """

    id: str
    event: str
    occurred_at: str
    subject: str
    subject_id: str


def body_of(message: WebhookMessage) -> bytes:
    """The message as it is sent and signed: JSON in UTF-8."""
    return msgspec.json.encode(message)


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """The signature of `body` sent at `timestamp` (Unix time in seconds): "v1=" and 64 hex digits."""
    return f"{VERSION}={hmac.digest(secret, b'%d.' % timestamp + body, 'sha256').hex()}"


def signed_headers(message: WebhookMessage, secret: bytes, timestamp: int) -> Mapping[str, str]:
    """The headers that go with the message's body."""
    return {
        "Content-Type": "application/json",
        ID: message.id,
        TIMESTAMP: str(timestamp),
        SIGNATURE: signature(secret, timestamp, body_of(message)),
    }


def genuine(secret: bytes, timestamp: str, body: bytes, given: str, now_s: float) -> bool:
    """Whether a receiver may take a message: signed under `secret`, and no older than `TOLERANCE_S`."""
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now_s - int(timestamp)) > TOLERANCE_S:
        return False
    return hmac.compare_digest(signature(secret, int(timestamp), body), given)


def delay_s(failures: int) -> int | None:
    """Seconds until the next try after `failures` failed ones: 10, 20, 40 … 3600; None when it is given up."""
    if failures >= MOST_ATTEMPTS:
        return None
    return int(min(FIRST_DELAY_S * 2 ** min(failures - 1, 12), LONGEST_DELAY_S))
