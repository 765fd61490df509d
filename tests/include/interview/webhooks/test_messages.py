"""Messages to other systems: signed so that a receiver can tell, tried again later and later, and never sent inside."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.errors import BadInput
from include.interview.webhooks.messages import (
    ID,
    MOST_ATTEMPTS,
    SIGNATURE,
    TIMESTAMP,
    TOLERANCE_S,
    WebhookMessage,
    body_of,
    delay_s,
    genuine,
    signed_headers,
)
from include.interview.webhooks.targets import InnerAddress, check_addresses, check_url, is_public

pytestmark = pytest.mark.unit
MESSAGE = WebhookMessage("d-1", "scorecard.published", "2026-11-29T10:00:00+00:00", "interview", "i-1")
NOW = 1_795_000_000


def test_the_signature_is_what_the_document_says() -> None:
    secret = b"a secret of the webhook"  # pragma: allowlist secret
    headers, body = signed_headers(MESSAGE, secret, NOW), body_of(MESSAGE)
    said = hmac.new(secret, f"{NOW}.".encode() + body, hashlib.sha256).hexdigest()
    assert (headers[ID], headers[TIMESTAMP], headers[SIGNATURE]) == ("d-1", str(NOW), f"v1={said}")
    assert set(json.loads(body)) == {"id", "event", "occurred_at", "subject", "subject_id"}


@given(secret=st.binary(min_size=1, max_size=40), later=st.integers(-2 * TOLERANCE_S, 2 * TOLERANCE_S), data=st.data())
def test_a_receiver_takes_what_is_ours_and_fresh_and_nothing_else(
    secret: bytes, later: int, data: st.DataObject
) -> None:
    headers, body = signed_headers(MESSAGE, secret, NOW), body_of(MESSAGE)
    args = headers[TIMESTAMP], body, headers[SIGNATURE]
    assert genuine(secret, *args, NOW + later) == (abs(later) <= TOLERANCE_S)
    at = data.draw(st.integers(0, len(body) - 1))
    changed = body[:at] + bytes([body[at] ^ data.draw(st.integers(1, 255))]) + body[at + 1 :]
    assert not genuine(secret, args[0], changed, args[2], NOW)
    assert not genuine(secret + b"x", *args, NOW)
    assert not genuine(secret, str(NOW + 1), body, args[2], NOW)
    assert not genuine(secret, data.draw(st.text(max_size=8)), body, args[2], NOW)


def test_tries_become_rarer_and_end() -> None:
    delays = [delay_s(n) for n in range(1, MOST_ATTEMPTS + 1)]
    assert delays[:4] == [10, 20, 40, 80]
    assert delays[-1] is None
    kept = [one for one in delays if one is not None]
    assert kept == sorted(kept)
    assert 6 * 3600 < sum(kept) < 24 * 3600


INNER = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 192.0.2.1
198.18.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1
64:ff9b::a9fe:a9fe ::7f00:1 2001:db8::1 nowhere
"""


@pytest.mark.parametrize("address", [*INNER.split(), ""])
def test_addresses_of_the_inside_are_refused_in_every_spelling(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(InnerAddress):
        check_addresses(["93.184.216.34", address])


def test_public_addresses_may_be_reached() -> None:
    assert check_addresses(["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]) == "93.184.216.34"
    with pytest.raises(InnerAddress):
        check_addresses([])


@given(number=st.integers(0, 2**32 - 1))
def test_an_inner_address_stays_one_inside_another(number: int) -> None:
    plain = ipaddress.IPv4Address(number)
    mapped = ipaddress.IPv6Address(0xFFFF_0000_0000 + number)
    assert is_public(str(mapped)) <= is_public(str(plain))


NO_TARGETS = """
http://hooks.example.com/ ftp://hooks.example.com https:// https://u:p@hooks.example.com/ hooks https://localhost/x
https://db.internal/ https://redis:6379/ https://127.0.0.1/ https://[::1]/ https://hooks.example.com/#x
https://hooks.example.com:0/ https://hooks.example.com:99999/ https://höst.de/ https://2130706433/
https://hooks.example.com\\@10.0.0.1/
"""


@pytest.mark.parametrize("url", [*NO_TARGETS.split(), "https://hooks.example.com/\n", "https://x.example/" + "a" * 500])
def test_targets_that_are_none_are_refused(url: str) -> None:
    with pytest.raises(BadInput):
        check_url(url)


def test_a_plain_https_address_is_a_target() -> None:
    parts = check_url("https://hooks.example.com:8443/triview?tenant=1")
    assert (parts.hostname, parts.port) == ("hooks.example.com", 8443)
