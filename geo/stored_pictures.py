"""Small pictures that wait in a temporary file: those of a large survey would fill more memory than all that is known
of its animals.
"""

import tempfile
import weakref
from collections.abc import Sequence
from typing import IO, overload

import numpy as np
from numpy.typing import NDArray

from geo.output import output_errors
from geo.paths import StrPath, as_path


class PictureStore:
    """A temporary file beside an output. It has no name there, and ends with the last of its pictures.

    Raises OutputError if it cannot be written.
    """

    def __init__(self, output: StrPath) -> None:
        self._output, self._end = as_path(output), 0
        with output_errors(self._output):
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=self._output.parent)  # noqa: SIM115 (it outlives this call)
        weakref.finalize(self, self._file.close)

    def add(self, pictures: Sequence[bytes | None]) -> "StoredPictures":
        """Take pictures into the file. Raises OutputError if it is full."""
        size = np.array([len(picture or b"") for picture in pictures], np.int64)
        at = self._end + np.cumsum(size) - size
        with output_errors(self._output):
            self._file.seek(self._end)
            self._file.write(b"".join(picture for picture in pictures if picture))
            self._file.flush()
        self._end += int(size.sum())
        return StoredPictures(self, at, size)

    def read(self, at: int, size: int) -> bytes:
        """A picture of the file."""
        self._file.seek(at)
        return self._file.read(size)


class StoredPictures(Sequence[bytes | None]):
    """N pictures of a store; each is read when it is asked for. None stands for one of no bytes.

    store: where they are. at, size: (N,) int64, where each is in its file, bytes.
    """

    def __init__(self, store: PictureStore, at: NDArray[np.int64], size: NDArray[np.int64]) -> None:
        self.store, self._at, self._size = store, at, size

    def __len__(self) -> int:
        return len(self._at)

    @overload
    def __getitem__(self, row: int) -> bytes | None: ...

    @overload
    def __getitem__(self, row: slice) -> "StoredPictures": ...

    def __getitem__(self, row: int | slice) -> "bytes | StoredPictures | None":
        if isinstance(row, slice):
            return StoredPictures(self.store, self._at[row], self._size[row])
        size = int(self._size[row])
        return self.store.read(int(self._at[row]), size) if size else None

    @property
    def there(self) -> NDArray[np.bool_]:
        """(N,) which of them are pictures, and not None."""
        return self._size > 0

    def take(self, rows: NDArray[np.integer]) -> "StoredPictures":
        """Those of these indices, in that order."""
        return StoredPictures(self.store, self._at[rows], self._size[rows])

    def followed_by(self, *others: Sequence[bytes | None]) -> "StoredPictures":
        """These and others behind them, which go into the same store. Raises OutputError as `PictureStore.add`."""
        each = [self]
        for other in others:
            known = isinstance(other, StoredPictures) and other.store is self.store
            each.append(other if known else self.store.add(other))  # type: ignore[arg-type]
        at, size = np.concatenate([one._at for one in each]), np.concatenate([one._size for one in each])
        return StoredPictures(self.store, at, size)
