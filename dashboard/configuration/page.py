"""Configuration: thresholds and times of monitoring, what they would have done, and who has which key."""

import streamlit as st

from dashboard.configuration.change import draw_change
from dashboard.configuration.diagnostics import draw_diagnostics
from dashboard.configuration.form import draw_form
from dashboard.configuration.key_list import draw_keys
from dashboard.configuration.trial import draw_trial
from dashboard.shared.service import asking_service, housing_client

st.title("Configuration", anchor=False)
with asking_service():
    found = housing_client().monitoring_config()
    changes = draw_form(found)
    draw_trial(found, changes)
    draw_change(found, changes)
draw_keys()
draw_diagnostics()
