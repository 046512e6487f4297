"""Compile all machine code now, so that no start has to wait for it.

For the build of an image, or a machine without a model yet. The code is for the kind of processor that
compiles it; another kind compiles anew.
"""

import storage.ctrl_c

import argparse
import time
from collections.abc import Sequence

from storage.settings import settings_or_exit
from storage.version import VERSION
from training.compilation.ahead import compile_all
from training.kernels.machine_code import code_folder, why_not_kept


def main(arguments: Sequence[str] | None = None) -> None:
    """Compile, and say where the code is."""
    parser = argparse.ArgumentParser(prog="python -m training.compilation", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    parser.parse_args(arguments)
    settings_or_exit(writes=False)
    if (problem := why_not_kept()) is not None:
        raise SystemExit(problem)
    begun = time.monotonic()
    compile_all()
    seconds = time.monotonic() - begun
    print(f"The machine code for this kind of processor is in {code_folder()} ({seconds:.0f} s).")


if __name__ == "__main__":
    main()
