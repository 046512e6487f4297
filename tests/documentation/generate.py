"""``python -m tests.documentation.generate``: write everything in docs/ that is made from the code."""

import storage.ctrl_c

import sys
from pathlib import Path

from tests.documentation import (
    api_page,
    commands_page,
    definition_page,
    files_page,
    inputs_page,
    metrics_page,
    monitoring_table,
    postman,
    settings_table,
)
from tests.system import REPOSITORY

REFERENCE = REPOSITORY / "docs" / "reference"


def generated() -> dict[Path, str]:
    """Return the content of every generated file, by its path."""
    document = postman.document()
    return {
        REFERENCE / "api.md": api_page.api(document),
        REFERENCE / "models.md": api_page.models(document),
        REFERENCE / "table-definition.md": definition_page.definition(),
        REFERENCE / "inputs.md": inputs_page.inputs(document),
        REFERENCE / "metrics.md": metrics_page.metrics(),
        REFERENCE / "files.md": files_page.files(),
        REFERENCE / "commands.md": commands_page.commands(),
        REFERENCE / "settings.md": settings_table.settings(),
        REFERENCE / "monitoring-configuration.md": monitoring_table.monitoring_configuration(),
        postman.COLLECTION: postman.text(document),
    }


def main() -> None:
    """Write each file whose content has changed, and name it."""
    for path, content in generated().items():
        if not path.exists() or path.read_text() != content:
            path.write_text(content)
            sys.stdout.write(f"{path.relative_to(REPOSITORY)}\n")


if __name__ == "__main__":
    main()
