"""What the warm parent imports before it forks programs; see ``tests.warm_parent``."""

import gc
import importlib
import os
import tempfile

# OpenMP's pool of threads does not survive a fork: a child's first prediction would wait for good.
os.environ["OMP_NUM_THREADS"] = "1"

from sqlalchemy.orm import configure_mappers

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
from training.compilation.ahead import compile_all  # noqa: E402
from training.tracking.quiet_mlflow import load_model_formats  # noqa: E402

load_model_formats()
# What a training or a worker would do first: map MLflow's tables, and load machine code for half a second.
importlib.import_module("git")
importlib.import_module("mlflow.store.tracking.sqlalchemy_store")
configure_mappers()
compile_all()

gc.enable()
gc.collect()
gc.freeze()
