"""The model that answers: what it is, since when, and how well it did on the test part."""

import streamlit as st

from backend.contract.service import InfoResponse
from dashboard.shared.moment import moment
from dashboard.shared.price import dollars, escaped


def draw_served_model(info: InfoResponse) -> None:
    """Draw the served model as a short list."""
    st.subheader("Served model", anchor=False)
    st.table(model_facts(info), border="horizontal", alt="The served model and its test figures")


def model_facts(info: InfoResponse) -> dict[str, str]:
    """Return name and value of everything shown, as Markdown."""
    facts = {
        "Type": info.model_type,
        "Version": f"`{info.model_version}`",
        "Trained": moment(info.trained_at),
    }
    return facts | {
        label: text for name, label in LABELS.items() if (text := _figure(info.metrics, name))
    }


LABELS = {"test_rmse": "Test RMSE", "test_mae": "Test MAE", "test_r2_score": "Test R²"}


def _figure(metrics: dict[str, float], name: str) -> str | None:
    value = metrics.get(name)
    if value is None:
        return None
    if name == "test_r2_score":
        return f"{value:.3f}"
    return escaped(f"{dollars(value)} :gray[({value:.3f} × 100,000 USD)]")
