"""Networks of attempts: an IPv6 customer is one, however many addresses they use; proxies by address and by network."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.security.networks import forwarded_address, network_of, parse_networks, within

pytestmark = pytest.mark.unit


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_all_addresses_of_a_64_count_as_one(site: int, one: int, other: int) -> None:
    first, second = (ipaddress.IPv6Address((site << 64) | host) for host in (one, other))
    if first.ipv4_mapped is None and second.ipv4_mapped is None:
        assert network_of(str(first)) == network_of(str(second))
        elsewhere = ipaddress.IPv6Address(((site ^ 1) << 64) | one)
        if elsewhere.ipv4_mapped is None:
            assert network_of(str(elsewhere)) != network_of(str(first))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_counts_alone_however_it_is_written(address: ipaddress.IPv4Address) -> None:
    assert network_of(str(address)) == network_of(f"::ffff:{address}") == str(address)


@given(st.text(max_size=50))
def test_whatever_is_no_address_stays_as_it_is(text: str) -> None:
    assert isinstance(network_of(text), str)
    assert isinstance(forwarded_address(text), str)


def test_proxies_are_named_by_address_or_network() -> None:
    proxies = parse_networks(["10.0.0.7", "172.16.0.0/12", "fd00::/8"])
    assert [within(one, proxies) for one in ("10.0.0.7", "172.20.3.4", "fd12::1", "::ffff:10.0.0.7")] == [True] * 4
    assert [within(one, proxies) for one in ("10.0.0.8", "192.0.2.1", "2001:db8::1", "unix", "")] == [False] * 5
    with pytest.raises(ValueError, match="traefik"):
        parse_networks(["traefik"])


@pytest.mark.parametrize(
    ("written", "address"),
    [("192.0.2.1", "192.0.2.1"), ("192.0.2.1:4711", "192.0.2.1"), ("[2001:db8::1]:443", "2001:db8::1"),
     ("2001:db8::1", "2001:db8::1"), (" unknown ", "unknown")],
)  # fmt: skip
def test_a_forwarded_entry_may_have_a_port(written: str, address: str) -> None:
    assert forwarded_address(written) == address
