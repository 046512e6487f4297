"""The Registry page: two versions compared, the dialog's refusals, a change carried out, the audit."""

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.audit import AuditResponse
from dashboard.registry.audit import chain_words
from dashboard.wording.segment_words import segment_label
from storage.models.removal import VersionRemoval
from storage.models.store import HOLDOUT, ModelStore
from storage.schema.records import utc_now
from tests.conftest import KEYS
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.verdicts import close_retraining, decision
from tests.versions import publish_dearer, rewrite_manifest, spoil, train_with

ADMIN_KEY = KEYS["admin_key"]
REASON = "Its prices follow the market."


def opened(open_page: OpenPage, service: Service) -> AppTest:
    return open_page("registry", service, dashboard_key=KEYS["operator_key"])


def text(page: AppTest) -> str:
    return "\n".join(markdown.value for markdown in page.markdown)


def confirm(page: AppTest, version: str, reason: str = REASON, key: str = ADMIN_KEY) -> None:
    page.text_input(key="registry_typed").set_value(version)
    page.text_area(key="registry_reason").set_value(reason)
    page.text_input(key="registry_key").set_value(key)
    page.button(key="registry_confirm").click().run()


def test_champion_and_challenger_are_compared_with_confidence(
    open_page: OpenPage, service: Service, versions: tuple[str, str]
) -> None:
    page = opened(open_page, service)
    assert not sentences(page)
    assert [title.value for title in page.title] == ["Registry"]
    table = page.dataframe[0].value
    assert list(table["version"]) == list(versions[::-1])
    assert list(table["state"]) == ["Challenger", "Champion"]
    assert all(" to $" in interval for interval in table["interval"])
    assert page.selectbox(key="registry_other").value == versions[1]
    assert "The challenger is worse" in text(page)
    assert "4,128 common holdout rows" in text(page)
    assert len(page.get("echarts_chart")) == 2
    slices = page.dataframe[1].value
    assert {"Bay Area", "Income: lowest quarter"} <= set(slices["segment"])
    assert (slices["rows"] > 0).all()
    assert "No verdict" in text(page)
    assert "command line" in text(page)


def test_a_version_of_the_command_line_shows_its_own_checks_and_what_is_odd_about_its_table(
    open_page: OpenPage, service: Service, store: ModelStore, versions: tuple[str, str]
) -> None:
    manifest = store.manifest(versions[0])
    slow = manifest.checks[0].model_copy(update={"passed": False, "sentence": "it is too slow"})
    odd = {"checks": [slow, *manifest.checks[1:]], "doubts": ["HouseAge is 30 in all rows."]}
    rewrite_manifest(store, versions[1], **odd)
    page = opened(open_page, service)
    assert "No verdict" in text(page)
    checks = page.table[-1].value
    assert len(checks) == len(manifest.checks) == 7
    assert checks["Finding"].iloc[0] == "It is too slow"
    assert any("HouseAge is 30 in all rows." in str(table.value) for table in page.table)
    page.button(key="registry_promotion").click().run()
    doubt = f"It did not pass checks of the model itself: {slow.name}."
    assert doubt in page.warning[0].value


def test_the_verdict_has_every_check_and_its_sentence(
    open_page: OpenPage, service: Service, store: ModelStore, versions: tuple[str, str]
) -> None:
    decided = decision(store, versions[1], versions[0])
    close_retraining(service.settings, versions[1], decided)
    page = opened(open_page, service)
    assert "Refused" in text(page)
    checks = page.table[-1].value
    assert len(checks) == len(decided.checks)
    assert checks["Result"].iloc[0].startswith(":red")
    found = set(checks["Finding"].str.lower())
    assert {check.sentence.lower() for check in decided.checks} <= found
    page.button(key="registry_promotion").click().run()
    assert "The promotion gate refused this version" in page.warning[0].value


def test_the_verdict_on_the_version_that_serves_is_there_whatever_it_is_compared_with(
    open_page: OpenPage, service: Service, store: ModelStore, versions: tuple[str, str]
) -> None:
    decided = decision(store, versions[1], versions[0])
    close_retraining(service.settings, versions[1], decided)
    store.set_champion(versions[1], "promotion")
    publish_dearer(store, versions[1], "challenger")
    service.follow_the_champion()
    page = opened(open_page, service)
    assert page.selectbox(key="registry_other").value == "challenger"
    assert f"Refused] :small[:gray[`{versions[1]}`]]" in text(page)
    assert "Promoted manually despite this" in text(page)
    assert any(": promoted by a person. The audit" in one.value for one in page.caption)
    assert "**:gray[:material/help: No verdict]** on `challenger`" in text(page)


def test_a_promotion_needs_version_reason_and_key_then_is_followed_to_every_worker(
    open_page: OpenPage, service: Service, store: ModelStore, versions: tuple[str, str]
) -> None:
    old, new = versions
    page = opened(open_page, service)
    page.button(key="registry_promotion").click().run()
    confirm(page, old, reason=" ", key="schlüssel")
    (problems,) = sentences(page)
    assert "does not match" in problems
    assert "Enter a reason" in problems
    assert "ASCII letters" in problems
    confirm(page, new, key="")
    assert "needs the role admin; the key has the role operator" in sentences(page)[0]
    confirm(page, new, key="wrong")
    assert "The key is not valid" in sentences(page)[0]
    assert store.champion().version == old
    confirm(page, new)
    assert not sentences(page)
    assert store.champion().version == new
    assert "Loading: 0 of 1 worker" in page.info[0].value
    service.follow_the_champion()
    page.run()
    assert f"Promoted: every worker serves `{new}`" in page.success[0].value
    assert list(page.dataframe[0].value["state"]) == ["Champion", "Previous"]
    assert "The previous version is better" in text(page)
    acts = [
        one.label for one in page.button if one.key in ("registry_rollback", "registry_promotion")
    ]
    assert acts == ["Roll back"], "one button for one act"


def test_a_rollback_uses_the_key_of_the_session_until_it_is_forgotten(
    open_page: OpenPage,
    service: Service,
    client: HousingClient,
    store: ModelStore,
    versions: tuple[str, str],
) -> None:
    old, new = versions
    client.promote(new, "for a while")
    service.follow_the_champion()
    page = opened(open_page, service)
    page.button(key="registry_rollback").click().run()
    confirm(page, old)
    service.follow_the_champion()
    page.run()
    assert f"Rolled back: every worker serves `{old}`" in page.success[0].value
    assert store.champion().version == old
    audit = page.dataframe[-1].value
    assert list(audit["action"]) == ["Rollback", "Promotion"]
    assert list(audit["reason"]) == [REASON, "for a while"]
    assert set(audit["actor"]) == {"Admin"}
    assert "**Audit log intact**], 2 entries." in text(page)
    assert list(page.dataframe[0].value["state"]) == ["Rolled back", "Champion"]
    assert not [one for one in page.button if one.key == "registry_rollback"]
    assert page.button(key="registry_promotion").label == "Promote rolled-back version"
    page.button(key="registry_promotion").click().run()
    assert "This version was rolled back." in page.warning[0].value
    assert not [field for field in page.text_input if field.key == "registry_key"]
    page.button(key="admin_key_forget").click().run()
    assert page.text_input(key="registry_key").value == ""
    assert ADMIN_KEY not in str(page.query_params)


def test_what_changed_meanwhile_is_not_undone(
    open_page: OpenPage,
    service: Service,
    client: HousingClient,
    store: ModelStore,
    versions: tuple[str, str],
) -> None:
    client.promote(versions[1], "by the operator before")
    page = opened(open_page, service)
    page.button(key="registry_rollback").click().run()
    client.roll_back("by another operator")
    client.promote(versions[1], "and once more")
    client.roll_back("until it is clear")
    confirm(page, versions[0])
    assert "The champion is now" in sentences(page)[0]
    assert store.champion().version == versions[0]


def test_one_version_alone_is_shown_without_a_comparison(
    open_page: OpenPage, service: Service, store: ModelStore
) -> None:
    train_with(store, store.champion().version, numpy="1.26.0")
    page = opened(open_page, service)
    assert "was trained with numpy 1.26.0 and is used with " in page.warning[0].value
    assert not sentences(page)
    assert any("No other version" in caption.value for caption in page.caption)
    assert not page.selectbox
    acts = ("registry_rollback", "registry_promotion")
    assert not [one for one in page.button if one.key in acts]
    assert len(page.get("echarts_chart")) == 1
    assert "No changes yet" in text(page)


def test_a_damaged_challenger_is_said_to_be_and_cannot_be_promoted(
    open_page: OpenPage, service: Service, store: ModelStore, versions: tuple[str, str]
) -> None:
    spoil(store.folder(versions[1]) / HOLDOUT)
    page = opened(open_page, service)
    (sentence,) = sentences(page)
    assert f"Version {versions[1]} is damaged" in sentence
    assert not [one for one in page.button if one.key == "registry_promotion"]
    assert "does not match" in page.dataframe[0].value["interval"].iloc[0]


def test_a_removed_version_is_said_to_be(
    open_page: OpenPage, service: Service, store: ModelStore, versions: tuple[str, str]
) -> None:
    VersionRemoval(service.settings.paths, 1).run(utc_now())
    publish_dearer(store, versions[1], "newer")
    VersionRemoval(service.settings.paths, 1).run(utc_now())
    page = opened(open_page, service)
    assert page.expander[0].label == "Removed versions (1)"
    (removed,) = page.expander[0].dataframe
    assert list(removed.value["version"]) == [versions[1]]


@pytest.mark.usefixtures("versions")
def test_a_lost_pointer_is_mended_by_a_promotion(open_page: OpenPage, service: Service) -> None:
    service.settings.paths.champion_pointer.write_text("{torn")
    page = opened(open_page, service)
    assert "There is no champion" in sentences(page)[0]
    chosen = str(page.selectbox(key="registry_other").value)
    page.button(key="registry_promotion").click().run()
    confirm(page, chosen)
    assert ModelStore(service.settings.paths).champion().version == chosen


def test_without_the_role_the_audit_says_whose_it_is(open_page: OpenPage, service: Service) -> None:
    page = open_page("registry", service, dashboard_key=KEYS["viewer_key"])
    assert not sentences(page)
    assert "**The audit log needs an operator key**" in text(page)
    assert "the key has the role viewer" in text(page)
    assert "HOUSING_DASHBOARD_KEY" in page.caption[-1].value


def test_an_edited_audit_is_told_loudly(
    open_page: OpenPage, service: Service, client: HousingClient, versions: tuple[str, str]
) -> None:
    client.promote(versions[1], "for a while")
    log = service.settings.paths.audit_log
    log.write_bytes(log.read_bytes().replace(b"for a while", b"for a whale"))
    (sentence,) = sentences(opened(open_page, service))
    assert sentence.startswith("Audit log damaged: Line 1")


def test_without_a_model_it_says_how_to_get_one(
    open_page: OpenPage, service_without_model: Service
) -> None:
    page = open_page("registry", service_without_model)
    assert len(sentences(page)) == 1
    assert "**No trained versions yet**" in text(page)


def test_without_the_service_one_sentence_then_everything_when_it_is_back(
    open_page: OpenPage, service: Service
) -> None:
    service.stop()
    page = opened(open_page, service)
    assert len(sentences(page)) == 1
    service.start()
    page.run()
    assert not sentences(page)
    assert page.dataframe


def test_words_of_chain_and_slices(service: Service, client: HousingClient) -> None:
    del service
    found: AuditResponse = client.audit()
    assert "audit log is empty" in chain_words(found.chain)
    one = found.chain.model_copy(update={"entries": 1, "note": "A note."})
    assert chain_words(one).endswith("**Audit log intact**], 1 entry. A note.")
    assert segment_label("age", "52 years or more") == "House age: 52 years or more"
