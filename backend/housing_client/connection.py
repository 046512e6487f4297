"""How both clients reach the service."""

from ipaddress import ip_address
from typing import Any

import httpx

from .version import VERSION


def opened(url: str, key: str | None, timeout_seconds: float) -> dict[str, Any]:
    """Return what a client of httpx is made with."""
    known = {"Authorization": f"Bearer {key}"} if key else {}
    return {
        "base_url": url.rstrip("/"),
        "headers": {"User-Agent": f"housing-client/{VERSION}", **known},
        "timeout": timeout_seconds,
        # A proxy in the environment is for other machines.
        "trust_env": not _is_this_machine(httpx.URL(url).host),
    }


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
