"""Marks the old answer while the form is edited: a form tells nobody of an edit before it is sent."""

from pathlib import Path

import streamlit as st

from dashboard.predict.form import INPUTS_KEY
from dashboard.wording.words import VALUE

CARD, NOTICE = "predict_answer_card", "predict_edited"
STYLE = f"""<style>
.st-key-{NOTICE} {{ display: none }}
.st-key-{CARD}[data-edited="yes"] .st-key-{NOTICE} {{ display: flex }}
.st-key-{CARD}[data-edited="yes"] .st-key-predict_value {{ opacity: 0.45 }}
</style>"""

_component = st.components.v2.component(
    "edited", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def draw_edited_notice() -> None:
    """Draw the sentence, which stays hidden until the form is edited; inside the card of the answer."""
    st.html(STYLE)
    with st.container(key=NOTICE):
        st.markdown(
            f":orange[:material/edit: Not for the inputs as they are now: press *Predict {VALUE}*.]"
        )


def watch_edits(prediction_id: str) -> None:
    """Compare the form with what the shown answer was asked for, whenever somebody edits it."""
    _component(
        key="predict_watch_edits",
        data={"form": INPUTS_KEY, "card": CARD, "answer": prediction_id},
        width=1,
        height=1,
    )
