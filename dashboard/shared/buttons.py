"""Letters on the primary colour, of buttons and of chosen values, readable in both themes."""

from typing import Literal

import streamlit as st

PrimaryKind = Literal["primary", "primaryFormSubmit"]
"""Streamlit's names for the primary button of a block, and of a form."""


def primary_button(
    label: str, key: str, *, icon: str | None = None, disabled: bool = False
) -> bool:
    """Draw the button and return whether it was pressed."""
    with st.container(key=f"{key}_side"):
        readable_letters(f"{key}_side")
        return st.button(label, type="primary", icon=icon, key=key, disabled=disabled)


def readable_letters(container_key: str, kind: PrimaryKind = "primary") -> None:
    """Make the text of the primary buttons in a container readable.

    Streamlit writes white on the theme's primary colour. In the dark theme that colour is light, because it
    also marks selected tabs and pills on the dark background, so these buttons need dark text. A dialog lies
    outside the element that carries the theme, and has to be told.
    """
    button = f".st-key-{container_key} [data-testid=stBaseButton-{kind}]:enabled"
    scheme = st.context.theme.type or "normal"
    st.html(
        f"<style>{button} {{ color: light-dark(#ffffff, #06262d) }}"
        f"[data-testid=stDialog] {button} {{ color-scheme: {scheme} }}</style>"
    )


def readable_choices(container_key: str) -> None:
    """Make the values chosen in a container readable, which stand on the primary colour as well."""
    tag = f".st-key-{container_key} [data-testid=stMultiSelect] [data-tag]"
    scheme = st.context.theme.type or "normal"
    st.html(
        f"<style>{tag}, {tag} * {{ color: light-dark(#ffffff, #06262d) }}"
        f"[data-testid=stDialog] {tag} {{ color-scheme: {scheme} }}</style>"
    )
