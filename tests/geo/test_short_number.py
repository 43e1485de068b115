"""Numbers for people have no exponent."""

import pytest

from geo.short_number import short_number


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (424.2, 2, "424"), (99.6, 2, "100"), (9.96, 2, "10"), (4.24, 2, "4.2"), (0.042, 2, "0.042"), (0.0, 2, "0"),
        (12_345.6, 4, "12346"), (54_600.0, 4, "54600"), (999.7, 3, "1000"), (-424.2, 2, "-424"), (1e7, 6, "10000000"),
    ],
)  # fmt: skip
def test_a_number_is_short_and_without_an_exponent(value: float, digits: int, expected: str) -> None:
    assert short_number(value, digits) == expected
