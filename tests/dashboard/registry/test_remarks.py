"""Notes and tags on the Registry page: written by name, shown in the list, and filtered by."""

from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.models.remarks import RemarksRequest
from storage.models.store import ModelStore
from tests.conftest import KEYS
from tests.dashboard.conftest import OpenPage, Service, sentences


def opened(open_page: OpenPage, service: Service) -> AppTest:
    return open_page("registry", service, dashboard_key=KEYS["operator_key"])


def test_a_note_and_a_tag_are_written_by_name(
    open_page: OpenPage, service: Service, store: ModelStore, versions: tuple[str, str]
) -> None:
    page = opened(open_page, service)
    page.button(key="registry_right_remark").click().run()
    assert page.button(key="remark_confirm").disabled
    page.text_input(key="remark_person").set_value("Ada")
    page.text_area(key="remark_note").set_value("=Trained :red[after] the move.").run()
    page.multiselect(key="remark_tags").set_value(["Not a tag!"]).run()
    page.button(key="remark_confirm").click().run()
    assert "lower-case letters" in sentences(page)[0]
    page.multiselect(key="remark_tags").set_value(["Summer"]).run()
    page.button(key="remark_confirm").click().run()
    assert not sentences(page)
    kept = store.remarks.all()[versions[1]]
    assert (kept.tags, kept.notes[0].person) == (("summer",), "Ada")
    table = page.dataframe[0].value
    assert [list(tags) for tags in table["tags"]] == [["summer"], []]
    assert table["note"].iloc[0] == "'=Trained :red[after] the move.", "no spreadsheet may run it"
    assert any(r"=Trained \:red\[after\] the move." in one.value for one in page.markdown)
    assert list(page.dataframe[-1].value["actor"]) == ["Ada (operator)"]


def test_the_list_shows_those_that_have_the_chosen_tags(
    open_page: OpenPage,
    service: Service,
    client: HousingClient,
    versions: tuple[str, str],
) -> None:
    for version, tags in zip(versions, (["summer"], ["summer", "wide"]), strict=True):
        client.remark(version, RemarksRequest(person="Ada", add_tags=tags))
    page = opened(open_page, service)
    assert len(page.dataframe[0].value) == 2
    page.session_state["registry_tags"] = ["wide"]
    page.run()
    assert list(page.dataframe[0].value["version"]) == [versions[1]]
    assert page.selectbox(key="registry_other").value == versions[1]
