"""An application that takes as long to create as its test likes."""

import os
import time
from pathlib import Path

from flask import Flask

GO_ON = "GO_ON"
"""Names, in the environment, the file that the creation waits for."""


def create() -> Flask:
    """Return an application that answers every path with one word, once the file is there."""
    while not Path(os.environ[GO_ON]).exists():
        time.sleep(0.02)
    app = Flask(__name__)
    app.add_url_rule("/<path:path>", view_func=lambda path: "served")
    return app
