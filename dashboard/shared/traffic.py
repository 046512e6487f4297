"""Requests and their latency: which ones are counted, and how a latency is written."""

PREDICTIONS = "Predictions"
ALL_REQUESTS = "All requests"
PREDICTION_ENDPOINTS = "/predict,/predict_batch"
SCOPE_HELP = (
    "*Predictions* are calls of /predict and /predict_batch. *All requests* also includes the others that "
    "this console and other programs make. The monitor's probes are in neither."
)
LATENCY_HELP = (
    "Time inside the service, without the network; from the latency histogram, accurate to 2.5%. "
    "p95: 95% of requests were at least this fast."
)


def endpoint_filter(scope: str) -> str | None:
    """Return the endpoints of a scope as the service takes them; None for all.

    Examples
    --------
    >>> endpoint_filter("Predictions"), endpoint_filter("All requests"), endpoint_filter("/info")
    ('/predict,/predict_batch', None, '/info')
    """
    named = {PREDICTIONS: PREDICTION_ENDPOINTS, ALL_REQUESTS: None}
    return named.get(scope, scope)


def milliseconds(value: float | None) -> str:
    """Write a latency.

    Examples
    --------
    >>> milliseconds(0.4567), milliseconds(2_345.6), milliseconds(None)
    ('0.457 ms', '2,346 ms', '–')
    """
    if value is None:
        return "–"
    return f"{value:.3g} ms" if value < 1_000 else f"{value:,.0f} ms"
