"""The one button of a block that acts, in colours that can be read by day and by night."""

from typing import Literal

import streamlit as st

PrimaryKind = Literal["primary", "primaryFormSubmit"]
"""What Streamlit calls the button of a block, and that of a form."""


def primary_button(
    label: str, key: str, *, icon: str | None = None, disabled: bool = False
) -> bool:
    """Draw the button and return whether it was pressed."""
    with st.container(key=f"{key}_side"):
        readable_letters(f"{key}_side")
        return st.button(label, type="primary", icon=icon, key=key, disabled=disabled)


def readable_letters(container_key: str, kind: PrimaryKind = "primary") -> None:
    """Let the letters of the primary buttons in a container be read.

    Streamlit writes white on the theme's primary colour. By night that colour is light, because it is also
    the colour of chosen tabs and pills on the dark ground; so these buttons need dark letters. A dialog lies
    outside of the element that knows whether it is night, and has to be told.
    """
    button = f".st-key-{container_key} [data-testid=stBaseButton-{kind}]:enabled"
    scheme = st.context.theme.type or "normal"
    st.html(
        f"<style>{button} {{ color: light-dark(#ffffff, #06262d) }}"
        f"[data-testid=stDialog] {button} {{ color-scheme: {scheme} }}</style>"
    )
