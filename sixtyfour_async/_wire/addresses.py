"""Hosts of URLs: which of them lead to this machine or a private network, however they are written.

Source: the IANA special-purpose address registries, as `ipaddress` knows them; RFC 6052 (NAT64), RFC 3056 (6to4),
RFC 4380 (Teredo), RFC 4291 (IPv4 inside IPv6); POSIX ``inet_aton`` for ``0x7f.1``, ``017700000001`` and ``2130706433``.
"""

from __future__ import annotations

import unicodedata
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_MAX_PARTS = 4


def address_of(host: str) -> Address | None:
    """Return the address that a host of a URL spells, in any form that a resolver takes for one; None for a name."""
    text = unicodedata.normalize("NFKC", host).strip("[]").rstrip(".").partition("%")[0]
    try:
        return ip_address(text)
    except ValueError:
        return _legacy_ipv4(text)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine by its spelling; a name that resolves to it is not recognised."""
    address = address_of(host)
    if address is None:
        name = host.rstrip(".").lower()
        return name == "localhost" or name.endswith(".localhost")
    return any(one.is_loopback for one in (address, *_embedded(address)))


def is_public(address: Address) -> bool:
    """Return whether an address belongs to the public internet, as does every IPv4 address inside it."""
    return all(one.is_global and not one.is_multicast for one in (address, *_embedded(address)))


def _embedded(address: Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address leads to on the way."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    low = IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        found.append(low)
    return [one for one in found if one is not None]


def _legacy_ipv4(text: str) -> IPv4Address | None:
    """Read the forms of ``inet_aton``: one to four numbers, decimal, octal or hexadecimal; the last fills the rest."""
    numbers = [_number(part) for part in text.split(".")]
    *leading, last = numbers
    if len(numbers) > _MAX_PARTS or any(number is None for number in numbers):
        return None
    value = 0
    for number in leading:
        value = value * 256 + (number or 0)
        if (number or 0) > 255:  # noqa: PLR2004 (a byte)
            return None
    room = 256 ** (_MAX_PARTS - len(leading))
    return IPv4Address(value * room + (last or 0)) if (last or 0) < room else None


def _number(text: str) -> int | None:
    base = 16 if text[:2].lower() == "0x" else 8 if len(text) > 1 and text[0] == "0" else 10
    digits = text[2:] if base == 16 else text  # noqa: PLR2004 (hexadecimal)
    if not digits.isascii() or not digits.isalnum():
        return None
    try:
        return int(digits, base)
    except ValueError:
        return None


def link_problem(scheme: str, host: str, *, api_scheme: str, api_host: str) -> str | None:
    """Return why a signed link must not be followed, or None when its spelling does not tell.

    A link is data of the service, and what it leads to ends up in the output. So it may lead to the public internet by
    https, and to where the API itself is. An API on this machine, a simulator, may link to this machine; one that is
    reached without TLS, on a private network, may link without TLS.
    """
    same_host = _plain(host) == _plain(api_host)
    here = is_loopback(api_host)
    if scheme != "https" and not (same_host or (is_loopback(host) if here else api_scheme == "http")):
        return "is not https"
    return None if same_host else host_problem(host, api_host=api_host)


def host_problem(host: str, *, api_host: str) -> str | None:
    """Return why a link must not lead to a host or to an address that its name resolves to; None when it may."""
    if is_loopback(host):
        return None if is_loopback(api_host) else "leads to this machine"
    address = address_of(host)
    return None if address is None or is_public(address) else "leads to a private address"


def _plain(host: str) -> str:
    return host.rstrip(".").lower()
