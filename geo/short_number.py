"""Numbers in sentences and tables for people."""

import math


def short_number(value: float, digits: int) -> str:
    """`value` with so many significant digits, and all of those before the point; never as 4.2e+02."""
    return f"{value:.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"


def rounded(value: float, digits: int) -> float | None:
    """`value` with so many decimals; None, an empty cell, if it is not finite."""
    return round(value, digits) if math.isfinite(value) else None
