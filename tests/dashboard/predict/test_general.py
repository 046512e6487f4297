"""How the model answers in general: nothing is asked before a person opens it."""

from backend.client import HousingClient
from backend.contract.dependence import InteractionAxis, InteractionResponse
from dashboard.predict.general import dependence_option, value_ends
from dashboard.predict.interaction_chart import interaction_option, strength_words
from tests.dashboard.conftest import OpenPage, Service, sentences


def test_it_is_drawn_when_it_is_opened(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    page = open_page("predict", service)
    assert not any("most important input first" in caption.value for caption in page.caption)
    page.session_state["predict_general"] = True
    page.run()
    assert not sentences(page)
    assert any("of 100 training block groups" in caption.value for caption in page.caption)
    first = client.dependence().curves[0]
    assert any(f"{first.importance:.0%}" in text.value for text in page.markdown)
    page.button("predict_interaction").click().run()
    assert any("of what they do together" in text.value for text in page.markdown)


def test_a_curve_has_its_line_inside_its_band(service: Service, client: HousingClient) -> None:
    curves = client.dependence().curves
    lowest, highest = value_ends(curves)
    for curve in curves:
        lower, width, mean = (
            [point[1] for point in one["data"]]
            for one in dependence_option(curve, (lowest, highest))["series"]
        )
        for low, wide, middle in zip(lower, width, mean, strict=True):
            assert lowest <= low <= middle + 1e-9
            assert middle <= low + wide + 1e-9 <= highest + 2e-9


def test_the_first_input_lies_to_the_right() -> None:
    both = InteractionResponse(
        first=InteractionAxis(feature="MedInc", values=[1.0, 2.0, 3.0]),
        second=InteractionAxis(feature="HouseAge", values=[10.0, 20.0]),
        means=[[1.0, 1.1], [2.0, 2.1], [3.0, 3.1]],
        strength=0.05,
        rows=9,
        model_version="20260101T000000Z-00000000",
    )
    option = interaction_option(both)
    assert option["xAxis"]["data"] == ["1", "2", "3"]
    assert [2, 0, 300.0] in option["series"][0]["data"]
    assert "somewhat" in strength_words(both)
