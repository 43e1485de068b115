"""The words of errors."""

from geo.errors import one_line


def test_one_line_folds_white_space_and_never_says_nothing() -> None:
    assert one_line(ValueError("two\n  lines\tand a tab ")) == "two lines and a tab"
    assert one_line(ValueError("  \n")) == "ValueError"
    assert one_line("") == ""
    assert one_line(KeyError("abc"), 3) == "'ab"
