"""Addresses of SQLite databases: each must name a file."""

BEGINNING = "sqlite"
NOT_A_FILE = ("", ":memory:", "file:")
"""With these, each process would have a database of its own, and lose it at its end."""


def refuse_no_file(url: str) -> None:
    """Refuse an SQLAlchemy address of SQLite that names no file, or not the one it seems to name.

    Raises
    ------
    ValueError
        With what it must be; the address is not repeated.

    Examples
    --------
    >>> refuse_no_file("sqlite:////data/records.db")
    >>> refuse_no_file("sqlite:///:memory:")
    Traceback (most recent call last):
    ValueError: must name a file, as in sqlite:////data/records.db: no other process would find another
    """
    scheme, _, rest = url.partition("://")
    if not scheme.startswith(BEGINNING):
        return
    path, options = rest.removeprefix("/"), "?" in rest
    if not rest.startswith("/") or path in NOT_A_FILE or path.startswith(NOT_A_FILE[1:]):
        raise ValueError(
            "must name a file, as in sqlite:////data/records.db: no other process would find another"
        )
    if path.startswith("~"):
        raise ValueError("must have the whole path: nothing replaces the ~ in an address")
    if options:
        raise ValueError("must end with the file: options after ? are not used")
