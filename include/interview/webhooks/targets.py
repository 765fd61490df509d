"""Where a message may go: by https, to a host of the public internet, and nowhere inside."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from include.interview.errors import BadInput

MAX_URL_CHARS = 500
_REMEDY = "Give an https address of a public host, such as https://hooks.example.com/triview."


class InnerAddress(BadInput):
    """The target is an address that is not of the public internet."""

    code = "webhook_inner_address"


def check_url(url: str) -> SplitResult:
    """The parts of a target's address, if it may be one by what stands in it; `check_addresses` checks where it leads.

    Raises:
        BadInput: code "webhook_url": no https, no host, a login, a fragment, or too long.
        InnerAddress: the host is an address or a name of the inside.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadInput("The target's address cannot be read.", _REMEDY, code="webhook_url") from None
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    fits = parts.scheme == "https" and bool(parts.hostname) and len(url) <= MAX_URL_CHARS and port != 0
    if not plain or not fits or "@" in parts.netloc or parts.fragment:
        raise BadInput("The target is not a plain https address.", _REMEDY, code="webhook_url")
    host = (parts.hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".home.arpa")):
        raise _inner()
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        if "." not in host:
            raise _inner() from None
    else:
        check_addresses([str(literal)])
    return parts


def check_addresses(addresses: Iterable[str]) -> str:
    """The first of the addresses a target's name stands for, where all of them are of the public internet.

    Raises:
        InnerAddress: one is not, or there is none. BadInput: one is no address.
    """
    found = list(addresses)
    if not found or not all(is_public(one) for one in found):
        raise _inner()
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is of the public internet (IANA's special-purpose registries), and of one host.

    IPv4 inside IPv6, as 6to4, Teredo, NAT64 and mapped addresses hold it, counts as what is inside.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inside = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        if found in _NAT64 or found in _COMPATIBLE:
            inside.append(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF))
        if any(one is not None and not is_public(str(one)) for one in inside):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


def _inner() -> InnerAddress:
    return InnerAddress("The target is not on the public internet.", _REMEDY)
