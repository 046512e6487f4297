"""The pattern of all whole numbers between two others, for schemas that bound a number in a text."""


def whole_numbers(lowest: int, highest: int) -> str:
    """Return a pattern, without anchors, of the numbers from 1 or more to the highest one, both included.

    Examples
    --------
    >>> whole_numbers(60, 129)
    '(6[0-9]|[7-9][0-9]|1[0-2][0-9])'
    """
    ends = _ends(lowest, highest)
    begins = [lowest, *(end + 1 for end in ends[:-1])]
    return f"({'|'.join(map(_digits, begins, ends))})"


def _ends(lowest: int, highest: int) -> list[int]:
    """Return where ranges end whose numbers differ in each digit independently of the others."""
    ends = {highest}
    for digits in range(1, len(str(highest)) + 1):
        nines = int(str(lowest)[:-digits] + "9" * digits)
        below_zeros = (highest + 1) // 10**digits * 10**digits - 1
        ends |= {end for end in (nines, below_zeros) if lowest <= end < highest}
    return sorted(ends)


def _digits(first: int, last: int) -> str:
    pairs = zip(str(first), str(last), strict=True)
    return "".join(low if low == high else f"[{low}-{high}]" for low, high in pairs)
