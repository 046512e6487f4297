"""A database that cannot be used: one sentence with the remedy, no password in it, nothing changed."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from storage.database.connection import Database
from storage.database.remedies import is_known, newest_revision
from storage.errors import DatabaseUnavailable
from storage.schema.tables import logs, predictions
from storage.setting_groups.records import DatabaseSettings
from tests.storage.damage import DAMAGES, whole

PASSWORD = "very-secret"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "whole.db"
    whole(path)
    return path


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("writable", [False, True])
def test_a_damaged_file_is_named_with_the_remedy(
    damage: str, good: Path, tmp_path: Path, writable: bool
) -> None:
    path = tmp_path / "damaged.db"
    shutil.copy(good, path)
    DAMAGES[damage](path)
    before = path.read_bytes() if path.is_file() else None
    with closing(Database(f"sqlite:///{path}", writable=writable)) as database:
        with pytest.raises(DatabaseUnavailable) as told:
            _use(database, writable)
        assert str(path) in str(told.value)
        assert "move it away" in str(told.value)
        assert "\n" not in str(told.value)
        if before is None:
            path.rmdir()
        elif not writable:
            assert path.read_bytes() == before
        database.close()
        for left in tmp_path.glob("damaged.db*"):
            left.unlink()
        shutil.copy(good, path)
        _use(database, writable)  # goes on by itself


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with closing(Database(f"sqlite:///{path}")) as reader:
        with pytest.raises(DatabaseUnavailable, match="check that the log-writer runs"):
            _use(reader, writable=False)
        with closing(Database(f"sqlite:///{path}", writable=True)) as writer:
            writer.migrate_if_needed()
        _use(reader, writable=False)


def test_a_newer_database_is_one_sentence_and_stays_as_it_is(
    writable: Database, database_url: str
) -> None:
    with writable.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")
    writable.close()
    for may_write in (False, True):
        with closing(Database(database_url, writable=may_write)) as database:
            before = _content(database)
            for attempt in (database.size_bytes, database.migrate_if_needed):
                with pytest.raises(DatabaseUnavailable, match=r"newer schema \(9001\).*0018"):
                    attempt()
            assert _content(database) == before


def test_the_names_of_the_migrations_say_their_revisions(writable: Database) -> None:
    with writable.transaction() as connection:
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    assert found == newest_revision()
    assert is_known("0001")
    assert not is_known("9001")


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"host": "127.0.0.1", "port": 1}, "check that the server of .* runs"),
        ({"database": "missing"}, r'database "missing" does not exist.*create it'),
        ({"username": "nobody"}, r'role "nobody" does not exist.*create it'),
        ({"username": "guest"}, "permission denied.*this right"),
    ],
)
def test_postgresql_that_cannot_be_used(
    postgresql: str, change: dict[str, str | int], remedy: str
) -> None:
    server = sa.make_url(postgresql)
    with closing(Database(postgresql, writable=True)) as admin, admin.transaction() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS guest")
        connection.exec_driver_sql("CREATE ROLE guest LOGIN")
    url = server.set(password=PASSWORD).set(**change)  # type: ignore[arg-type] # names of its parts
    if "port" in change:
        url = url.set(query={})
    with closing(Database(url.render_as_string(hide_password=False), writable=True)) as database:
        with pytest.raises(DatabaseUnavailable, match=remedy) as told:
            database.migrate_if_needed()
        assert PASSWORD not in str(told.value)
        assert "\n" not in str(told.value)


def test_a_wrong_password_is_said_without_it() -> None:
    """The server of the tests trusts everyone; the words are PostgreSQL's own."""
    from storage.database.remedies import sentence

    url = sa.make_url(f"postgresql://service:{PASSWORD}@db.example:5432/records?password=too")
    error = Exception(
        'connection failed: connection to server at "10.0.0.9", port 5432 failed: FATAL:  password '
        'authentication failed for user "service"\nconnection to server failed again'
    )
    told = sentence(error, url)
    assert told.startswith(
        'The log database is not available (password authentication failed for user "service"); '
        "correct user and password in HOUSING_DATABASE_URL (postgresql://service:***@db.example:5432/records)"
    )


def test_the_name_that_providers_print_is_understood(postgresql: str) -> None:
    address = postgresql.replace("postgresql://", "postgres://")
    assert DatabaseSettings(url=address).url == address
    with closing(Database(address)) as database:
        assert database.dialect == "postgresql"
        assert database.size_bytes() > 0


@pytest.mark.parametrize(
    "url", [f"mysql://user:{PASSWORD}@host/x", PASSWORD, f"postgresql://u:{PASSWORD}@host:port/x"]
)
def test_other_addresses_are_refused_with_the_settings(url: str) -> None:
    with pytest.raises(ValidationError, match="must") as told:
        DatabaseSettings(url=url)
    messages = [problem["msg"] for problem in told.value.errors(include_input=False)]
    assert PASSWORD not in str(messages)


def _use(database: Database, writable: bool) -> None:
    if writable:
        database.migrate_if_needed()
    with database.transaction() as connection:
        for table in (logs, predictions):
            connection.execute(sa.select(table)).all()


def _content(database: Database) -> object:
    if database.dialect == "sqlite":
        return database._path.read_bytes()
    engine = sa.create_engine(database._url)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT version_num, (SELECT count(*) FROM pg_class) FROM alembic_version"
        ).all()
    engine.dispose()
    return found
