"""Subprotocols and origins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live_gateway.socket.handshake import Offer, offer_of, origin_allowed

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (["interview.v1", "ticket.abc"], Offer(True, "abc")),
        (["ticket.abc", "interview.v1"], Offer(True, "abc")),
        (["interview.v1"], Offer(True, "")),
        (["ticket.abc"], Offer(False, "abc")),
        (["interview.v2", "ticket.abc"], Offer(False, "abc")),
        (["interview.v1", "ticket.a", "ticket.b"], Offer(True, "")),
        (["interview.v1", "ticket." + "a" * 500], Offer(True, "")),
        ([], Offer(False, "")),
    ],
)
def test_offers(offered: list[str], expected: Offer) -> None:
    assert offer_of(offered) == expected


@pytest.mark.parametrize(
    ("origin", "host", "allowed", "fits"),
    [
        (None, "h:1", (), True),
        ("http://h:1", "h:1", (), True),
        ("https://H:1/", "h:1", (), True),
        ("http://h:2", "h:1", (), False),
        ("null", "h:1", (), False),
        ("file://", "", (), False),
        ("http://h:1", "h:1", ("https://hr.example",), False),
        ("https://hr.example", "h:1", ("https://hr.example",), True),
        ("https://hr.example.evil", "h:1", ("https://hr.example",), False),
    ],
)
def test_origins(origin: str | None, host: str, allowed: tuple[str, ...], fits: bool) -> None:
    assert origin_allowed(origin, host, allowed) is fits


@given(st.text(max_size=80))
def test_any_origin_is_decided(origin: str) -> None:
    assert not origin_allowed(origin, "", ("https://hr.example",)) or origin.rstrip("/").lower() == "https://hr.example"
