"""The shadow on the Performance page: empty, why it is empty, and with silent answers."""

from collections.abc import Callable

import pytest

from backend.client import HousingClient
from dashboard.performance.shadow_chart import empty_sentence, shadow_option
from dashboard.wording.value import escaped, written
from storage.models.store import ModelStore
from storage.schema.records import utc_now
from storage.spool.log_handler import open_spool
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.districts import unseen_districts
from tests.settings import changed
from tests.versions import champion_and_dearer
from training.promotion.shadow import Shadow

ROWS = 150


@pytest.fixture
def answer_silently(service: Service, client: HousingClient) -> Callable[[int], None]:
    """Have the service predict some districts, and a dearer challenger answer them silently."""
    champion_and_dearer(ModelStore(service.settings.paths))
    spool = open_spool(service.settings)
    silent = Shadow(changed(service.settings, shadow_share=1.0), spool)
    silent.run_once(utc_now())

    def answer(rows: int) -> None:
        client.predict_batch(unseen_districts(rows))
        service.store_records()
        assert silent.run_once(utc_now()) == rows
        spool.close()
        service.store_records()

    return answer


def test_an_empty_shadow_says_why(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    page = open_page("performance", service)
    assert not sentences(page)
    assert "Shadow testing" in [header.value for header in page.header]
    assert any(
        "Shadow testing is off (`HOUSING_SHADOW_SHARE` is 0)" in text.value
        for text in page.markdown
    )
    found = client.shadow()
    waiting = found.model_copy(update={"share": 0.2})
    assert empty_sentence(waiting).startswith("No shadow predictions in this period. 20% of")


def test_silent_answers_are_shown_with_units_and_counts(
    open_page: OpenPage,
    service: Service,
    client: HousingClient,
    answer_silently: Callable[[int], None],
) -> None:
    answer_silently(ROWS)
    page = open_page("performance", service)
    assert not sentences(page)
    said = "\n".join(caption.value for caption in page.caption)
    assert f"Challenger dearer shadowed {ROWS} predictions" in said
    facts = {name: value for table in page.table for name, value in table.value.iloc[:, 0].items()}
    found = client.shadow()
    difference = found.difference
    for name, estimate in (("Mean", difference.mean), ("RMS", difference.rms)):
        assert estimate is not None
        assert 0.09 < estimate.value <= 0.1, "0.1 dearer, but for the prices at the cap"
        assert f"**{escaped(written(estimate.value))}**" in facts[f"{name} difference"]
    assert facts["Outside the champion's interval"].startswith("**")
    assert facts["Labelled"] == f"0 of {ROWS}"
    datasets = shadow_option(found)["dataset"]
    points = [*datasets[0]["source"], *datasets[1]["source"]]
    assert sum(point["rows"] for point in points) == ROWS
    means = [point["mean"] for point in points if point["mean"] is not None]
    assert all(9.0 < mean <= 10.0 for mean in means)
    assert {point["challenger"] for point in points} == {None}


def test_few_silent_answers_are_not_enough_data(
    open_page: OpenPage, service: Service, answer_silently: Callable[[int], None]
) -> None:
    answer_silently(5)
    page = open_page("performance", service)
    assert not sentences(page)
    assert any("at least 100 are needed" in text.value for text in page.markdown)
