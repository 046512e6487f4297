"""Write a version as an MLflow model: ``python -m training.mlflow_export FOLDER``.

MLflow loads a registered model without a check, and loading a pickle runs its code. This one is made from the
version's own files, each compared with its checksum first; nothing is read from MLflow's artifacts.
"""

import storage.ctrl_c

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from storage.errors import HousingError
from storage.models.store import HOLDOUT, ModelStore
from storage.settings import settings_or_exit
from storage.version import VERSION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 if the folder was written, 1 if not."""
    options = _parser().parse_args(arguments)
    store = ModelStore(settings_or_exit(writes=False).paths)
    try:
        version = options.version_id or store.champion().version
        store.verify(version)
        _write(store, version, options.folder)
    except (HousingError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Version {version} is in {options.folder}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.mlflow_export",
        description="Write a version as an MLflow model, from files that match their checksums.",
    )
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, help="where to write; must not exist"
    )
    parser.add_argument(
        "--of", dest="version_id", metavar="VERSION", help="which version (default: the champion)"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    return parser


def _write(store: ModelStore, version: str, folder: Path) -> None:
    # Imported late: MLflow takes seconds.
    from training.evaluation.holdout import read_holdout
    from training.tracking.runs import save_model

    if folder.exists():
        raise FileExistsError(f"{folder} exists; name a folder that does not.")
    inputs = read_holdout(store.read(version, HOLDOUT)).inputs
    save_model(store.load(version), inputs, folder)


if __name__ == "__main__":
    sys.exit(main())
