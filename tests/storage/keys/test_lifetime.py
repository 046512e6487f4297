"""Times as a person types them: what has the form is read, everything else is refused with a sentence."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.errors import InvalidInput
from storage.keys.lifetime import LONGEST, UNITS, lifetime


@given(number=st.integers(1, 10_000_000), unit=st.sampled_from(sorted(UNITS)))
def test_a_number_with_a_unit_is_that_time_or_too_long(number: int, unit: str) -> None:
    meant = number * UNITS[unit]
    if meant <= LONGEST and number < 10_000_000:
        assert lifetime(f"{number}{unit}") == meant
    else:
        with pytest.raises(InvalidInput, match="at most 3650d"):
            lifetime(f"{number}{unit}")


@given(st.text())
@example("0d")
@example("-1d")
@example("90")
@example("90 d")
@example("90d\n")
@example("٣d")
@example("1e3d")
@example("")
def test_no_other_text_becomes_a_time_by_accident(text: str) -> None:
    try:
        found = lifetime(text)
    except InvalidInput:
        return
    assert text.isascii()
    assert text[:-1].isdecimal()
    assert timedelta() < found <= LONGEST
