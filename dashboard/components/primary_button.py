"""The one button of a block that acts, in colours that can be read by day and by night."""

import streamlit as st


def primary_button(
    label: str, key: str, *, icon: str | None = None, disabled: bool = False
) -> bool:
    """Draw the button and return whether it was pressed.

    Streamlit writes white on the theme's primary colour; by night that colour is light and needs dark
    letters.
    """
    with st.container(key=f"{key}_side"):
        st.html(
            f"<style>.st-key-{key}_side [data-testid=stBaseButton-primary]:enabled"
            "{ color: light-dark(#ffffff, #06262d) }</style>"
        )
        return st.button(label, type="primary", icon=icon, key=key, disabled=disabled)
