"""A server listens where its host setting says, or one sentence says why not."""

import socket
from contextlib import closing

import pytest

from storage.setting_groups.hosts import is_this_machine, listen, refuse_taken, url_of

VARIABLE = "HOUSING_BACKEND_PORT"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "0.0.0.0", "::"])  # noqa: S104
def test_this_machine_reaches_the_server_at_its_url(host: str, free_port: int) -> None:
    refuse_taken(host, free_port, VARIABLE)
    with closing(listen(host, free_port, VARIABLE)) as listener:
        reached = url_of(host, free_port).removeprefix("http://").rpartition(":")[0].strip("[]")
        with socket.create_connection((reached, free_port), timeout=5):
            listener.accept()[0].close()
        with pytest.raises(SystemExit) as stopped:
            refuse_taken(host, free_port, VARIABLE)
    named = f"[{host}]" if ":" in host else host
    assert str(stopped.value) == (
        f"{named}:{free_port} is not available (Address already in use); stop the program that uses it, or "
        "set HOUSING_BACKEND_PORT or HOUSING_BACKEND_HOST."
    )


def test_localhost_is_found_at_the_usual_address(
    free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [(socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")]  # as most machines answer
    resolved = [(family, 1, 6, "", (address, free_port)) for family, address in both]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: list(resolved))
    with closing(listen("localhost", free_port, VARIABLE)) as listener:
        assert listener.getsockname() == ("127.0.0.1", free_port)


def test_all_networks_are_those_of_both_kinds(free_port: int) -> None:
    with (
        closing(listen("::", free_port, VARIABLE)),
        socket.create_connection(("127.0.0.1", free_port), timeout=5),
    ):
        pass


@pytest.mark.parametrize("host", ["no.such.host.invalid", "127.0.0.1:5000", "a..b", "x" * 70])
def test_a_host_that_is_none_is_one_sentence(host: str, free_port: int) -> None:
    with pytest.raises(SystemExit, match=r"^The host name .* cannot be resolved \(") as stopped:
        refuse_taken(host, free_port, VARIABLE)
    assert "HOUSING_BACKEND_HOST" in str(stopped.value)


def test_a_host_of_another_machine_is_one_sentence(free_port: int) -> None:
    with pytest.raises(SystemExit, match="Cannot assign requested address"):
        refuse_taken("192.0.2.7", free_port, VARIABLE)


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [("LOCALHOST", True), ("[::1]", True), ("127.8.8.8", True), ("192.0.2.7", False), ("", False)],
)
def test_a_client_knows_this_machine_by_its_spelling(host: str, is_ours: bool) -> None:
    assert is_this_machine(host) is is_ours
