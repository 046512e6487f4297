"""The prediction service from another program: predict, send actual values, look up what was answered.

A package of its own, `pip install housing_client-*.whl`: it needs httpx, and nothing of the service. It works
with whatever table the service was trained on: a row maps the names of its inputs to numbers, words or None.
"""

from .answers import Feedback, Health, Interval, LoggedPrediction, Model, Prediction
from .asynchronous import AsyncClient
from .errors import ClientError, Late, Problem, Refused, Unexpected, Unreachable
from .retries import Retries
from .synchronous import Client
from .version import VERSION

__version__ = VERSION
__all__ = [
    "AsyncClient",
    "Client",
    "ClientError",
    "Feedback",
    "Health",
    "Interval",
    "Late",
    "LoggedPrediction",
    "Model",
    "Prediction",
    "Problem",
    "Refused",
    "Retries",
    "Unexpected",
    "Unreachable",
]
