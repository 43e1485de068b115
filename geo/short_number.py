"""Numbers in sentences and tables for people."""


def short_number(value: float, digits: int) -> str:
    """`value` with so many significant digits, and all of those before the point; never as 4.2e+02."""
    return f"{value:.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:.{digits}g}"
