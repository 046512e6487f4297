"""How readings grow with the log: ``python -m tests.benchmarks.scale``, ten minutes the first time.

Fills one database with a hundredth of the rows and one with all, through the log-writer's own code: 30 days,
a tenth with actual values, a tenth with a log line. They are kept in ``--folder`` and used again. Then each
reading that a page or the monitor makes is timed in both, over HTTP in one process.
"""

import storage.ctrl_c

import argparse
import json
import shutil
import time
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from flask.testing import FlaskClient

from backend.app import create_app
from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.domain.table import TABLE
from storage.paths import RuntimePaths
from storage.runtime_table import refuse_other_table
from storage.schema.records import utc_now
from storage.settings import Settings, settings_or_exit
from storage.spool.lines import Model
from tests.benchmarks.scale.filling import Known, fill
from tests.benchmarks.scale.readings import Timed, readings, time_readings
from tests.postgresql import empty_database, postgresql_server
from tests.settings import changed

KEY = "scale-benchmark-admin-key"
ASKED = 2_000
FRACTION = 100
FRESH = timedelta(hours=12)
"""An older database is filled anew: its newest day would be empty."""
ROW = "{name:34} {base:9,.1f} {p50:9,.1f} {p95:9,.1f} {cold:9,.1f} {ratio:7.1f}"


def main() -> None:
    """Fill what is missing, measure, print."""
    options = _parser().parse_args()
    source = settings_or_exit().paths
    few = options.rows // FRACTION
    with ExitStack() as stack:
        server = stack.enter_context(postgresql_server()) if options.postgresql else None
        found = []
        for rows in (few, options.rows):
            address = stack.enter_context(empty_database(server, f"rows_{rows}")) if server else ""
            folder = options.folder / f"{rows}{'-postgresql' if server else ''}"
            settings = changed(Settings(runtime_directory=folder.absolute()), admin_key=KEY)
            settings = changed(settings, database_url=address) if address else settings
            found.append(_measure(settings, source, rows))
    base, large = found
    print(f"\nmilliseconds; {few:,} and {options.rows:,} predictions\n")
    _print(base, large)


def _measure(settings: Settings, source: RuntimePaths, rows: int) -> dict[str, Timed]:
    paths, note = settings.paths, settings.paths.root / "filled.json"
    filled = json.loads(note.read_text()) if note.exists() and paths.database.exists() else None
    if filled is None or utc_now() - datetime.fromisoformat(filled["until"]) > FRESH:
        shutil.rmtree(paths.root, ignore_errors=True)
        filled = _fill(settings, source, rows)
        note.write_text(json.dumps(filled))
    http = create_app(settings).test_client()
    addresses = readings(datetime.fromisoformat(filled["until"]), filled["version"])
    file = paths.database if paths.database.exists() else None
    return dict(time_readings(http, KEY, addresses, file))


def _fill(settings: Settings, source: RuntimePaths, rows: int) -> dict[str, str]:
    paths = settings.paths
    paths.root.mkdir(parents=True)
    refuse_other_table(paths, TABLE, writes=True)
    shutil.copytree(source.models, paths.models)
    shutil.copytree(source.data, paths.data)
    known = _known(create_app(settings).test_client(), pd.read_csv(paths.training_inputs))
    until, begun = utc_now(), time.monotonic()
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()
        fill(database, known, rows, until, lambda done: _tell(done, rows, begun))
    print()
    return {"until": until.isoformat(), "version": known.model.model_version}


def _known(http: FlaskClient, table: pd.DataFrame) -> Known:
    """Ask the champion once; the rows of the log repeat its answers."""
    rows = table.sample(min(ASKED, len(table)), random_state=0)[list(FEATURE_NAMES)]
    asked = {"instances": json.loads(rows.to_json(orient="records"))}
    answer = http.post(
        "/predict_batch", json=asked, headers={"Authorization": f"Bearer {KEY}"}
    ).json
    if answer is None or "predictions" not in answer:
        raise SystemExit(f"The champion does not answer: {answer}")
    predicted = np.array(answer["predictions"])
    upper = np.array([each["upper"] for each in answer["intervals"]])
    model = Model(answer["model_type"], answer["model_version"])
    return Known(rows.to_numpy(np.float64), predicted, upper - predicted, model)


def _tell(done: int, rows: int, begun: float) -> None:
    rate = done / (time.monotonic() - begun)
    print(f"\r{done:,} of {rows:,} rows, {rate:,.0f} a second ", end="", flush=True)


def _print(base: dict[str, Timed], large: dict[str, Timed]) -> None:
    heads = ("reading", "p50 small", "p50", "p95", "cold", "ratio")
    print(f"{heads[0]:34} " + " ".join(f"{each:>9}" for each in heads[1:5]) + f" {heads[5]:>7}")
    for name, timed in large.items():
        ratio = timed.p50 / base[name].p50
        print(ROW.format(name=name, base=base[name].p50, ratio=ratio, **vars(timed)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="predictions of the large one")
    parser.add_argument("--folder", type=Path, default=Path("runtime-scale"), help="kept, 6 GB")
    parser.add_argument(
        "--postgresql", action="store_true", help="on a server of its own, not kept"
    )
    return parser


if __name__ == "__main__":
    main()
