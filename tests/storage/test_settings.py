"""The settings: one name each, read into their group, and one sentence about what is wrong."""

from pathlib import Path

import pytest

from storage.setting_groups.environment import PREFIX, variables_of
from storage.setting_groups.promotion import ShadowSettings
from storage.settings import Settings, settings_or_exit
from tests.settings import changed


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
        ("HOUSING_RANDOM_SEED", "-1", "The setting HOUSING_RANDOM_SEED is wrong: Input should"),
        ("HOUSING_LOG_LEVEL", "loud", "The setting HOUSING_LOG_LEVEL is wrong: String should"),
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


def test_changed_settings_are_checked_and_keep_the_others(settings: Settings) -> None:
    silent = changed(changed(settings, shadow_share=1.0), shadow_batch_rows=5, backend_port=5055)
    assert silent.shadow == ShadowSettings(share=1.0, batch_rows=5)
    assert silent.addresses.backend_url == "http://127.0.0.1:5055"
    assert silent.paths == settings.paths
    with pytest.raises(ValueError, match="HOUSING_SHADOW_SHRE"):
        changed(settings, shadow_shre=1.0)
    with pytest.raises(ValueError, match="less than or equal to 1"):
        changed(settings, shadow_share=2.0)
