"""What the values of a typed column are: numbers, times or words."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.tables.blanks import trimmed
from training.describe.column import Column, of_numbers, of_words

TIME = pa.timestamp("us")


def is_text(kind: Any) -> bool:
    """Whether a type of Arrow is that of text, which may hold numbers."""
    of_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(each(kind) for each in of_text)


def typed_column(name: str, cells: Any) -> Column:
    """Return a column of a type that is not text, an Arrow chunked array."""
    kind, types = cells.type, pa.types
    if types.is_dictionary(kind):
        return _of_dictionary(name, cells)
    if types.is_boolean(kind):
        return _of_flags(name, cells)
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        values = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        return of_numbers(name, np.array(values), is_integer=types.is_integer(kind))
    if types.is_date(kind) or types.is_timestamp(kind):
        return _of_times(name, cells)
    return Column(name, "other", np.full(len(cells), np.nan), cells.combine_chunks())


def _of_dictionary(name: str, cells: Any) -> Column:
    if not is_text(cells.type.value_type):
        return typed_column(name, cells.cast(cells.type.value_type))
    # Only where it is ordered does its order mean something.
    encoded = cells.unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    written = [trimmed(str(word)) for word in encoded.dictionary.to_pylist()]
    words = list(dict.fromkeys(word for word in written if word))
    if not cells.type.ordered:
        words.sort(key=lambda word: (word.casefold(), word))
    rank = {word: float(place) for place, word in enumerate(words)}
    ranks = np.array([*(rank.get(word, np.nan) for word in written), np.nan])
    places = encoded.indices.cast(pa.int64()).fill_null(len(written)).to_numpy()
    return of_words(name, ranks[places], words)


def _of_flags(name: str, cells: Any) -> Column:
    values = cells.cast(pa.int8()).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return of_words(name, np.array(values), ("false", "true"))


def _of_times(name: str, cells: Any) -> Column:
    raw = pc.cast(cells, TIME, safe=False).combine_chunks()
    seconds = pc.cast(raw, pa.int64()).cast(pa.float64(), safe=False)
    values = seconds.to_numpy(zero_copy_only=False) / 1e6
    return Column(name, "time", np.array(values, dtype=np.float64), raw)
