"""Where a training table can come from."""

import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from storage.domain.subject import TITLE
from storage.domain.table import FOLDER, IS_EMBEDDED, TABLE
from storage.errors import InvalidInput, ServiceUnavailable
from training.dataset.embedded import load_embedded
from training.dataset.file import load_file
from training.dataset.table import HousingTable

Source = Literal["embedded", "sklearn"]
SOURCES: tuple[Source, ...] = get_args(Source)
DOWNLOAD_TIMEOUT_SECONDS = 20.0


class DownloadFailed(ServiceUnavailable):
    """The table could not be fetched from the internet."""

    title = "Download failed"


def load_table(source: Source = "embedded", file: Path | None = None) -> HousingTable:
    """Load the table to train on; a file takes precedence over a named source.

    Raises
    ------
    InvalidDataset
        If the table cannot be used.
    DownloadFailed
        If ``sklearn`` was chosen and the download failed.
    """
    if file is not None:
        return load_file(file)
    return load_defined() if source == "embedded" else load_with_scikit_learn()


def load_defined() -> HousingTable:
    """Load the rows that come with the table's definition.

    Raises
    ------
    InvalidDataset
        If they cannot be used, each problem by row and column.
    """
    return load_embedded() if IS_EMBEDDED else load_file(FOLDER / TABLE.data.file)


def load_with_scikit_learn() -> HousingTable:
    """Load the table with scikit-learn's loader, which downloads and caches it.

    Raises
    ------
    InvalidInput
        If the definition is that of another table.
    DownloadFailed
        If it is not cached and cannot be downloaded.
    """
    if not IS_EMBEDDED:
        raise InvalidInput(
            f"scikit-learn has the rows of California housing, not those of {TITLE}; leave out --source."
        )
    # Here, because only this source needs it and the import costs a second.
    from sklearn.datasets import fetch_california_housing

    try:
        with _socket_timeout(DOWNLOAD_TIMEOUT_SECONDS), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it warns of each retry
            table = fetch_california_housing(n_retries=1)
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise DownloadFailed(
            f"scikit-learn could not download the table ({reason}); check the internet connection, "
            "or leave out --source to use the embedded copy."
        ) from error
    return HousingTable(np.column_stack([table.data, table.target]), "scikit-learn", "sklearn")


@contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    # scikit-learn's download has no timeout: a firewall that drops packets would hang it.
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
