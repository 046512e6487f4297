"""The settings: one name each, read into their group, and one sentence about what is wrong."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import ctrl_c
from storage.database.connection import Database
from storage.setting_groups.environment import PREFIX, variables_of
from storage.setting_groups.promotion import ShadowSettings
from storage.settings import Settings, settings_or_exit
from tests.settings import changed
from tests.system import REPOSITORY, clean_environment

OWN_HOSTS = ("127.0.0.1", "127.0.0.2", "localhost", "::1", "::ffff:127.0.0.1")


def test_each_variable_reaches_its_own_field(monkeypatch: pytest.MonkeyPatch) -> None:
    places = variables_of(Settings)
    assert all(name.startswith(PREFIX) for name in places)
    assert len(set(places.values())) == len(places)
    monkeypatch.setenv("HOUSING_LOG_WRITER_POLL_SECONDS", "0.5")
    monkeypatch.setenv("HOUSING_RANDOM_SEED", "7")
    monkeypatch.setenv("HOUSING_LOG_LEVEL", "ERROR")
    monkeypatch.setenv("HOUSING_WATCH_DAYS", "")
    settings = Settings()
    assert settings.log_writer.poll_seconds == 0.5
    assert settings.log_writer.batch_bytes == 1024 * 1024
    assert (settings.training.random_seed, settings.log_level) == (7, "ERROR")
    assert settings.watch.days == 7.0  # empty is not set


def test_the_environment_goes_before_the_file_also_within_a_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("HOUSING_SHADOW_SHARE=0.2\nHOUSING_SHADOW_BATCH_ROWS=20\nOTHER=1\n")
    monkeypatch.setitem(Settings.model_config, "env_file", str(file))
    monkeypatch.setenv("HOUSING_SHADOW_SHARE", "0.5")
    shadow = Settings().shadow
    assert (shadow.share, shadow.batch_rows) == (0.5, 20)
    assert Settings(shadow=ShadowSettings(share=1.0)).shadow == ShadowSettings(share=1.0)


@pytest.mark.parametrize("port", ["backend_port", "mlflow_port"])
def test_an_address_follows_its_port_alone(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = port.replace("port", "url")
    monkeypatch.setenv(f"HOUSING_{port.upper()}", "5055")
    assert getattr(Settings().addresses, url) == "http://127.0.0.1:5055"
    monkeypatch.setenv(f"HOUSING_{url.upper()}", "https://elsewhere.example")
    assert getattr(Settings().addresses, url) == "https://elsewhere.example"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("HOUSING_BACKEND_PORT", "many", "The setting HOUSING_BACKEND_PORT is wrong: Input should"),
        ("HOUSING_BACKEND_URL", "here", "The setting HOUSING_BACKEND_URL is wrong: String should"),
        (
            "HOUSING_MLFLOW_PASSWORD",
            "short",
            "The setting HOUSING_MLFLOW_PASSWORD is wrong: It needs at least 16 characters",
        ),
        ("HOUSING_RANDOM_SEED", "-1", "The setting HOUSING_RANDOM_SEED is wrong: Input should"),
        ("HOUSING_LOG_LEVEL", "loud", "The setting HOUSING_LOG_LEVEL is wrong: String should"),
        (
            "HOUSING_ADMIN_KEY",
            "two words",
            "The setting HOUSING_ADMIN_KEY is wrong: must have only",
        ),
        ("HOUSING_VIEWER_KEY", "line\n", "The setting HOUSING_VIEWER_KEY is wrong: must have only"),
        (
            "HOUSING_OPERATOR_KEY",
            "schlüssel",
            "The setting HOUSING_OPERATOR_KEY is wrong: must have",
        ),
        (
            "HOUSING_DASHBOARD_KEY",
            "\u00a0",
            "The setting HOUSING_DASHBOARD_KEY is wrong: must have",
        ),
    ],
)
def test_a_wrong_value_is_one_sentence_with_the_variables_name(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as stopped:
        settings_or_exit()
    assert str(stopped.value).startswith(said)
    assert str(stopped.value).count("\n") == 0


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("HOUSING_BACKEND_PROT", "did you mean HOUSING_BACKEND_PORT?"),
        ("HOUSING_REFRESH_SECOND", "did you mean HOUSING_REFRESH_SECONDS?"),
        ("housing_admin_kye", "did you mean HOUSING_ADMIN_KEY?"),
        ("HOUSING_QQQQQQQQQQQQQQQQQQQQQQQQ", "remove it, or see docs/reference/settings.md."),
    ],
)
@pytest.mark.parametrize("in_file", [False, True])
def test_a_name_that_no_setting_has_is_one_sentence(
    variable: str, said: str, in_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if in_file:
        (tmp_path / ".env").write_text(f"{variable}=s3cret\n")
        monkeypatch.setitem(Settings.model_config, "env_file", str(tmp_path / ".env"))
    else:
        monkeypatch.setenv(variable, "s3cret")
    with pytest.raises(SystemExit) as stopped:
        settings_or_exit()
    assert str(stopped.value) == f"There is no setting {variable.upper()}; {said}"


def test_a_wrong_setting_never_shows_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSING_ADMIN_KYE", "s3cret")
    monkeypatch.setenv("HOUSING_BACKEND_PORT", "s3cret")
    with pytest.raises(ValueError, match="HOUSING_ADMIN_KYE") as wrong:
        Settings()
    assert "s3cret" not in str(wrong.value)


@pytest.mark.parametrize("variable", ["HOUSING_DATABASE_URL", "HOUSING_MLFLOW_TRACKING_URI"])
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite://", "must name a file"),
        ("sqlite:///", "must name a file"),
        ("sqlite://records.db", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///file::memory:?uri=true", "must name a file"),
        ("sqlite:///~/records.db", "must have the whole path"),
        ("sqlite:////data/records.db?mode=ro", "must end with the file"),
    ],
)
def test_a_database_that_no_other_process_would_find_is_refused(
    variable: str, address: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log-writer would move records to where nobody reads, and lose them at its end."""
    monkeypatch.setenv(variable, address)
    with pytest.raises(SystemExit, match=f"^The setting {variable} is wrong: {said}"):
        settings_or_exit(writes=False)
    monkeypatch.setenv(variable, "sqlite:///records.db")
    settings_or_exit(writes=False)


def test_changed_settings_are_checked_and_keep_the_others(settings: Settings) -> None:
    silent = changed(changed(settings, shadow_share=1.0), shadow_batch_rows=5, backend_port=5055)
    assert silent.shadow == ShadowSettings(share=1.0, batch_rows=5)
    assert silent.addresses.backend_url == "http://127.0.0.1:5055"
    assert silent.paths == settings.paths
    with pytest.raises(ValueError, match="HOUSING_SHADOW_SHRE"):
        changed(settings, shadow_shre=1.0)
    with pytest.raises(ValueError, match="less than or equal to 1"):
        changed(settings, shadow_share=2.0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "HOUSING_REQUIRE_KEY=true\n".encode("utf-16"),
            "is not UTF-8 text; save it again as UTF-8.",
        ),
        ("HOUSING_REQUIRE_KEY=true\n".encode("utf-16-le"), "is not UTF-8 text; save it again as"),
        ("# Schlüssel\n".encode("latin-1"), "is not UTF-8 text; save it again as UTF-8."),
        (b"A=1\n\nHOUSING_ADMIN_KEY: s3cret\n", "Line 3 of {file} is not of the form NAME=value"),
        (b"HOUSING_ADMIN_KEY='s3cret\n", "Line 1 of {file} is not of the form NAME=value"),
        (b"HOUSING_REQUIRE_KEY\n", "Line 1 of {file} gives HOUSING_REQUIRE_KEY no value"),
        (
            b"HOUSING_REQUIRE_KEY=true\nA=1\nA=2\nhousing_require_key=no\n",
            "Line 4 of {file} gives housing_require_key another value than a line before it",
        ),
        (b"HOUSNG_REQUIRE_KEY=true\n", "no setting HOUSNG_REQUIRE_KEY; did you mean HOUSING_"),
    ],
)
def test_no_line_of_the_file_is_skipped_without_a_word(
    content: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    monkeypatch.setitem(Settings.model_config, "env_file", str(file))
    with pytest.raises(SystemExit) as stopped:
        settings_or_exit(writes=False)
    assert said.format(file=file) in str(stopped.value)
    assert "s3cret" not in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_file_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Settings.model_config, "env_file", str(tmp_path))
    with pytest.raises(SystemExit, match=r"cannot be read \(Is a directory\)"):
        settings_or_exit(writes=False)
    (tmp_path / ".env").symlink_to(tmp_path / "not mounted")
    monkeypatch.setitem(Settings.model_config, "env_file", str(tmp_path / ".env"))
    with pytest.raises(SystemExit, match=r"\.env cannot be read \(No such file or directory\)"):
        settings_or_exit(writes=False)


def test_the_mark_of_windows_editors_is_no_part_of_the_first_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xef\xbb\xbfexport HOUSING_REQUIRE_KEY='true'\r\n")
    monkeypatch.setitem(Settings.model_config, "env_file", str(file))
    assert settings_or_exit(writes=False).access.require_key


def test_names_that_only_resemble_settings_are_others_business(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOUSES_NUMBER", "1")
    monkeypatch.setenv("BACKEND_PORT", "many")
    Settings()


def test_a_path_may_begin_with_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", "~/x y")
    assert Settings().paths.root == tmp_path / "x y"
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", os.fsdecode(b"x\xfc"))
    with pytest.raises(SystemExit, match="characters that are not UTF-8"):
        settings_or_exit(writes=False)
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", "~nobody-of-this-name/x")
    with pytest.raises(SystemExit, match=r"is wrong: There is no user whose home folder is ~nob"):
        settings_or_exit(writes=False)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("::1", "http://[::1]:5000"),
        ("[::1]", "http://[::1]:5000"),
        ("::", "http://[::1]:5000"),
        ("0.0.0.0", "http://127.0.0.1:5000"),  # noqa: S104 # set, not bound
        ("localhost", "http://localhost:5000"),
        ("192.0.2.7", "http://192.0.2.7:5000"),
    ],
)
def test_a_clients_address_is_that_of_the_server(host: str, url: str) -> None:
    assert changed(Settings(), backend_host=host).addresses.backend_url == url


@pytest.mark.parametrize("needs_key", [False, True])
def test_only_a_server_out_of_reach_answers_without_keys(needs_key: bool) -> None:
    hosts = ("0.0.0.0", "::", "192.0.2.7", "no.such.host.invalid") if needs_key else OWN_HOSTS  # noqa: S104
    for host in hosts:
        assert changed(Settings(), backend_host=host).reading_needs_key is needs_key, host


def test_a_name_that_leads_elsewhere_too_needs_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    # What /etc/hosts says cannot be changed here: the answer of the resolver is.
    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        families = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "192.0.2.7"))
        return [(family, 1, 6, "", (address, 0)) for family, address in families]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert changed(Settings(), backend_host="localhost").reading_needs_key


@pytest.mark.parametrize("folder", ["plain", "100%2F a?b#c ü"])
def test_the_addresses_of_databases_lead_into_the_runtime_folder(
    folder: str, tmp_path: Path
) -> None:
    settings = Settings(runtime_directory=tmp_path / folder)
    assert sa.make_url(settings.database_address).database == str(settings.paths.database)
    assert sa.make_url(settings.tracking_uri).database == str(settings.paths.mlflow_store)
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()
    assert settings.paths.database.exists()
    assert [each.name for each in tmp_path.iterdir()] == [folder]


def test_ctrl_c_ends_a_command_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import storage.ctrl_c\n"
        "import signal, time\n"
        # Whatever runs in the background is deaf to Ctrl-C, and so is what it starts.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "print('under way', flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "slow"],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(REPOSITORY)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "under way\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == ctrl_c.INTERRUPTED
    assert said == "Interrupted before the end; run the command again to finish.\n"
