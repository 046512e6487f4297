"""MLflow's store holds whole addresses of artifacts: they are corrected when the runtime folder moved.

MLflow has no relative addresses for artifacts: it would take them from each reader's working folder.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import sqlalchemy as sa

from storage.domain.subject import MODEL_NAME
from storage.paths import RuntimePaths
from storage.settings import Settings

logger = logging.getLogger(__name__)

ADDRESSES = (
    sa.table("experiments", sa.column("artifact_location")),
    sa.table("runs", sa.column("artifact_uri")),
    sa.table("logged_models", sa.column("artifact_location")),
    sa.table("model_versions", sa.column("storage_location")),
)
"""Each with its one column of addresses."""


def follow_runtime_folder(settings: Settings) -> None:
    """Let the addresses in the runtime folder's own store begin with this folder, in one transaction.

    A store that a setting names is left alone, and so are artifacts that are not in a runtime folder, or that
    are still in another one and not in this one.
    """
    if settings.mlflow.tracking_uri:
        return
    with _transaction(settings.tracking_uri) as connection:
        moved = sum(
            _replace(connection, table, former, settings.paths.mlflow_artifacts.as_uri())
            for former in _former_roots(connection, settings.paths)
            for table in ADDRESSES
        )
    if moved:
        logger.warning(
            "The runtime folder was moved: %d addresses of artifacts in MLflow's store were changed to %s.",
            moved,
            settings.paths.mlflow_artifacts,
        )


@contextmanager
def _transaction(address: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(address)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _former_roots(connection: sa.Connection, paths: RuntimePaths) -> list[str]:
    """Return the addresses of artifact folders of which this runtime folder's is the successor."""
    ending = f"/{paths.mlflow_artifacts.name}/{MODEL_NAME}"
    location: sa.ColumnClause[str] = sa.column("artifact_location", sa.String)
    query = sa.select(location).select_from(ADDRESSES[0]).distinct()
    found = [str(each) for each in connection.scalars(query.where(location.is_not(None)))]
    roots = {each.removesuffix(f"/{MODEL_NAME}") for each in found if each.endswith(ending)}
    roots.discard(paths.mlflow_artifacts.as_uri())
    are_here = paths.mlflow_artifacts.exists()
    return [
        each for each in roots if are_here or not Path(url2pathname(urlsplit(each).path)).exists()
    ]


def _replace(connection: sa.Connection, table: sa.TableClause, former: str, now: str) -> int:
    (address,) = table.columns
    beginning = f"{former}/"
    changed = sa.update(table).values(
        {address: sa.literal(f"{now}/").concat(sa.func.substr(address, len(beginning) + 1))}
    )
    matching = sa.func.substr(address, 1, len(beginning)) == beginning
    return connection.execute(changed.where(matching)).rowcount
