"""What the warm parent imports before it forks programs; see ``tests.warm_parent``."""

import gc
import os
import tempfile

from backend.metrics.files import MULTIPROCESS_VARIABLE

# prometheus_client looks at its first import whether there is a folder, and at each file in which one.
os.environ.setdefault(MULTIPROCESS_VARIABLE, tempfile.gettempdir())
gc.disable()

import backend.app  # noqa: E402
import backend.monitor  # noqa: E402
import backend.simulate  # noqa: E402
import backend.workers.application  # noqa: E402, F401
import storage.log_writer.writer  # noqa: E402, F401
import training.worker  # noqa: E402, F401
from training.tracking.quiet_mlflow import load_model_formats  # noqa: E402

load_model_formats()

gc.enable()
gc.collect()
gc.freeze()
