"""The reference of the commands, made from the Makefile, the Procfile and the commands' own parsers."""

import argparse
import re
from importlib import import_module
from unittest.mock import patch

from honcho.environ import parse_procfile

from tests.documentation.markdown import page, table
from tests.system import REPOSITORY

INTRODUCTION = """
`make` targets set up what they need. The other commands run from the project's folder with its environment,
`.venv/bin/python -m ...`, and read the same [settings](settings.md) as the service.
"""
WITH_OPTIONS = (
    "training",
    "training.describe",
    "training.versions",
    "training.mlflow_export",
    "backend.keys",
    "backend.score",
    "backend.simulate",
    "backend.demo",
    "backend.demo_api",
    "backend.monitor",
    "storage.audit",
    "storage.backup",
    "storage.log_writer",
    "storage.restore",
    "storage.spool",
    "training.compilation",
)
PROCESSES = """
What `make up` starts, from the `Procfile`. Each starts alone, in any order, survives the others being down,
and is started again when it ends.
"""


class Parsed(Exception):
    """Ends a command when it is about to read its arguments; holds its parser."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.parser = parser


def commands() -> str:
    """Return the page."""
    return page(
        "Commands",
        INTRODUCTION,
        "## make",
        table(["command", "what it does"], targets()),
        "## Processes",
        PROCESSES,
        table(["process", "command"], processes()),
        *map(_command, WITH_OPTIONS),
    )


def targets() -> list[list[str]]:
    """Return each target of the Makefile with its description."""
    makefile = (REPOSITORY / "Makefile").read_text()
    found = re.findall(r"^([a-z-]+):.*?## (.*)$", makefile, re.MULTILINE)
    return [[f"`make {name}`", text] for name, text in found]


def processes() -> list[list[str]]:
    """Return each process of the Procfile with its command."""
    named = parse_procfile((REPOSITORY / "Procfile").read_text()).processes
    return [[f"`{name}`", f"`{command}`"] for name, command in named.items()]


def parser_of(module: str) -> argparse.ArgumentParser:
    """Return the parser that ``python -m module`` reads its arguments with; nothing else is run.

    Raises
    ------
    RuntimeError
        If the command reads no arguments.
    """

    def caught(parser: argparse.ArgumentParser, *_: object) -> None:
        raise Parsed(parser)

    with patch.object(argparse.ArgumentParser, "parse_args", caught):
        try:
            import_module(f"{module}.__main__").main()
        except Parsed as parsed:
            return parsed.parser
    raise RuntimeError(f"{module} reads no arguments")


def _command(module: str) -> str:
    parser = parser_of(module)
    options = [
        [_written(action), (action.help or "").replace("%%", "%") % vars(action)]
        for action in parser._actions
        if action.dest not in ("help", "version")
    ]
    description = (parser.description or "").strip().partition("\n\n")[0]
    parts = [f"## python -m {module} {{ #{module.replace('.', '-')} }}", description]
    if options:
        parts.append(table(["argument", "meaning"], options))
    return "\n\n".join(part.strip() for part in parts)


def _written(action: argparse.Action) -> str:
    """Return an argument as one types it."""
    choices = ",".join(map(str, action.choices)) if action.choices else None
    value = str(action.metavar or choices or action.dest.upper())
    if not action.option_strings:
        return f"`{action.metavar or choices or action.dest}`"
    flags = ", ".join(action.option_strings)
    return f"`{flags}`" if action.nargs == 0 else f"`{flags} {value}`"
