"""Which hosts a request may go to: names first, then the addresses they turn out to have.

A base URL is typed by a person, so it could point a signed request at this machine, at the
network around it or at a cloud's metadata address (ASVS 1.3.6, 13.2.4, 13.2.5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# IPv6 ranges whose addresses carry an IPv4 address that a gateway would connect to.
_CARRIERS = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE | re.ASCII)


def is_global(address: Address) -> bool:
    """Whether `address` is a single host on the open internet and nothing special."""
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in net for net in _CARRIERS if net.version == address.version)


@dataclass(frozen=True)
class HostPolicy:
    """Where an account's requests may go.

    `hosts`: the provider's own hosts and those a superuser allowed. `allow_local`: also addresses
    of this machine and its network, by http as well (the practice sandbox and tests).
    """

    hosts: tuple[str, ...]
    allow_local: bool = False

    def refusal(self, scheme: str, host: str, port: int | None, userinfo: str = "") -> str:
        """Return why a URL with these parts is refused, for people; "" when it may be tried."""
        if userinfo:
            return "The base URL holds a name or password before the @. Take it out."
        if scheme not in ("http", "https") or not host:
            return "The base URL is no web address. It starts with https://."
        if is_odd_number(host):
            return f"{host} is a number in disguise, not a host. Write the host's name."
        if self.lists(host):
            plain = scheme != "https" or port not in (None, 443)
            return f"{host} is reached by https on port 443 only." if plain else ""
        if self.allow_local:
            return ""  # the address decides, at connect
        return f"{host} is not a host of this provider. A superuser can allow it."

    def lists(self, host: str) -> bool:
        """Whether `host` is named in the list."""
        return host.casefold().rstrip(".") in {name.casefold() for name in self.hosts}

    def admits(self, host: str, address: Address) -> bool:
        """Whether a connection to `address`, one of those that `host` has, may be opened."""
        return self.lists(host) if is_global(address) else self.allow_local


def is_odd_number(host: str) -> bool:
    """Whether `host` is an IPv4 address in decimal, octal, hexadecimal or short form."""
    if not _NUMERIC.fullmatch(host.rstrip(".").rsplit(".", 1)[-1]):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False
