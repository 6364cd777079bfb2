"""Who may see the page: people on this machine, for it asks for no token."""

from __future__ import annotations

import ipaddress
import re

from reconciler.sandbox.protocol.messages import Request

PATH = "/"
OWN = (PATH, "/favicon.ico")
"""What a browser asks for when it shows the page."""

# NOTE: a page of an attacker may give its own name the address 127.0.0.1 and then read what is served there
# (DNS rebinding), but the browser still sends that name as Host.
_HOST = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)


def asked_for(request: Request) -> bool:
    """Whether this is a request for the page by someone who may see it."""
    return (
        request.path == PATH
        and request.method in ("GET", "HEAD")
        and _is_here(request.peer)
        and _HOST.fullmatch(request.headers.get("host", "")) is not None
    )


def _is_here(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:  # no address: a request without a socket
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
