"""The tables that are compared on: scikit-learn's, and those in wheels that packages publish."""

import csv
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from sklearn.datasets import load_diabetes

WHEELS = {"plotnine": "0.15.9", "vega_datasets": "0.9.0"}
"""Packages that are never installed: their wheels are downloaded for the files in them."""


@dataclass(frozen=True)
class PublicTable:
    """A table, what is predicted, and how it is described; none was tuned to by hand.

    Attributes
    ----------
    member
        Of the package's wheel; empty: scikit-learn's own.
    ignored
        Columns that give the target away, or that nobody knows before it.
    time
        The column to split by; empty: rows are drawn at random.
    """

    name: str
    target: str
    package: str = ""
    member: str = ""
    ignored: tuple[str, ...] = ()
    time: str = ""


TABLES = (
    PublicTable("mpg", "hwy", "plotnine", "plotnine/data/mpg.csv", ignored=("cty",)),
    PublicTable("penguins", "body_mass_g", "plotnine", "plotnine/data/penguins.csv"),
    PublicTable(
        "midwest",
        "percbelowpoverty",
        "plotnine",
        "plotnine/data/midwest.csv",
        ignored=("perchildbelowpovert", "percadultpoverty", "percelderlypoverty"),
    ),
    PublicTable("diabetes", "target"),
    PublicTable(
        "weather",
        "temp_max",
        "vega_datasets",
        "vega_datasets/_data/seattle-weather.csv",
        time="date",
    ),
    PublicTable("txhousing", "median", "plotnine", "plotnine/data/txhousing.csv", time="date"),
    PublicTable("diamonds", "price", "plotnine", "plotnine/data/diamonds.csv"),
)


def written(table: PublicTable, folder: Path) -> Path:
    """Write a table into a folder as CSV; return the file.

    Raises
    ------
    subprocess.CalledProcessError
        If the wheel cannot be downloaded.
    """
    file = folder / f"{table.name}.csv"
    if not table.package:
        _write_diabetes(file)
        return file
    with zipfile.ZipFile(_wheel(table.package, folder)) as wheel:
        file.write_bytes(wheel.read(table.member))
    return file


def described(table: PublicTable, folder: Path) -> Path:
    """Draft the table's definition as a person would; return its folder."""
    options = ["--target", table.target, "-o", str(folder / table.name), "--replace"]
    options += ["--ignore", *table.ignored] if table.ignored else []
    options += ["--time", table.time] if table.time else []
    command = [sys.executable, "-m", "training.describe", str(written(table, folder)), *options]
    subprocess.run(command, check=True, capture_output=True)
    return folder / table.name


def _wheel(package: str, folder: Path) -> Path:
    pattern = f"{package}-{WHEELS[package]}-*.whl"
    if not list(folder.glob(pattern)):
        wanted = f"{package}=={WHEELS[package]}"
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "-d",
            str(folder),
        ]
        subprocess.run(
            [*command, "--only-binary", ":all:", wanted], check=True, capture_output=True
        )
    return next(folder.glob(pattern))


def _write_diabetes(file: Path) -> None:
    found = load_diabetes(scaled=False)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*found.feature_names, "target"])
        writer.writerows(
            [*row, target]
            for row, target in zip(found.data.tolist(), found.target.tolist(), strict=True)
        )
