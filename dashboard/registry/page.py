"""Registry: the model versions, which of them serves, and who changed that."""

import streamlit as st

from dashboard.registry.panel import draw_registry
from dashboard.shared.service import watch_service

st.title("Registry", anchor=False)
watch_service()
draw_registry()
