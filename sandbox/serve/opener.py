"""Who opens a live world, as far as a server can tell: a browser that it knows again, and the network that it comes from."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opener:
    """A browser, and its network; '' where that is not known.  `room`: the code of the room in which it was given a world, or ''."""

    browser: str = ""
    network: str = ""
    room: str = ""

    @classmethod
    def of(cls, cookie: str, address: str) -> Opener:
        """By the cookie, of which only a hash is kept, and the address that the connection comes from."""
        return cls(hashlib.sha256(cookie.encode()).hexdigest() if cookie else "", network_of(address))


NOBODY = Opener()


def network_of(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the 2^64 IPv6 addresses of one link."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((int(ip), 64), strict=False))
