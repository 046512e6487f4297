"""Ctrl-C ends the longest query over a copy."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.system import REPOSITORY, clean_environment

LONG_CHECK = """
import signal, sqlite3, sys
from pathlib import Path
from storage.backup.sqlite_copy import unchanging

signal.signal(signal.SIGINT, signal.default_int_handler)
endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
with unchanging(Path(sys.argv[1])) as connection:
    print("begins", flush=True)
    connection.execute(endless)
"""


def test_ctrl_c_ends_the_check_of_a_large_database(tmp_path: Path) -> None:
    path = tmp_path / "any.db"
    sqlite3.connect(path).close()
    # A process of its own: a test runner in the background is deaf to Ctrl-C.
    with subprocess.Popen(
        [sys.executable, "-c", LONG_CHECK, str(path)],
        cwd=REPOSITORY,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as check:
        assert check.stdout is not None
        assert check.stdout.readline() == "begins\n"
        check.send_signal(signal.SIGINT)
        try:
            _, said = check.communicate(timeout=60)
        finally:
            check.kill()
    assert said.rstrip().endswith("KeyboardInterrupt")
