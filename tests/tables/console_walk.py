"""Every page of the console over a service of another table, in a process of its own.

The definition is read when its first module is imported, so one process knows one table. Run as
``python -m tests.tables.console_walk OUT`` with the HOUSING_ settings of a trained runtime folder: OUT gets
a JSON object of all texts that each page draws.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.definition import ABOUT, TITLE
from backend.contract.feedback import FeedbackItem
from backend.contract.predictions import HousingFeatures
from dashboard.batch.file import template
from dashboard.navigation import PAGES
from dashboard.overview.background_reading import BEING_READ
from storage.models.store import ModelStore
from storage.settings import Settings
from tests.dashboard.conftest import OPERATOR_KEY, Service, log_writer
from tests.system import PAGE_SECONDS, REPOSITORY, wait_for
from tests.verdicts import close_retraining, decision
from tests.versions import champion_and_dearer
from training.dataset.sources import load_table

LABELLED_SHARE = 0.5
Texts = list[str]


def main(out: Path) -> None:
    """Serve, predict, draw every page, write what they said."""
    settings = Settings()
    service = Service(settings)
    store = ModelStore(settings.paths)
    champion, challenger = champion_and_dearer(store)
    verdict = decision(store, challenger, champion)
    close_retraining(settings, challenger, verdict, "Colder nights.")
    service.start()
    try:
        with log_writer(service):
            texts = _drawn(service)
    finally:
        service.close()
    out.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")


def _drawn(service: Service) -> dict[str, Texts]:
    _make_records(service)
    texts = {"console": [ABOUT, TITLE, *(page.help for page in PAGES), template()]}
    for name, walk in WALKS.items():
        texts[name] = [text for page in walk(_opened(name)) for text in said(page)]
    return texts


def said(page: AppTest) -> Iterator[str]:
    """Yield every text that a page holds: words, labels, help, descriptions of charts, cells of tables."""
    assert not page.exception, page.exception
    for node in (*page.main, *page.sidebar):
        proto: Any = getattr(node, "proto", None)
        if hasattr(proto, "ListFields"):
            yield from _strings(proto)
        value: Any = getattr(node, "value", None)
        if getattr(value, "columns", None) is not None:
            yield from map(str, value.columns)
            yield from (str(cell) for row in value.itertuples() for cell in row)


def _strings(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        for each in value if isinstance(value, list) or hasattr(value, "extend") else [value]:
            if hasattr(each, "ListFields"):
                yield from _strings(each)
            elif isinstance(each, str) and field.name not in ("id", "element_id"):
                yield _plain(each)


def _plain(text: str) -> str:
    """Return a chart's or a table's JSON without escapes, other text as it is."""
    if not text.startswith("{"):
        return text
    return json.dumps(json.loads(text), ensure_ascii=False)


def _make_records(service: Service) -> None:
    table = load_table()
    rows = [HousingFeatures.of(row) for row in table.inputs.tolist()]
    with HousingClient(
        service.settings.addresses.backend_url, OPERATOR_KEY, PAGE_SECONDS
    ) as client:
        answer = client.predict_batch(rows)
        labelled = int(LABELLED_SHARE * len(rows))
        pairs = zip(answer.prediction_ids[:labelled], table.targets.tolist(), strict=False)
        client.feedback([FeedbackItem(prediction_id=one, actual=actual) for one, actual in pairs])
        assert np.isfinite(answer.predictions).all()


def _opened(name: str) -> AppTest:
    script = REPOSITORY / "dashboard" / name / "page.py"
    return AppTest.from_file(str(script), default_timeout=PAGE_SECONDS).run()


def _whole(page: AppTest) -> Iterator[AppTest]:
    wait_for(lambda: not _is_loading(page.run()), what="the reports read in the background")
    assert not page.error, [error.value for error in page.error]
    yield page


def _is_loading(page: AppTest) -> bool:
    return any(caption.value == BEING_READ for caption in page.caption)


def _predict(page: AppTest) -> Iterator[AppTest]:
    yield page
    assert not page.pills
    page.form_submit_button[0].click().run()
    page.button(key="predict_explain").click().run()
    page.button(key="predict_pin").click().run()
    for tab in ("Contributions", "Sensitivity", "Nearest", "Scenarios"):
        page.session_state["predict_tab"] = tab
        page.run()
        assert not page.error, [error.value for error in page.error]
        yield page
        if tab == "Sensitivity":
            page.multiselect[0].set_value(["surface"]).run()
            yield page
    page.selectbox[0].set_value(None)
    page.form_submit_button[0].click().run()
    assert not page.error, "what covers the ground may be unknown"
    page.number_input[0].set_value(None)
    page.form_submit_button[0].click().run()
    assert page.error
    yield page


def _batch(page: AppTest) -> Iterator[AppTest]:
    yield page
    header, row = template().splitlines()[:2]
    lines = [header, row, row, f"x{row}"]
    upload = ("rows.csv", "\n".join(lines).encode(), "text/csv")
    page.file_uploader(key="batch_upload").set_value(upload).run()
    page.button(key="batch_start").click().run()
    assert not page.error, [error.value for error in page.error]
    yield page


def _performance(page: AppTest) -> Iterator[AppTest]:
    yield from _whole(page)
    upload = ("labels.csv", b"prediction_id,actual\na,-3.5\nb,many\n", "text/csv")
    page.file_uploader(key="performance_file").set_value(upload).run()
    assert page.button(key="performance_attach").disabled  # nothing to save
    yield page


def _drift(page: AppTest) -> Iterator[AppTest]:
    yield from _whole(page)
    page.selectbox(key="drift_opened").set_value("surface").run()
    assert not page.error, [error.value for error in page.error]
    yield page


def _data(page: AppTest) -> Iterator[AppTest]:
    yield from _whole(page)
    page.selectbox(key="data_opened").set_value("surface").run()
    assert not page.error, [error.value for error in page.error]
    yield page


WALKS: dict[str, Callable[[AppTest], Iterator[Any]]] = {
    "overview": _whole,
    "alerts": _whole,
    "predict": _predict,
    "batch": _batch,
    "latency": _whole,
    "performance": _performance,
    "drift": _drift,
    "data": _data,
    "retrain": _whole,
    "registry": _whole,
    "logs": _whole,
}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
