"""Who asks, for as long as it takes to count how often: never written down."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request


def reader(request: Request) -> str:
    """An address, or the network of an IPv6 one, which is one household."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)
