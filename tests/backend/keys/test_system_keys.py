"""The keys of ``make up``: made once, read as a person wrote them, and never replaced where in doubt."""

import stat

import pytest

from backend.keys.system_keys import (
    KEY_VARIABLES,
    load_or_create_keys,
    operator_key,
    operator_key_or_exit,
)
from storage.errors import InvalidInput
from storage.settings import Settings
from tests.settings import changed

ALL = "HOUSING_VIEWER_KEY=a\nHOUSING_OPERATOR_KEY=b\nHOUSING_ADMIN_KEY=c\n"
GIVEN = dict(zip(KEY_VARIABLES, "abc", strict=True))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    settings.paths.root.mkdir()
    return settings


def test_they_are_made_once_for_the_owner_only(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator_key(settings) is None
    keys = load_or_create_keys(settings)
    assert load_or_create_keys(settings) == keys
    assert operator_key(settings) == keys["HOUSING_OPERATOR_KEY"]
    assert len(set(keys.values())) == 3
    assert stat.S_IMODE(settings.paths.keys.stat().st_mode) == 0o600
    assert [each.name for each in settings.paths.root.iterdir()] == ["keys.env"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "content",
    [
        ALL.encode(),
        ALL.rstrip().encode(),
        b"\xef\xbb\xbf" + ALL.replace("\n", "\r\n").encode(),
        b"# ours\n\nexport HOUSING_VIEWER_KEY=\"a\"\nHOUSING_OPERATOR_KEY='b'\nHOUSING_ADMIN_KEY = c # new\n",
        (ALL + ALL).encode(),
    ],
)
def test_a_file_by_hand_is_read_as_a_shell_does_and_stays(
    settings: Settings, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.paths.keys.write_bytes(content)
    assert load_or_create_keys(settings) == GIVEN
    assert settings.paths.keys.read_bytes() == content
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ("", {}),
        (" \n", {}),
        ("# none yet", {}),
        ("HOUSING_VIEWER_KEY=a\nHOUSING_OPERATOR_KEY=b\n", {"HOUSING_VIEWER_KEY": "a"}),
    ],
)
def test_what_is_missing_is_made_and_said(
    settings: Settings, content: str, kept: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    if content.startswith("#"):
        content += "\n"
    settings.paths.keys.write_text(content)
    keys = load_or_create_keys(settings)
    assert keys.items() >= kept.items()
    said = capsys.readouterr().err
    assert said.startswith(f"{settings.paths.keys} lacked HOUSING_")
    assert said.endswith("HOUSING_ADMIN_KEY; created anew.\n")
    assert keys["HOUSING_ADMIN_KEY"] not in said
    assert load_or_create_keys(settings) == keys
    assert stat.S_IMODE(settings.paths.keys.stat().st_mode) == 0o600
    assert settings.paths.keys.read_text().startswith(content.strip())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"HOUSING_VIEWER_KEY=a\nHOUSING_OPERATOR_KEY=s3c",
            "Line 2 of {file} is in doubt: it ends",
        ),
        (
            ALL.encode() + b"HOUSING_ADMIN_KEY=s3cret\n",
            "Line 4 of {file} is in doubt: HOUSING_ADMIN",
        ),
        (b"HOUSING_ADMNI_KEY=s3cret\n", "Line 1 of {file} is in doubt: HOUSING_ADMNI_KEY is not"),
        (b"HOUSING_ADMIN_KEY=\n", "Line 1 of {file} is in doubt: HOUSING_ADMIN_KEY has no value"),
        (b"HOUSING_ADMIN_KEY\n", "Line 1 of {file} is in doubt: HOUSING_ADMIN_KEY has no value"),
        (b'HOUSING_ADMIN_KEY="s3cret\n', "Line 1 of {file} is not of the form NAME=value"),
        (ALL.encode("utf-16"), "{file} is not UTF-8 text"),
        (b"\0" * 100, "{file} is not UTF-8 text"),
    ],
)
def test_what_is_in_doubt_is_one_sentence_and_left_alone(
    settings: Settings, content: bytes, said: str
) -> None:
    settings.paths.keys.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        load_or_create_keys(settings)
    assert str(refused.value).startswith(said.format(file=settings.paths.keys))
    assert "s3c" not in str(refused.value)
    with pytest.raises(SystemExit):
        operator_key_or_exit(settings)
    assert settings.paths.keys.read_bytes() == content


def test_the_keys_of_the_settings_go_before_those_of_the_file(settings: Settings) -> None:
    settings.paths.keys.write_text(ALL)
    given = changed(settings, admin_key="mine")  # from the environment or a .env file
    assert load_or_create_keys(given) == GIVEN | {"HOUSING_ADMIN_KEY": "mine"}
    assert settings.paths.keys.read_text() == ALL
