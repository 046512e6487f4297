"""Which rows of a large window are read: evenly spread, and the same ones whoever looks when."""


def read_every(count: int, most_rows: int) -> int:
    """Return which rows are read, every so many-th by id, so that at most ``most_rows`` of ``count`` are.

    Always a power of two: the rows change only where the count doubles, and to some of the same. Every third,
    fourth, fifth, ... would be other rows with each few more or less, and a step would show other figures
    from one look to the next.

    Examples
    --------
    >>> [read_every(count, 10_000) for count in (0, 10_000, 10_001, 30_000, 40_000, 40_001)]
    [1, 1, 2, 4, 4, 8]
    """
    every = 1
    while count > every * most_rows:
        every *= 2
    return every
