"""The reference of the runtime folder, made from the one class that names its paths."""

import inspect
from pathlib import Path

from storage.paths import RuntimePaths
from tests.documentation.markdown import page, table

INTRODUCTION = """
Everything that the running system writes is below one folder, `runtime/` unless `HOUSING_RUNTIME_DIRECTORY`
names another. One setting moves it, one volume mounts it, one deletion resets it, and two systems with
different folders and ports run side by side.

Files with fixed names are replaced whole: written beside, flushed to the disk, renamed. Version folders
never change once they are complete, and their files are read-only. `runtime/models/champion.json` alone says
which version serves.
"""
FURTHER = """
## A version folder

`runtime/models/versions/<version>/` holds one published model version:

| file | what it is |
|---|---|
| `manifest.json` | name, training, parameters, metrics, and the SHA-256 of every other file; written last |
| `model.pkl`, `scaler.pkl` | the pipeline and its fitted preprocessing |
| `intervals.pkl` | the calibrated prediction intervals |
| `reference_profile.npz` | the rows that were learned from, for drift, support, warnings and explanations |
| `holdout.npz` | answers to the test part with the true prices, for errors and comparisons |
| `table_profile.json` | what each column of the table holds, and how the rows were split |
| `model_card.md` | data, protocol, figures by segment, limits |

## A trigger

`runtime/triggers/` is the retraining queue. A trigger's name ends in its state: `.trigger` waits,
`.running` is being carried out, then `.done`, `.failed` or `.cancelled`. Its `.log` is beside it. A file
that cannot be read is set aside as `.unreadable`, with the reason in `.why`.
"""


def files() -> str:
    """Return the page."""
    return page("Runtime folder", INTRODUCTION, table(["path", "what it is"], rows()), FURTHER)


def rows() -> list[list[str]]:
    """Return path and meaning of everything that has a name of its own, in order of the paths."""
    paths = RuntimePaths(Path("runtime"))
    named = inspect.getmembers(RuntimePaths, lambda member: isinstance(member, property))
    found = sorted((getattr(paths, name), inspect.getdoc(one) or "") for name, one in named)
    return [[f"`{path}`", meaning] for path, meaning in found]
