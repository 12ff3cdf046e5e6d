"""Where a notice may be posted to: it must not be a way in.

An address that is not of the public internet is not called unless the operator says that it may be,
and what is called is the address that was looked at.
"""

import asyncio
import ipaddress
import socket
from typing import Final, TypeAlias

import httpx2

from services.notifier.adapters.ways import NotDelivered

PORTS: Final = {"https": 443, "http": 80}
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(it)
    for it in (
        "64:ff9b:1::/48",  # a network's own translation to IPv4: RFC 8215
        "fec0::/10",  # a site's own, as it was written once: RFC 3879
        "::/96",  # IPv4, as it was written once: RFC 4291
        "::ffff:0:0:0/96",  # IPv4, translated: RFC 2765
        "192.0.0.0/24",  # for protocols: RFC 6890
    )
)
"""What passes for public by what the standard library knows."""

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


async def resolved(url: httpx2.URL, *, private: bool) -> list[str]:
    """Return the addresses to connect to. All addresses of the name have to be of the public
    internet; or, where that is allowed, of this machine or a private network. Raises NotDelivered.
    """
    port = url.port or PORTS[url.scheme]
    found = await asyncio.get_running_loop().getaddrinfo(name(url), port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(each[4][0]) for each in found]
    if not all(_may_be_called(_plain(it), url, private=private) for it in addresses):
        raise NotDelivered("forbidden_address")
    return [*dict.fromkeys(map(str, addresses))]


def name(url: httpx2.URL) -> str:
    """Return the host as the network knows it."""
    return url.raw_host.decode("ascii")


def _may_be_called(address: Address, url: httpx2.URL, *, private: bool) -> bool:
    if address.is_multicast or address.is_unspecified:
        return False
    if address.is_global and not any(address in network for network in NOT_PUBLIC):
        return url.scheme == "https"
    return private


def _plain(address: Address) -> Address:
    """IPv6 has ways of writing IPv4 addresses; what counts is the address that is meant."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return ipaddress.IPv4Address(address.packed[-4:])
        return address.ipv4_mapped or address.sixtofour or address
    return address
