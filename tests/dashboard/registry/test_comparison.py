"""Any two versions compared on the Registry page: chosen, in the address, and what is said of both."""

from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from dashboard.registry.facts import FACT
from dashboard.wording.value import escaped
from storage.models.store import ModelStore
from tests.conftest import KEYS
from tests.dashboard.conftest import PAGES, OpenPage, Service, sentences
from tests.system import PAGE_SECONDS
from tests.versions import publish_dearer, rewrite_manifest


def opened(open_page: OpenPage, service: Service) -> AppTest:
    return open_page("registry", service, dashboard_key=KEYS["operator_key"])


def by_link(**parameters: str) -> AppTest:
    """Open the page by an address with parameters, in a session of its own."""
    page = AppTest.from_file(str(PAGES / "registry" / "page.py"), default_timeout=PAGE_SECONDS)
    for name, value in parameters.items():
        page.query_params[name] = value
    return page.run()


def text(page: AppTest) -> str:
    return "\n".join(markdown.value for markdown in page.markdown)


def columns(page: AppTest) -> list[list[str]]:
    return [[str(name) for name in table.value.columns] for table in page.table]


def test_two_that_do_not_serve_are_compared_and_the_link_opens_the_same(
    open_page: OpenPage, service: Service, store: ModelStore, versions: tuple[str, str]
) -> None:
    second = publish_dearer(store, versions[1], "second").version
    page = opened(open_page, service)
    page.selectbox(key="registry_left").set_value(versions[1]).run()
    page.selectbox(key="registry_other").set_value(second).run()
    assert not sentences(page)
    address = {name: page.query_params[name] for name in ("left", "right")}
    assert address == {"left": versions[1], "right": second}
    assert "The challenger on the right is worse" in text(page)
    assert [FACT, "Challenger, left", "Challenger, right"] in columns(page)
    again = by_link(**address)
    assert again.selectbox(key="registry_left").value == versions[1]
    assert again.selectbox(key="registry_other").value == second
    assert columns(again) == columns(page)
    back = by_link(left="nowhere", right="nowhere")
    assert back.selectbox(key="registry_left").value == "serving"
    assert back.selectbox(key="registry_other").value == second


def test_their_origin_parameters_and_inputs_stand_side_by_side(
    open_page: OpenPage,
    service: Service,
    client: HousingClient,
    store: ModelStore,
    versions: tuple[str, str],
) -> None:
    asked = client.trigger_retraining("Prices moved.", person="Ada Lovelace")
    parameters = store.manifest(versions[1]).parameters | {"learning_rate": 0.5}
    facts = {"trigger_id": asked.trigger_id, "parameters": parameters, "parent": versions[0]}
    rewrite_manifest(store, versions[1], **facts)
    page = opened(open_page, service)
    told = {row[FACT]: row["Challenger"] for row in _rows(page)}
    assert "Ada Lovelace" in told["Asked for by"]
    assert "Prices moved." in told["Asked for by"]
    assert told["Served then"] == f"`{versions[0]}`"
    assert "files" in told["Code"]
    assert told[f"**{escaped('learning_rate')}**"] == "`0.5`"
    assert told["Median income"].endswith("%")
    assert told["Answer takes"].startswith(tuple("123456789"))
    assert told["Size of the model"].endswith(("KiB", "MiB"))
    assert any(one.label.startswith("Parameters (1 of ") for one in page.expander)


def _rows(page: AppTest) -> list[dict[str, str]]:
    found = [table.value for table in page.table if FACT in table.value.columns]
    return [row for table in found for row in table.to_dict("records")]
