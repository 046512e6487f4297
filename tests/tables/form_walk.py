"""The form of a table of any width, in a process of its own, without a service.

Run as ``python -m tests.tables.form_walk OUT`` with HOUSING_TABLE: OUT gets a JSON object with the labels of
fields and buttons, and what went wrong.
"""

import json
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.system import PAGE_SECONDS, REPOSITORY


def main(out: Path) -> None:
    """Draw the page once and write what it has."""
    script = REPOSITORY / "dashboard" / "predict" / "page.py"
    page = AppTest.from_file(str(script), default_timeout=PAGE_SECONDS).run()
    found = {
        "labels": [field.label for field in page.number_input],
        "exceptions": [str(one.value) for one in page.exception],
        "buttons": [button.label for button in page.button],
    }
    out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
