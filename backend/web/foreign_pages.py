"""Requests that a page elsewhere makes a browser send: under a foreign name, or of a foreign origin."""

from flask import Flask, request

from storage.errors import PermissionRefused, UnknownHost
from storage.setting_groups.known_hosts import (
    SAFE_METHODS,
    KnownHosts,
    host_refusal,
    origin_refusal,
)


def refuse_foreign_pages(app: Flask, known: KnownHosts) -> None:
    """Answer only what names this server, and let pages of other origins change nothing."""

    @app.before_request
    def check() -> None:
        host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
        if not known.has(host):
            raise UnknownHost(host_refusal(host))
        if request.method in SAFE_METHODS or origin is None or known.trusts(origin, host):
            return
        raise PermissionRefused(origin_refusal(origin))
