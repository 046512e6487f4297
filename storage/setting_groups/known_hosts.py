"""The names under which a server is reached: no page elsewhere may act through a browser on this machine.

A page whose own name is made to resolve to a loopback address (DNS rebinding) sends that name as Host; one
that sends its requests straight here sends its Origin.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from storage.setting_groups.hosts import LOCALHOST

SETTING = "HOUSING_ALLOWED_HOSTS"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
"""They change nothing, and no page of another origin can read their answers."""


class KnownHosts:
    """The names of one server; with ``any_name``, every Host is its own.

    Examples
    --------
    >>> known = KnownHosts(["console.example.org"], any_name=False)
    >>> [known.has(host) for host in ("localhost:5000", "10.0.0.7:5000", "evil.example")]
    [True, True, False]
    >>> [known.trusts(page, "10.0.0.7:5") for page in ("http://10.0.0.7:5", "http://evil.example")]
    [True, False]
    """

    def __init__(self, names: Iterable[str], *, any_name: bool) -> None:
        self._names = {name.strip().lower() for name in names if name.strip()}
        self._any_name = any_name
        self.has = lru_cache(maxsize=64)(self._has)
        """Whether a header Host names this server; an address is no name that somebody can rebind."""

    def trusts(self, origin: str, host: str) -> bool:
        """Whether a page of an origin may act here: this server's own pages, and those of its names."""
        page = urlsplit(origin)
        own = page.netloc.lower() == host.lower() != ""
        return own or (page.hostname or "") in self._names

    def _has(self, host: str) -> bool:
        name = _name_in(host)
        if self._any_name or not name or name == LOCALHOST or name.endswith(f".{LOCALHOST}"):
            return True
        return name in self._names or _is_address(name)


def host_refusal(host: str) -> str:
    """Return the sentence for a Host that is no name of this server."""
    return f"{host[:100]} is no name of this server; if it is, put it into {SETTING} and start it again."


def origin_refusal(origin: str) -> str:
    """Return the sentence for a page that may not act here."""
    return (
        f"A page of {origin[:100]} may not change anything here; if it may, put the name in it into "
        f"{SETTING} and start this server again."
    )


def _name_in(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return host


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
