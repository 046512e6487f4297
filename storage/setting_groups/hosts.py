"""Hosts of servers: what their names resolve to, who can connect, and how a URL names them."""

import os
import socket
from contextlib import closing
from ipaddress import IPv6Address, ip_address
from typing import Any

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared, not bound
"""Addresses that mean every network of the machine, and where this machine reaches such a server."""
LOCALHOST = "localhost"


def is_this_machine(host: str) -> bool:
    """Whether a host is written as a loopback address or ``localhost``; no name is looked up."""
    if host.lower().rstrip(".") == LOCALHOST:
        return True
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def is_only_loopback(host: str) -> bool:
    """Whether a server on this host is out of other machines' reach: all its addresses are loopback ones.

    A name that does not resolve might resolve to anything later, so it is not.
    """
    try:
        addresses = _resolve(host, 0)
    except OSError:
        return False
    return all(is_this_machine(str(address[0])) for _, address in addresses)


def url_of(host: str, port: int) -> str:
    """Return the address at which this machine reaches a server on ``host``."""
    reached = WILDCARDS.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def listen(host: str, port: int, variable: str, backlog: int = 1) -> socket.socket:
    """Return a socket that listens on the first address of a host; on ``::``, also for IPv4.

    If that is not possible, this ends the process with one sentence. ``variable`` is the setting of the port;
    that of the host has the same name but for its end.
    """
    named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        family, address = _resolve(host, port)[0]
    except OSError as error:
        raise SystemExit(
            f"The host name {host} cannot be resolved ({error.strerror}); set "
            f"{variable.removesuffix('PORT')}HOST to an address of this machine, such as 127.0.0.1."
        ) from error
    try:
        return socket.create_server(
            address,
            family=family,
            backlog=backlog,
            dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        raise SystemExit(
            f"{named} is not available ({os.strerror(error.errno or 0)}); stop the program that uses it, or "
            f"set {variable} or {variable.removesuffix('PORT')}HOST."
        ) from error


def refuse_taken(host: str, port: int, variable: str) -> None:
    """End the process with one sentence if no server can listen there; see ``listen``."""
    with closing(listen(host, port, variable)):
        pass


def _resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, Any]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # an empty or overlong part of the name
        raise OSError(0, "not a host name") from error
    # IPv4 first: who is told 127.0.0.1 then also finds a server on localhost.
    found.sort(key=lambda each: each[0] != socket.AF_INET)
    return [(family, address) for family, _, _, _, address in found]
