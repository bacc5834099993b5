"""The network guard: which addresses a fetch may connect to, decided at the moment it connects.

A recording's address comes from outside, and so do the redirects, pages and playlists behind it. None of them may lead
a fetch to this machine or into its network. So names are resolved here, what they resolve to is checked, and the very
address that was checked is connected to: a name that answers differently a second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from onrecord.errors import BlockedAddressError

# The IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its updates), as far as they are not the open internet.
_IPV4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_IPV6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def inner_range(address: IPv4Address | IPv6Address) -> str | None:
    """The name of the range that makes an address one that is not fetched from; None on the open internet."""
    if isinstance(address, IPv4Address):
        return next((name for network, name in _IPV4 if address in network), None)
    bare = IPv6Address(int(address))  # without the zone of fe80::1%eth0
    found = next((name for network, name in _IPV6 if bare in network), None)
    return found or (None if bare in _GLOBAL_UNICAST else "reserved")


def _split(entry: str) -> tuple[str, int | None]:
    """`host`, `host:port`, `[v6]` or `[v6]:port` as a plain host and a port."""
    text = entry.strip().lower()
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or (":" in host and not host.endswith("]")):
        host, port = text, ""
    return _plain(host), int(port) if port else None


def _plain(host: str) -> str:
    """A host as it is compared: small letters, a name in other letters as it stands in the network (RFC 5891)."""
    bare = host.strip("[]").rstrip(".").lower()
    try:
        return bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare


@dataclass(frozen=True)
class Guard:
    """Decides where a fetch may connect to. `allow` is the setting `fetch.allow-hosts`: host, or host:port."""

    allow: tuple[str, ...] = ()

    def allows(self, host: str, port: int) -> bool:
        """Whether the settings name this host, or this host with this port."""
        return any(_plain(host) == name and given in (None, port) for name, given in map(_split, self.allow))

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be connected to, as numbers.

        Raises `BlockedAddressError` when all of them lead inside, `socket.gaierror` when the name is not known.
        """
        host = host.strip("[]")
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        if self.allows(host, port):
            return found
        inner: list[tuple[str, str]] = []
        outer: list[str] = []
        for number in found:
            name = inner_range(ipaddress.ip_address(number))
            if name is None or self.allows(number, port):
                outer.append(number)
            else:
                inner.append((number, name))
        if not outer:
            number, name = inner[0]
            where = f"'{host}'" if _plain(host) == _plain(number) else f"'{host}' leads to {number}, which"
            shown = f"[{host}]" if ":" in host else host
            raise BlockedAddressError(
                f"{where} is not on the open internet ({name} addresses are not fetched from).",
                permanent=True,
                advice=f'If it is a server of your own, name it in onrecord.toml: [fetch] allow-hosts = ["{shown}:{port}"].',
            )
        return outer

    def connect(self, host: str, port: int, timeout: float | None, local: str | None = None) -> socket.socket:
        """A connection to `host`, made to one of the addresses that were checked.

        Raises as `addresses` does, and `OSError` when nobody answers.
        """
        source = None if local is None else (local, 0)
        deadline = None if timeout is None else time.monotonic() + timeout
        addresses: Sequence[str] = self.addresses(host, port)
        for number in addresses:
            left = None if deadline is None else max(0.1, deadline - time.monotonic())
            try:
                # A number is not looked up again: this is the address that was checked.
                return socket.create_connection((number, port), left, source)
            except OSError as error:
                failure = error
        raise failure
