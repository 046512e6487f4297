"""What axe-core finds on a page, without what Streamlit itself draws and offers no way to change."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OF_STREAMLIT = {
    "list": '[data-testid="stSidebarNavItems"]',
    "listitem": '[data-testid="stSidebarNavItems"] li',
    "presentation-role-conflict": '[data-testid="stFileUploaderDropzone"]',
}
"""The rules that its own elements break, and those elements."""
ITS_DRAWINGS = [['[data-testid="stMetricChart"]']]
"""Sparklines: each point of one would have to have a name."""


def barriers(page: Page) -> list[str]:
    """Return what keeps people out, one line for each element: the rule, and the element's own HTML."""
    asked = {"resultTypes": ["violations"]}
    found = Axe().run(page, context={"exclude": ITS_DRAWINGS}, options=asked)
    return [
        f"{rule['id']}: {node['html']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
        if not _is_of_streamlit(page, rule["id"], node["target"][-1])
    ]


def _is_of_streamlit(page: Page, rule: str, target: str) -> bool:
    script = "([target, place]) => !!document.querySelector(target)?.matches(place)"
    return rule in OF_STREAMLIT and bool(page.evaluate(script, [target, OF_STREAMLIT[rule]]))
