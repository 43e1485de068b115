"""Takes the photos of a scene: resamples the ground through the camera, from parts of the scene that are drawn once."""

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geo.simulation.flight import Exposure, ground_homography
from geo.simulation.noise import Window, tiled
from geo.simulation.scene import Scene
from geo.simulation.settings import SimulationError, SurveySettings
from geo.simulation.solids import Viewpoint

_BLOCK = 512
_CACHED_BLOCKS = 160  # 126 MB
_ROWS = 200
_LARGEST_VIEW_PX = 200_000_000


class SceneView:
    """Windows of a scene without sensor noise.

    They are cut from blocks, which are kept while neighbouring photos need them.
    """

    def __init__(self, scene: Scene, viewpoint: Viewpoint | None = None) -> None:
        """viewpoint: the camera of the one photo that this view is for; None: seen from straight above, for all."""
        self._renderer = scene.renderer(viewpoint)
        self._size_px = scene.settings.width_px, scene.settings.height_px
        self._blocks: OrderedDict[tuple[int, int], NDArray[np.uint8]] = OrderedDict()

    def _block(self, column: int, row: int) -> NDArray[np.uint8]:
        key = (column, row)
        if key in self._blocks:
            self._blocks.move_to_end(key)
        else:
            window = Window(column * _BLOCK, row * _BLOCK, _BLOCK, _BLOCK)
            self._keep(key, self._renderer.render(window, sensor_noise=False))
        return self._blocks[key]

    def _keep(self, key: tuple[int, int], block: NDArray[np.uint8]) -> None:
        self._blocks[key] = block
        if len(self._blocks) > _CACHED_BLOCKS:
            self._blocks.popitem(last=False)

    def orthomosaic(self) -> Iterator[NDArray[np.uint8]]:
        """The orthomosaic from top to bottom, in bands (rows, width, 3) uint8. What is drawn is kept for the photos."""
        width, height = self._size_px
        for top in range(0, height, _BLOCK):
            band = np.empty((min(_BLOCK, height - top), width, 3), np.uint8)
            for left in range(0, width, _BLOCK):
                noisy, plain = self._renderer.render_both(Window(left, top, _BLOCK, _BLOCK))
                self._keep((left // _BLOCK, top // _BLOCK), plain)
                band[:, left : left + _BLOCK] = noisy[: len(band), : width - left]
            yield band

    def window(self, window: Window) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 sRGB: the pixels of any window of scene pixels."""
        out = np.empty((window.height, window.width, 3), np.uint8)
        for row in range(window.y // _BLOCK, (window.y + window.height - 1) // _BLOCK + 1):
            for column in range(window.x // _BLOCK, (window.x + window.width - 1) // _BLOCK + 1):
                x0, y0 = max(column * _BLOCK, window.x), max(row * _BLOCK, window.y)
                x1 = min((column + 1) * _BLOCK, window.x + window.width)
                y1 = min((row + 1) * _BLOCK, window.y + window.height)
                block = self._block(column, row)
                out[y0 - window.y : y1 - window.y, x0 - window.x : x1 - window.x] = block[
                    y0 - row * _BLOCK : y1 - row * _BLOCK, x0 - column * _BLOCK : x1 - column * _BLOCK
                ]
        return out


def take_photo(scene: Scene, view: SceneView, exposure: Exposure, number: int) -> NDArray[np.uint8]:
    """(photo_height_px, photo_width_px, 3) uint8 sRGB: what the camera sees from one exposure, bilinear, with its
    noise.

    Raises SimulationError if the photo shows the horizon, or too much of the scene.
    """
    settings = scene.settings
    width, height = settings.photo_width_px, settings.photo_height_px
    to_scene = _to_scene_px(exposure, scene)
    corners = np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]], np.float64)
    ahead = to_scene @ corners
    if (ahead[2] <= 0).any():
        raise SimulationError(f"{exposure.name} shows the horizon; lower tilt_deg")
    footprint = ahead[:2] / ahead[2]
    low = np.floor(footprint.min(axis=1)).astype(int) - 2
    high = np.ceil(footprint.max(axis=1)).astype(int) + 3
    if int(np.prod(high - low)) > _LARGEST_VIEW_PX:
        raise SimulationError(f"{exposure.name} shows {high - low} scene pixels; lower tilt_deg or the photo's size")
    ground = view.window(Window(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])))
    stride = ground.shape[1]
    # Four bytes for each pixel, so that one 32-bit look-up gets all channels.
    flat = np.zeros((ground.shape[0] * stride, 4), np.uint8)
    flat[:, :3] = ground.reshape(-1, 3)
    packed = flat.view(np.uint32).ravel()
    rng = np.random.default_rng([settings.seed, 10, number])
    noise_at = rng.integers(0, 1_000_000, (3, 2))
    out = np.empty((height, width, 3), np.uint8)
    x = (np.arange(width) + 0.5)[None, :]
    for top in range(0, height, _ROWS):
        rows = min(_ROWS, height - top)
        y = (np.arange(top, top + rows) + 0.5)[:, None]
        depth = to_scene[2, 0] * x + to_scene[2, 1] * y + to_scene[2, 2]
        across = (to_scene[0, 0] * x + to_scene[0, 1] * y + to_scene[0, 2]) / depth - (low[0] + 0.5)
        down = (to_scene[1, 0] * x + to_scene[1, 1] * y + to_scene[1, 2]) / depth - (low[1] + 0.5)
        column, row = across.astype(np.int32), down.astype(np.int32)
        fx, fy = (across - column).astype(np.float32), (down - row).astype(np.float32)
        first = row * np.int32(stride) + column
        around = [
            packed.take(first + np.int32(step)).view(np.uint8).reshape(rows, width, 4)
            for step in (0, 1, stride, stride + 1)
        ]
        for channel in range(3):
            upper, upper_right, lower, lower_right = (corner[:, :, channel].astype(np.float32) for corner in around)
            upper_right -= upper
            upper_right *= fx
            upper += upper_right
            lower_right -= lower
            lower_right *= fx
            lower += lower_right
            lower -= upper
            lower *= fy
            upper += lower
            at = Window(int(noise_at[channel, 0]), int(noise_at[channel, 1]) + top, width, rows)
            upper += tiled(scene.noise, at)
            np.clip(upper, 0.0, 255.0, out=upper)
            upper += 0.5
            out[top : top + rows, :, channel] = upper
    return out


def viewpoint_of(exposure: Exposure, settings: SurveySettings) -> Viewpoint | None:
    """The camera of a photo that looks at an angle; None if the flight's photos look straight down.

    Photos that look down, and a little tilted ones, show the animals as flat pictures on the ground. In a photo that
    is taken at an angle they stand up.
    """
    if settings.pitch_deg <= -90:
        return None
    x, y = exposure.x - settings.origin[0], settings.origin[1] - exposure.y
    return Viewpoint(x, y, exposure.agl_m * exposure.scale)


def _to_scene_px(exposure: Exposure, scene: Scene) -> NDArray[np.float64]:
    """(3, 3): from image px of a photo to homogeneous scene pixels."""
    settings = scene.settings
    x, y = (exposure.x - settings.origin[0]) / settings.gsd_m, (settings.origin[1] - exposure.y) / settings.gsd_m
    scale = 1.0 / settings.gsd_m
    place = np.array([[scale, 0.0, x], [0.0, -scale, y], [0.0, 0.0, 1.0]])
    return np.asarray(place @ ground_homography(exposure, settings), np.float64)
