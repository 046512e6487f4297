"""``make fuzz``: ten thousand generated requests to a service of its own, with all checks of its schema."""

import storage.ctrl_c

import sys
import tempfile
from pathlib import Path

from storage.settings import Settings, settings_or_exit
from tests.backend.live_service import live_service
from tests.contract.fuzz.run import fuzz
from tests.settings import changed
from tests.system import copied_runtime, free_port

PHASES = "examples,coverage,fuzzing,stateful"
EXAMPLES = 75
"""Of a phase for each operation: with all phases, some 10,000 requests."""


def main() -> None:
    """Run it with a seed, which may be given; end with 1 if the schema and the service differ."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    trained = settings_or_exit(writes=False).paths.root.absolute()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runtime = copied_runtime(trained, folder / "runtime")
        settings = changed(Settings(runtime_directory=runtime), backend_port=free_port())
        with live_service(settings, folder, HOUSING_VIEWER_KEY="see"):
            found = fuzz(settings.addresses.backend_url, folder, PHASES, EXAMPLES, seed)
    print(found.said)
    sys.exit(not found.clean)


if __name__ == "__main__":
    main()
