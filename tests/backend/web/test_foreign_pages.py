"""Requests that a page elsewhere makes a browser send: the service answers only under its own names."""

import pytest
from flask.testing import FlaskClient

from backend.app import create_app
from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from tests.backend.web.test_errors import assert_problem
from tests.settings import changed
from tests.system import bearer

EVERYWHERE = "0.0.0.0"  # noqa: S104  # nothing is bound to it
WAYS = pytest.mark.parametrize("path", ["/predict", "/predict?explain=false"])


@WAYS
def test_a_foreign_name_is_refused_with_the_setting(http: FlaskClient, path: str) -> None:
    answer = http.post(path, json=EXAMPLE, headers={"Host": "evil.example:5000"})
    assert "HOUSING_ALLOWED_HOSTS" in assert_problem(answer, 421)["error"]


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1:5000", "10.0.0.7", "[::1]:5000"])
@WAYS
def test_probes_by_address_are_answered(http: FlaskClient, path: str, host: str) -> None:
    assert http.post(path, json=EXAMPLE, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "[", "127.0.0.1.evil"])
def test_not_even_health_is_told_to_a_foreign_name(http: FlaskClient, host: str) -> None:
    assert http.get("/health", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:5001"])
@pytest.mark.parametrize("path", ["/predict", "/database/clear"])
def test_a_foreign_page_changes_nothing(http: FlaskClient, path: str, origin: str) -> None:
    headers = bearer("administer") | {"Origin": origin}
    assert "page" in assert_problem(http.post(path, json=EXAMPLE, headers=headers), 403)["error"]
    answer = http.get("/info", headers=headers)
    assert answer.status_code == 200
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]


def test_the_services_own_page_may_ask(http: FlaskClient) -> None:
    headers = {"Host": "localhost:5000", "Origin": "http://localhost:5000"}
    assert http.post("/predict", json=EXAMPLE, headers=headers).status_code == 200


def test_a_key_in_a_cookie_is_none(http: FlaskClient) -> None:
    http.set_cookie("Authorization", "Bearer administer")
    assert http.post("/database/clear").status_code == 401


@pytest.mark.parametrize(
    ("more", "host", "status"),
    [
        ({"allowed_hosts": "api.example.org, other"}, "api.example.org", 200),
        ({"allowed_hosts": "api.example.org, other"}, "evil.example", 421),
        ({"backend_host": EVERYWHERE}, "mlops-api:5000", 200),
        ({"backend_host": EVERYWHERE, "allowed_hosts": "mlops-api"}, "mlops-api:5000", 200),
        ({"backend_host": EVERYWHERE, "allowed_hosts": "mlops-api"}, "evil.example", 421),
    ],
)
def test_a_setting_names_further_hosts(
    service_settings: Settings, more: dict[str, str], host: str, status: int
) -> None:
    app = create_app(changed(service_settings, **more))
    assert app.test_client().get("/health/live", headers={"Host": host}).status_code == status
