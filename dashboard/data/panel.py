"""The Data page: what the table is, what is odd about it, its target and split, and its inputs."""

import streamlit as st

from backend.contract.data import TableResponse
from backend.contract.definition import ABOUT, SUBJECT, TITLE
from dashboard.data.inputs import draw_inputs
from dashboard.data.opened import draw_opened
from dashboard.data.split import draw_split
from dashboard.data.target_chart import draw_target
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.moment import moment
from dashboard.wording.value import escaped, percent


def draw_data() -> None:
    """Read what the service knows of the table, then draw it; a failed call leaves one sentence."""
    with asking_service():
        with st.spinner("Reading what was counted …"):
            found = housing_client().table()
        st.markdown(f"**{escaped(TITLE)}** {escaped(ABOUT)}.")
        _draw_figures(found)
        _draw_facts(found)
        if found.reason is not None:
            st.info(found.reason, icon=":material/hourglass_empty:")
        else:
            _draw_doubts(found)
            _draw_target_and_split(found)
        draw_inputs(found)
        draw_opened(found)
        st.caption(
            f"Counted once, on {moment(found.trained_at)}, by the training of `{found.model_version}`, "
            "which serves now. No row of the table leaves the service."
        )


def _draw_figures(found: TableResponse) -> None:
    inputs = found.inputs
    rows = found.table.rows if found.table is not None else None
    with st.grid(4, min_column_width=150, gap="small"):
        st.metric("Rows", "–" if rows is None else f"{rows:,}", border=True)
        st.metric("Inputs", f"{len(inputs):,}", border=True)
        categories = sum(column.kind == "category" for column in inputs)
        st.metric("Categories", f"{categories:,}", border=True, help="Inputs that are words.")
        st.metric("Missing values", _missing_words(found), border=True, help="Of all input cells.")


def _missing_words(found: TableResponse) -> str:
    counted = [column.found.missing for column in found.inputs if column.found is not None]
    if not counted or found.table is None:
        return "–"
    missing, cells = sum(counted), len(counted) * found.table.rows
    return f"{percent(missing / cells)} :small[:gray[{missing:,}]]" if missing else "none"


def _draw_facts(found: TableResponse) -> None:
    st.table(
        table_facts(found), border="horizontal", alt="What the table is, and where it came from"
    )


def table_facts(found: TableResponse) -> dict[str, str]:
    """Return name and value of what is known of the table as a whole, as Markdown."""
    name = f"`{found.table.name}`" if found.table is not None else ":gray[not recorded]"
    facts = {
        "A row is": f"one {escaped(SUBJECT)}",
        "Rows from": f"{name} :gray[({_source_words(found)})]",
        "Checksum": f":gray[SHA-256 {found.dataset_sha256[:16]}]",
    }
    facts["Time"] = _time_words(found)
    own = (
        ":gray[no column]" if found.identifier is None else f"`{found.identifier}`, never an input"
    )
    return facts | {"Own ids": own}


def _time_words(found: TableResponse) -> str:
    if found.time is None:
        return ":gray[no column]"
    if found.validation_from is None or found.test_from is None:
        return f"`{found.time}`"
    return (
        f"`{found.time}`: training before {escaped(found.validation_from)}, validation from then on, "
        f"test from {escaped(found.test_from)} on"
    )


def _source_words(found: TableResponse) -> str:
    if found.table is None:
        return "trained by an older release"
    words = {
        "embedded": "comes with the product",
        "sklearn": "scikit-learn's loader",
        "file": "a file",
    }
    return words[found.table.source]


def _draw_doubts(found: TableResponse) -> None:
    if not found.doubts:
        st.markdown(
            ":green[:material/check_circle: **Nothing odd was found.**] :gray[No input is constant, equals "
            "another, or gives the target away.]"
        )
        return
    with st.container(border=True, key="data_doubts"):
        st.markdown(":orange[:material/warning: **Look this over**]")
        st.markdown("\n".join(f"- {escaped(doubt)}" for doubt in found.doubts))


def _draw_target_and_split(found: TableResponse) -> None:
    target_side, split_side = st.columns(2, gap="large")
    with target_side:
        draw_target(found.target)
    with split_side:
        if found.split is not None:
            draw_split(found.split)
