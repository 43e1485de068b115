"""The way through the images of a survey, cell by cell: what comes next, what is done, how far the search is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..searched_cells import searched_px
from .cells import Cell, is_searched
from .record import Photo, Search

Skips = Callable[[Photo, Cell], bool]


class Place(NamedTuple):
    """One cell of one image. of: how many cells the image has."""

    photo: Photo
    cell: Cell
    of: int


class Progress(NamedTuple):
    """How far the search is: photos that are searched completely, and the share of the area of all, 0 to 1."""

    photos_done: int
    photos: int
    area: float


class Walk:
    """One observer's way. `place` is the cell in hand, None at the end.

    photos: in the order of the search. searches: those of the survey. cells_of: the cells of an image, in order.
    observer: whose search it is. together: whether a cell that anybody searched is done; otherwise each observer
    searches all cells. skips: which cells are passed over, as another image shows their ground.
    `passed` are the images of which cells were passed over, and that are done with that.
    """

    def __init__(
        self,
        photos: Sequence[Photo],
        searches: Sequence[Search],
        cells_of: Callable[[Photo], list[Cell]],
        observer: str | None,
        together: bool = True,
        skips: Skips | None = None,
    ) -> None:
        self.photos = list(photos)
        self._cells_of = cells_of
        self._observer = observer
        self._together = together
        self._skips = skips or (lambda photo, cell: False)
        self._closed = {photo.image.path for photo in photos if photo.closed} if together else set()
        self.passed: list[Photo] = []
        self._boxes: dict[str, list[tuple[float, ...]]] = {}
        for one in searches:
            if together or one.reviewer == observer:
                self._boxes.setdefault(one.image, []).append(one.box)
        self._at_path = {photo.image.path: number for number, photo in enumerate(self.photos)}
        self._areas = {photo.image.path: self._area(photo) for photo in self.photos}
        self._total = sum(photo.image.size[0] * photo.image.size[1] for photo in self.photos)
        self._before: list[tuple[int, int]] = []
        self._at: tuple[int, int] | None = (0, -1)
        self._cells: tuple[int, list[Cell]] = (-1, [])
        self._go_on()

    @property
    def place(self) -> Place | None:
        """The cell in hand."""
        if self._at is None:
            return None
        photo, cells = self.photos[self._at[0]], self._of(self._at[0])
        return Place(photo, cells[self._at[1]], len(cells))

    @property
    def following(self) -> Place | None:
        """The cell after it, as far as is known now: what may be read ahead."""
        if self._at is None:
            return None
        number, cell = self._at
        if cell + 1 < len(self._of(number)):
            return Place(self.photos[number], self._of(number)[cell + 1], len(self._of(number)))
        for photo in self.photos[number + 1 :]:
            if not self.is_done(photo):
                cells = self._cells_of(photo)
                return Place(photo, cells[0], len(cells)) if cells else None
        return None

    @property
    def progress(self) -> Progress:
        """How far the search is."""
        done = sum(map(self.is_done, self.photos))
        area = sum(self._areas.values())
        for path in self._closed:
            photo = self.photos[self._at_path[path]]
            area += photo.image.size[0] * photo.image.size[1] - self._areas[path]
        return Progress(done, len(self.photos), area / self._total if self._total else 1.0)

    @property
    def can_go_back(self) -> bool:
        """Whether there is a cell before."""
        return bool(self._before)

    def has(self, path: str) -> bool:
        """Whether an image is among those to search."""
        return path in self._at_path

    def is_done(self, photo: Photo) -> bool:
        """Whether an image is searched completely, or closed."""
        width, height = photo.image.size
        return photo.image.path in self._closed or self._areas[photo.image.path] >= width * height - 0.5

    def is_searched(self, place: Place) -> bool:
        """Whether a cell is searched."""
        return is_searched(place.cell, self._boxes.get(place.photo.image.path, []))

    def close(self, path: str, closed: bool = True) -> None:
        """Note that an image is closed, or that it is open again."""
        (self._closed.add if closed else self._closed.discard)(path)

    def searched(self, one: Search) -> None:
        """Note that a cell was searched."""
        self._boxes.setdefault(one.image, []).append(one.box)
        self._measure(one.image)

    def not_searched(self, one: Search) -> None:
        """Note that a search was taken back, and go to its cell."""
        boxes = self._boxes.get(one.image, [])
        if one.box in boxes:
            boxes.remove(one.box)
        self._measure(one.image)
        self.go_to(one.image, one.cell)

    def next(self) -> None:
        """Go to the next cell that is not searched."""
        if self._at is not None:
            self._before.append(self._at)
            self._go_on()

    def back(self) -> None:
        """Go to the cell that was in hand before, searched or not."""
        if self._before:
            self._at = self._before.pop()

    def go_to(self, path: str, number: int) -> bool:
        """Go to a cell, if it is there."""
        at = self._at_path.get(path)
        for place, cell in enumerate([] if at is None else self._of(at)):
            if at is not None and cell.number == number:
                self._before = [before for before in self._before if before < (at, place)]
                self._at = (at, place)
                return True
        return False

    def other_photo(self, step: int) -> None:
        """Go to the next photo that is not done, or with -1 to the one before. After the last comes the first."""
        if self._at is None:
            return
        for far in range(1, len(self.photos)):
            number = (self._at[0] + step * far) % len(self.photos)
            place = self._first_to_search(number, 0)
            if place is not None:
                self._before.append(self._at)
                self._at = (number, place)
                return

    def _go_on(self) -> None:
        """Go to the next cell to search; behind the last photo, to what was left out before."""
        number, cell = self._at or (0, -1)
        self._at = None
        for far in range(len(self.photos) + 1):
            at = (number + far) % len(self.photos)
            place = self._first_to_search(at, cell + 1 if far == 0 else 0)
            if place is not None:
                self._at = (at, place)
                return

    def _first_to_search(self, number: int, first: int) -> int | None:
        """The first cell of an image, from the cell `first` on, that is to be searched. None: there is none.

        An image of which all cells are searched or passed over is noted in `passed`.
        """
        photo = self.photos[number]
        if self.is_done(photo):
            return None
        cells = self._of(number)
        to_search = [
            place
            for place, one in enumerate(cells)
            if not self.is_searched(Place(photo, one, len(cells))) and not self._skips(photo, one)
        ]
        if not to_search and photo not in self.passed:
            self.passed.append(photo)
        return next((place for place in to_search if place >= first), None)

    def _of(self, number: int) -> list[Cell]:
        """The cells of an image; kept while it is in hand, as the window may change its size meanwhile."""
        if self._cells[0] != number:
            self._cells = (number, self._cells_of(self.photos[number]))
        return self._cells[1]

    def _area(self, photo: Photo) -> float:
        boxes = self._boxes.get(photo.image.path)
        return searched_px(boxes, *photo.image.size) if boxes else 0.0

    def _measure(self, path: str) -> None:
        at = self._at_path.get(path)
        if at is not None:
            self._areas[path] = self._area(self.photos[at])
