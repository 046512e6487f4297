"""Headers that the service and the console send with every answer."""

SECURITY_HEADERS = [
    ("Content-Security-Policy", "frame-ancestors 'none'"),
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
]
"""No page of another site may show an answer in a frame, where a click could be meant for something else; the
second says so to old browsers. And a browser takes each answer for what it is said to be."""
