"""What people wrote in columns that they added, where two copies of a survey are merged.

A value that one copy alone has is taken. If both have one and they differ, the value of the row with the later verdict
is used. If the two rows are from two people, that is a conflict, and the note keeps the other value.
"""

from collections.abc import Sequence

import numpy as np

from geo import added_columns
from geo.added_columns import AddedColumn, Value
from geo.reviews import conflicts
from geo.reviews.conflicts import Conflict, Side
from geo.tables import DetectionRows, Images

ALONE = -1  # no other row
_LONGEST = 100  # characters of a value in a note and in the table of conflicts


def keys(rows: DetectionRows) -> list[tuple[tuple[str, str], ...]]:
    """What each row has in such columns, to sort by: a row with more comes behind the same with less."""
    columns = sorted(rows.added, key=lambda column: column.key)
    told = [(column.key, column.said.tolist(), column.values) for column in columns]
    return [
        tuple((key, _text(values[row]) if said[row] else "") for key, said, values in told) for row in range(len(rows))
    ]


def merged(
    both: DetectionRows, order: Sequence[tuple[int, int]], shape: Sequence[int], first: int
) -> tuple[tuple[AddedColumn, ...], list[tuple[int, str]], list[Conflict]]:
    """The columns for the animals of a merge; the lines for notes, each with its animal; and the conflicts.

    both: the rows of both copies, those of the first copy are the first `first` ones. order: for each animal the row
    that holds and the other one, or ALONE. shape: for each animal the row with its box.
    """
    people, times = both.text("reviewer"), both.text("reviewed_at")
    classes, boxes = both.class_names(), both.boxes_px.astype(np.float64).round(2).tolist()
    columns, lines, found = [], [], []
    for column in both.added:
        said, values = column.said.tolist(), []
        for at, (row, other) in enumerate(order):
            values.append(column.values[other if other >= 0 and said[other] and not said[row] else row])
            if other < 0 or not (said[row] and said[other]) or column.values[row] == column.values[other]:
                continue
            if people[row] is not None and people[row] == people[other]:
                continue
            one, two = sorted((row, other))
            each = [
                conflicts.Value(_text(column.values[who])[:_LONGEST], people[who], times[who], None, column.name)
                for who in (one, two)
            ]
            x0, y0, x1, y1 = boxes[shape[at]]
            image = both.paths[int(both.image[shape[at]])]
            kept: Side = "first" if row < first else "second"
            found.append(Conflict(image, (x0, y0, x1, y1), classes[shape[at]], each[0], each[1], kept))
            when = f" ({times[other]})" if times[other] else ""
            lines.append((at, f"conflict: {people[other] or 'somebody'} said {each[one == row]}{when}"))
        columns.append(AddedColumn(column.name, column.sql_type, values, column.default))
    return tuple(columns), lines, found


def of_images(
    first: Images, second: Images, paths: Sequence[str], from_first: Sequence[bool]
) -> tuple[AddedColumn, ...]:
    """The columns for the images `paths` of both. from_first: of each whether the first's row is the one taken."""
    both = added_columns.joined(first.added, second.added, len(first), len(second))
    row_of = [{path: row for row, path in enumerate(table.path)} for table in (first, second)]
    columns = []
    for column in both:
        said, values = column.said.tolist(), []
        for path, own in zip(paths, from_first, strict=True):
            rows = [row_of[0][path]] if path in row_of[0] else []
            rows += [len(first) + row_of[1][path]] if path in row_of[1] else []
            rows.sort(key=lambda row: (not said[row], (row < len(first)) != own))
            values.append(column.values[rows[0]])
        columns.append(AddedColumn(column.name, column.sql_type, values, column.default))
    return tuple(columns)


def _text(value: Value) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes, {value[:32].hex()}"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
