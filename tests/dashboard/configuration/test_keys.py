"""Keys and people on the Configuration page: for admins, made, rotated and revoked, a secret shown once."""

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient, ServiceRefused
from dashboard.configuration.key_change import SECRET, name_problem
from tests.dashboard.configuration.conftest import ADMIN_KEY, OPERATOR_KEY
from tests.dashboard.conftest import OpenPage, Service, sentences


@pytest.fixture
def page(open_page: OpenPage, keyed: Service) -> AppTest:
    return open_page("configuration", keyed, dashboard_key=OPERATOR_KEY)


def show(page: AppTest) -> None:
    page.text_input("keys_key").set_value(ADMIN_KEY).run()
    page.button("keys_show").click().run()
    assert not sentences(page)


def listed(page: AppTest) -> list[tuple[str, str]]:
    value = next(table.value for table in page.dataframe if "last_used_at" in table.value)
    return list(zip(value["name"], value["state"], strict=True))


def act(page: AppTest, name: str) -> None:
    page.text_input(f"{name}_person").set_value("Ada Lovelace")
    page.text_area(f"{name}_reason").set_value("Nightly labels.").run()
    page.button(f"{name}_confirm").click().run()


def secret(page: AppTest) -> str:
    return str(next(code.value for code in page.code if code.value.startswith("hk_")))


def may_read_audit(service: Service, key: str) -> bool:
    try:
        with HousingClient(service.settings.addresses.backend_url, key) as client:
            return bool(client.audit().entries)
    except ServiceRefused:
        return False


def test_keys_are_shown_to_who_has_an_admin_key(page: AppTest) -> None:
    page.button("keys_show").click().run()
    assert "admin" in sentences(page)[0]
    show(page)
    assert listed(page) == [("environment: admin", "Valid"), ("environment: operator", "Valid")]
    assert any("runtime/keys.env" in caption.value for caption in page.caption)
    assert page.button("keys_rotating_open").disabled
    page.button("keys_hide").click().run()
    assert page.button("keys_show")


def test_a_key_is_made_shown_once_rotated_and_revoked(page: AppTest, keyed: Service) -> None:
    show(page)
    page.button("keys_make").click().run()
    page.text_input("keys_name").set_value("cron")
    page.selectbox("keys_role").set_value("operator")
    act(page, "keys_make")
    first = secret(page)
    assert any("only time" in warning.value for warning in page.warning)
    assert may_read_audit(keyed, first)
    page.button("keys_secret_close").click().run()
    assert SECRET.key not in page.session_state
    assert not [code for code in page.code if code.value.startswith("hk_")]
    assert listed(page)[-1] == ("cron", "Valid")

    page.button("keys_rotating_open").click().run()
    act(page, "keys_rotate")
    second = secret(page)
    page.button("keys_secret_close").click().run()
    assert may_read_audit(keyed, first)
    assert may_read_audit(keyed, second)
    assert listed(page)[-2] == ("cron", "Valid")
    assert listed(page)[-1][1].startswith("Replaced, until 20")

    page.button("keys_revoking_open").click().run()
    act(page, "keys_revoke")
    assert page.success[0].value.startswith("Revoked cron (operator, ")
    assert not may_read_audit(keyed, second)
    assert may_read_audit(keyed, first)
    page.toggle("keys_ended").set_value(True).run()
    assert listed(page)[-1] == ("cron", "Revoked by Ada Lovelace")


def test_what_cannot_be_made_says_why(page: AppTest) -> None:
    show(page)
    page.button("keys_make").click().run()
    page.text_input("keys_name").set_value("Ada's laptop").run()
    assert name_problem("Ada's laptop") in [error.value for error in page.error]
    assert page.button("keys_make_confirm").disabled
