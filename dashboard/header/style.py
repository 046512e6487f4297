"""What the header's buttons and every page's tables look like, as far as Streamlit leaves that open."""

HIDDEN = "header_range_hidden"
"""Key of the choice of a range on a page without one: it keeps what was chosen."""
ONLY_ICON = "header_icon"
"""Beginning of the keys of buttons that show their icon only."""
STYLE = f"""<style>
.st-key-{HIDDEN} {{ display: none }}
/* The words of these buttons are for screen readers. */
[class*="st-key-{ONLY_ICON}_"] [data-testid="stMarkdownContainer"] {{
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}}
/* On a small screen, the room beside the page is the page's. */
@media (max-width: 1279px) {{
    [data-testid="stMainBlockContainer"] {{ padding-left: 1.5rem; padding-right: 1.5rem; }}
}}
/* On a narrow screen, a long word of a table is broken, not cut. */
[data-testid="stTable"] td :is([data-testid="stMarkdownContainer"], [data-testid="stMarkdownContainer"] *) {{
    overflow-wrap: anywhere; white-space: normal;
}}
/* Whoever comes by keyboard sees what is next: Streamlit only tints these, hardly seen. */
[data-testid="stApp"] :is(a, [data-testid="stElementToolbar"] button):focus-visible {{
    outline: 2px solid currentColor; outline-offset: 1px;
}}
</style>"""
