"""The units of work of a search: what one read yields."""

from dataclasses import dataclass

from detector.search.seams import SeamTiles
from detector.search.tiles import Block, TileGrid


@dataclass(frozen=True, slots=True)
class Unit:
    """The work of one read: a block of an image's tiles.

    Attributes:
        image: The index of the image in the survey.
        grid: The tiles of the whole image.
        block: Which of them.
        scale: Grid px for one px of the image, along x and along y; 1 unless the image is resampled to the model's GSD.
            The two differ a little, because a grid has whole pixels.
        key: The name of the unit's part. It depends on everything that the result depends on.
        further: Tiles that are not of the grid, where the unit has such.
    """

    image: int
    grid: TileGrid
    block: Block
    scale: tuple[float, float] = (1.0, 1.0)
    key: str = ""
    further: SeamTiles | None = None

    @property
    def tiling(self) -> TileGrid | SeamTiles:
        """The tiles among which those of the unit are."""
        return self.grid if self.further is None else self.further

    @property
    def pixels(self) -> int:
        """The number of pixels that the read yields."""
        return self.block.width * self.block.height

    @property
    def tiles(self) -> int:
        """The number of tiles in the block."""
        return len(self.tiling.tiles_of(self.block))
