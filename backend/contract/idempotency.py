"""The Idempotency-Key header, as the draft of the IETF has it: quotation marks may be left out."""

HEADER = "Idempotency-Key"
REPEATED_HEADER = "Idempotency-Replayed"
"""In an answer that was given before."""
BARE = r"[!#-+\-.-\[\]-~]{1,255}"
"""Visible ASCII without a quotation mark, comma or backslash."""
QUOTED = r'"[ !#-\[\]-~]{1,255}"'
FORM = f"^({BARE}|{QUOTED})$"
