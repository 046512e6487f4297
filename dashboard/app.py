"""The console's frame: its navigation, and nothing else."""

from pathlib import Path

import streamlit as st

from backend.contract.service import VERSION
from dashboard.settings import addresses

# An own file: Streamlit fetches the picture of a named icon from the internet.
ICON = Path(__file__).parent / "assets" / "icon.svg"

ABOUT = f"""**California housing {VERSION}** predicts the median house value of a census block group of 1990,
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
                "overview/page.py",
                title="Overview",
                url_path="overview",
                icon=":material/monitoring:",
                default=True,
                help="Is the service up, which model answers, how many requests, how fast.",
            ),
            st.Page(
                "predict/page.py",
                title="Predict",
                url_path="predict",
                icon=":material/home_work:",
                help="Describe a block group and read its price.",
            ),
            st.Page(
                "batch/page.py",
                title="Batch",
                url_path="batch",
                icon=":material/table:",
                help="Score a file of block groups and download it with prices.",
            ),
            st.Page(
                "latency/page.py",
                title="Latency",
                url_path="latency",
                icon=":material/speed:",
                help="How fast and how often the service answers, and with which errors.",
            ),
            st.Page(
                "performance/page.py",
                title="Performance",
                url_path="performance",
                icon=":material/target:",
                help="How far off the answers were, and probably are.",
            ),
            st.Page(
                "drift/page.py",
                title="Drift",
                url_path="drift",
                icon=":material/compare:",
                help="Whether the inputs still look like what the model was trained on.",
            ),
            st.Page(
                "retrain/page.py",
                title="Retrain",
                url_path="retrain",
                icon=":material/model_training:",
                help="Ask for a better model, follow the worker, and read why it serves or not.",
            ),
            st.Page(
                "registry/page.py",
                title="Registry",
                url_path="registry",
                icon=":material/inventory_2:",
                help="Which model versions there are, which serves, and who changed that.",
            ),
            st.Page(
                "logs/page.py",
                title="Logs",
                url_path="logs",
                icon=":material/receipt_long:",
                help="What the processes wrote, and every request that was answered.",
            ),
        ],
        "Elsewhere": [
            st.Page(
                addresses().mlflow_url,
                title="MLflow",
                icon=":material/open_in_new:",
                url_path="mlflow",
                help="Training runs and registered models, in a new tab.",
            )
        ],
    }
)
# Not a caption: one is painted at 60 %, too faint to read on the sidebar.
st.sidebar.markdown(f":small[:gray[Version {VERSION}]]")
page.run()
