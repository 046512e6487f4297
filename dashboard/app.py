"""The console's frame: its navigation, and nothing else."""

from pathlib import Path

import streamlit as st

from backend.contract.definition import ABOUT, IS_EMBEDDED, TITLE
from backend.contract.service import VERSION
from dashboard.header.bar import draw_header
from dashboard.navigation import OVERVIEW, PAGES
from dashboard.settings import addresses

# A file of its own: Streamlit would fetch a named icon's picture from the internet.
# The house is for the table that comes along.
ICON = Path(__file__).parent / "assets" / ("icon.svg" if IS_EMBEDDED else "table_icon.svg")

SIDEBAR_PIXELS = 208
"""As narrow as its words allow: a small screen is the page's."""

ABOUT_TEXT = f"""**{TITLE} {VERSION}** {ABOUT},
and shows its operator whether the predictions can be trusted."""

st.set_page_config(
    page_title=TITLE,
    page_icon=ICON,
    layout="wide",
    initial_sidebar_state=SIDEBAR_PIXELS,
    menu_items={"About": ABOUT_TEXT},
)
st.logo(ICON, size="large")
mlflow = st.Page(
    addresses().mlflow_url,
    title="MLflow",
    icon=":material/open_in_new:",
    url_path="mlflow",
    help="Training runs and registered models, in a new tab.",
)
page = st.navigation(
    {
        TITLE: [page.as_streamlit() for page in PAGES],
        "External": [mlflow],
    },
    expanded=True,
)
# Not a caption: one is painted at 60 %, too faint to read on the sidebar.
st.sidebar.markdown(f":small[:gray[Version {VERSION}]]")
draw_header(next((one for one in PAGES if one.title == page.title), OVERVIEW))
page.run()
