"""Networks by which attempts are counted, and lists of trusted proxies."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

IPV6_PREFIX = 64
"""Bits of an IPv6 address that name a site: everything behind them is one customer's to choose (RFC 6177)."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def network_of(address: str) -> str:
    """The network whose attempts count together: the /64 of an IPv6 address, an IPv4 address itself.

    An IPv4 address written as IPv6 ("::ffff:192.0.2.1") is the IPv4 address; a zone ("fe80::1%eth0") is left out.
    What is no address, such as the name of a socket, stays as it is.
    """
    found = _address(address)
    if found is None:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(found), IPV6_PREFIX), strict=False))
    return str(found)


def parse_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks in CIDR notation ("10.0.0.7", "10.1.0.0/16", "fd00::/8") as networks.

    Raises:
        ValueError: one of them is neither; the message names it.
    """
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            raise ValueError(f"{text!r} is neither an IP address nor a network such as 10.1.0.0/16.") from None
    return tuple(found)


def within(address: str, networks: Sequence[Network]) -> bool:
    """True when `address` lies in one of `networks`; what is no address lies in none."""
    found = _address(address)
    return found is not None and any(found.version == one.version and found in one for one in networks)


def forwarded_address(text: str) -> str:
    """The address of one entry of X-Forwarded-For, without the port and brackets that some proxies write."""
    text = text.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    host, colon, port = text.rpartition(":")
    return host if colon and port.isdigit() and host.count(".") == 3 else text


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found
