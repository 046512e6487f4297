"""Rows that are few and often asked for: each condition has an index that costs nothing for the others.

A query has to repeat the condition word for word, or a database does not see that the index has all it needs.
"""

PROBLEM_LINES = "level != 'DEBUG' AND level != 'INFO'"
PROBLEMS = ("WARNING", "ERROR", "CRITICAL")
"""Their levels."""
FAILED_REQUESTS = "status_code >= 400"
FIRST_FAILED = 400
OTHER_REQUESTS = "endpoint != '/predict'"
"""All but the one that nearly all traffic is."""
PREDICT = "/predict"
THINNED_EVERY = 32
THINNED = f"(id & {THINNED_EVERY - 1}) = 0"
"""Every so many-th prediction: enough to read a few thousand of millions."""
SLOW_SECONDS = 0.1
SLOW_REQUESTS = f"response_time >= {SLOW_SECONDS}"
