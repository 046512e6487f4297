"""How long a key is to last, as a person types it: a whole number and a unit, such as ``90d``."""

import re
from datetime import timedelta

from storage.errors import InvalidInput

UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST = timedelta(days=3650)
WRITTEN = re.compile(r"([0-9]{1,7})([mhdw])")


def lifetime(text: str) -> timedelta:
    """Read a time that something lasts; at most ten years.

    Raises
    ------
    InvalidInput
        If it is not a whole number above 0 with a unit, or longer.

    Examples
    --------
    >>> lifetime("90d"), lifetime("12h")
    (datetime.timedelta(days=90), datetime.timedelta(seconds=43200))
    """
    found = WRITTEN.fullmatch(text)
    lasting = int(found[1]) * UNITS[found[2]] if found else timedelta()
    if not timedelta() < lasting <= LONGEST:
        raise InvalidInput(
            f"{text!r} is no time: write a whole number and m, h, d or w, such as 90d or 12h; "
            f"at most {LONGEST.days}d."
        )
    return lasting
