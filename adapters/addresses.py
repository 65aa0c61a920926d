"""Which addresses a URL that a person entered may lead to: the guard against server-side request forgery.

Source: security.md section 6 (OWASP ASVS 5.0: 1.3.6, 13.2.4, 15.3.2)."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from adapters.errors import NotSent
from documents import N_, Message, say

Resolver = Callable[[str, int], list[str]]
"""Every IP address of a host, as text; raises OSError when there is none."""

PORTS = {"http": 80, "https": 443}

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:(?P<port>\d{1,5}))?")
_ENDS_IN_A_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)$")
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\U0010ffff\\#]")

_PRIVATE = [ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")]
_LOOPBACK = [ip_network(n) for n in ("127.0.0.0/8", "::1/128")]
_NEVER = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # 'this host'
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "168.63.129.16/32",  # Azure's host
        "100.100.100.200/32",  # Alibaba's metadata
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4: holds any IPv4 address
        "3fff::/20",
        "fd00:ec2::/32",  # AWS's metadata
    )
]
_IPV6_INTERNET = ip_network("2000::/3")
"""All else of IPv6 is loopback, link-local, mapped, NAT64 or otherwise not the Internet; fc00::/7 is private."""


class AddressRefused(NotSent):
    """The URL leads, or might lead, where we do not go. No byte was sent."""

    next_step = N_("Enter the https address of the system, or ask whoever runs Tillbridge to list its host.")
    permanent = True


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads: lower case, default port filled in."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """host:port, as lists of the operator name it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver, once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True)
class AddressRule:
    """https to public addresses; `listed` hosts (host or host:port, named by the operator) may be private or http.

    `practice` names exactly the host:port pairs that this installation started: only they may be loopback.
    `never` are host:port or ip:port pairs of our own database and Redis, refused always."""

    listed: frozenset[str] = frozenset()
    practice: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    resolver: Resolver = field(default=resolve, repr=False)

    def __post_init__(self) -> None:
        for name in ("listed", "practice", "never"):
            object.__setattr__(self, name, frozenset(entry.strip().lower() for entry in getattr(self, name)))

    def target(self, url: str) -> Target:
        """Where the URL leads, judged by its text alone. Raises AddressRefused."""
        target = _parse(url)
        if target.authority in self.never:
            raise _refuse(N_("{host} is a server of Tillbridge itself."), target.authority)
        if target.scheme != "https" and not self._is_known(target):
            raise _refuse(N_("{host} must be asked by https."), target.authority)
        return target

    def addresses(self, target: Target) -> list[str]:
        """Every address of the host, each of them allowed; OSError when the name does not resolve."""
        found = self.resolver(target.host, target.port)
        if not found:
            raise OSError(f"no address for {target.host}")
        for text in found:
            self._check(target, text)
        return found

    def _check(self, target: Target, text: str) -> None:
        try:
            address = ip_address(text)
        except ValueError:
            raise _refuse(N_("{host} has an address that cannot be read."), target.host) from None
        if not self._allows(target, address) or f"{address}:{target.port}" in self.never:
            raise _refuse(
                N_("{host} leads to an address inside a network that Tillbridge does not go to."), target.host
            )

    def _allows(self, target: Target, address: IPv4Address | IPv6Address) -> bool:
        if target.authority in self.practice and (_is_in(address, _LOOPBACK) or _is_in(address, _PRIVATE)):
            return True
        if _is_in(address, _NEVER):
            return False
        if _is_in(address, _PRIVATE):
            return self._is_listed(target)
        return isinstance(address, IPv4Address) or address in _IPV6_INTERNET

    def _is_known(self, target: Target) -> bool:
        return target.authority in self.practice or self._is_listed(target)

    def _is_listed(self, target: Target) -> bool:
        return target.host in self.listed or target.authority in self.listed


def _parse(url: str) -> Target:
    """Read scheme, host and port by a stricter grammar than any library's, so that no two readers can disagree."""
    if _UNSAFE.search(url):
        raise _refuse(N_("The address {host} has characters that an address cannot have."), _shown(url))
    scheme, separator, rest = url.partition("://")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    if "@" in authority or "%" in authority:
        raise _refuse(N_("The address must not hold a user name, a password or a percent sign."), "")
    read = _AUTHORITY.fullmatch(authority.lower())
    if not separator or scheme.lower() not in PORTS or not read:
        raise _refuse(N_("{host} is no https address."), _shown(url))
    target = Target(scheme.lower(), _host(read["host"]), int(read["port"] or PORTS[scheme.lower()]))
    if not 0 < target.port < 65536:
        raise _refuse(N_("{host} has no usable port."), target.host)
    return target


def _host(host: str) -> str:
    """A name of plain labels, or an address in its one canonical form; decimal, octal, hex, short forms are refused."""
    if host.startswith("[") or _ENDS_IN_A_NUMBER.search(host):
        return _canonical(host.strip("[]"))
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise _refuse(N_("{host} is no name of a host."), _shown(host))
    return host


def _canonical(host: str) -> str:
    try:
        address = str(ip_address(host))
    except ValueError:
        address = ""
    if address != host:
        raise _refuse(N_("{host} is no address that can be read in one way only."), _shown(host))
    return address


def _is_in(address: IPv4Address | IPv6Address, networks: list[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _shown(text: str) -> str:
    """A piece of a bad URL that is safe to show: no query, no user name, not long, printable."""
    plain = text.partition("?")[0].rpartition("@")[2]
    return "".join(c if c.isprintable() else "?" for c in plain[:60])


def _refuse(template: str, host: str) -> AddressRefused:
    message: Message = say(template, host=host)
    return AddressRefused(message, cause=f"address refused: {message}")
