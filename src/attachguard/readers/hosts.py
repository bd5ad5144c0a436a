"""Whether a host can be reached from outside of the recipient's own network.

A name without a dot is looked up in the local domain only; some suffixes are reserved for private networks or will never be delegated; some
ranges of addresses are routed nowhere. Windows takes an address in every spelling of inet_aton (one number, octal, hexadecimal) and IPv6 as
`…ipv6-literal.net`.

References: RFC 6762 (.local), RFC 8375 (.home.arpa), RFC 6762 appendix G and ICANN's resolution 2018.02.04.12 (.corp, .home, .mail), ICANN's
resolution 2024.07.29.06 (.internal), RFC 1918, RFC 3927, RFC 4193, RFC 6598; [MS-DTYP] 2.2.57 (UNC).

Why our own: `ipaddress` refuses half of the spellings that browsers and Windows take for an address.
"""

from __future__ import annotations

import socket
import struct
from typing import Final

from attachguard.later import later

#: Last labels of names that no public resolver knows: reserved ones, and the habits of offices.
_PRIVATE_SUFFIXES: Final = frozenset(
    {
        "local", "lan", "internal", "intranet", "intern", "intra", "corp", "home", "private", "privat", "priv", "localdomain", "localhost",
        "localnet", "loc", "lokal", "domain", "workgroup",
    }
)  # fmt: skip
#: Blocks of addresses that are not routed: network and prefix length.
_PRIVATE_NETWORKS: Final = tuple(
    (int.from_bytes(socket.inet_aton(network)), 32 - length)
    for network, length in (
        ("0.0.0.0", 8),  # noqa: S104 (a block of addresses, nothing is bound)
        ("10.0.0.0", 8),
        ("100.64.0.0", 10),
        ("127.0.0.0", 8),
        ("169.254.0.0", 16),
        ("172.16.0.0", 12),
        ("192.168.0.0", 16),
    )
)
_NUMBER: Final = later(r"(?:0[xX][0-9a-fA-F]{1,8}|[0-9]{1,11})(?:\.(?:0[xX][0-9a-fA-F]{1,8}|[0-9]{1,11})){0,3}")
#: What IDNA takes for a full stop (UTS 46 §2.3).
_STOPS: Final = str.maketrans("\u3002\uff0e\uff61", "...")
#: How UNC paths write IPv6 addresses.
_IPV6_NAME: Final = ".ipv6-literal.net"


def is_own(host: str) -> bool:
    """Whether a host can only be one of the recipient's own network; also true for this computer and for no host at all.

    Args:
        host: a name or address, without port and user.
    """
    name = host.strip().translate(_STOPS).lower().rstrip(".")
    if not name:
        return True
    if name.startswith("["):
        return _is_own_ipv6(name[1:].partition("]")[0])
    if name.endswith(_IPV6_NAME):
        return _is_own_ipv6(name.removesuffix(_IPV6_NAME).replace("-", ":"))
    if name.count(":") > 1:
        return _is_own_ipv6(name)
    if _NUMBER.fullmatch(name):
        return _is_own_ipv4(name)
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        return True
    return suffix in _PRIVATE_SUFFIXES or (suffix == "arpa" and (stem == "home" or stem.endswith(".home")))


def _is_own_ipv4(text: str) -> bool:
    try:
        address = int.from_bytes(socket.inet_aton(text))
    except OSError:
        # Numbers that are no address are no name of a public host either; nobody can say what a resolver makes of them.
        return False
    return any(address >> shift == network >> shift for network, shift in _PRIVATE_NETWORKS)


def _is_own_ipv6(text: str) -> bool:
    try:
        address = socket.inet_pton(socket.AF_INET6, text.partition("%")[0].partition("s")[0])
    except (OSError, ValueError):
        return False
    if address[:12] == bytes(10) + b"\xff\xff":  # IPv4 in IPv6
        return _is_own_ipv4(socket.inet_ntoa(address[12:]))
    (first,) = struct.unpack_from(">H", address)
    return first & 0xFE00 == 0xFC00 or first & 0xFFC0 == 0xFE80 or (address[:15] == bytes(15) and address[15] <= 1)
