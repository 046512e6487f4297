"""The console's frame: its navigation, and nothing else."""

from pathlib import Path

import streamlit as st

from dashboard.settings import dashboard_settings

# An own file: Streamlit fetches the picture of a named icon from the internet.
ICON = Path(__file__).parent / "assets" / "icon.svg"

ABOUT = """**California housing** predicts the median house value of a census block group of 1990,
and shows its operator whether the answer can be trusted."""

st.set_page_config(
    page_title="California housing",
    page_icon=ICON,
    layout="wide",
    menu_items={"About": ABOUT},
)
st.logo(ICON, size="large")
page = st.navigation(
    {
        "California housing": [
            st.Page(
                "app_pages/overview.py",
                title="Overview",
                icon=":material/monitoring:",
                default=True,
                help="Is the service up, which model answers, how many requests, how fast.",
            ),
            st.Page(
                "app_pages/predict.py",
                title="Predict",
                icon=":material/home_work:",
                help="Describe a block group and read its price.",
            ),
            st.Page(
                "app_pages/batch.py",
                title="Batch",
                icon=":material/table:",
                help="Score a file of block groups and download it with prices.",
            ),
            st.Page(
                "app_pages/latency.py",
                title="Latency",
                icon=":material/speed:",
                help="How fast and how often the service answers, and with which errors.",
            ),
            st.Page(
                "app_pages/performance.py",
                title="Performance",
                icon=":material/target:",
                help="How far off the answers were, and probably are.",
            ),
            st.Page(
                "app_pages/drift.py",
                title="Drift",
                icon=":material/compare:",
                help="Whether the inputs still look like what the model was trained on.",
            ),
            st.Page(
                "app_pages/retrain.py",
                title="Retrain",
                icon=":material/model_training:",
                help="Ask for a better model, follow the worker, and read why it serves or not.",
            ),
            st.Page(
                "app_pages/registry.py",
                title="Registry",
                icon=":material/inventory_2:",
                help="Which model versions there are, which serves, and who changed that.",
            ),
            st.Page(
                "app_pages/logs.py",
                title="Logs",
                icon=":material/receipt_long:",
                help="What the processes wrote, and every request that was answered.",
            ),
        ],
        "Elsewhere": [
            st.Page(
                dashboard_settings().mlflow_url,
                title="MLflow",
                icon=":material/open_in_new:",
                url_path="mlflow",
                help="Training runs and registered models, in a new tab.",
            )
        ],
    }
)
page.run()
