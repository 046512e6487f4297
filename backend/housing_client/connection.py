"""How both clients reach the service."""

from typing import Any

from .version import VERSION


def opened(url: str, key: str | None, timeout_seconds: float) -> dict[str, Any]:
    """Return what a client of httpx is made with."""
    known = {"Authorization": f"Bearer {key}"} if key else {}
    return {
        "base_url": url.rstrip("/"),
        "headers": {"User-Agent": f"housing-client/{VERSION}", **known},
        "timeout": timeout_seconds,
    }
