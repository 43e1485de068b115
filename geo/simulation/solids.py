"""The things on the ground, made of ellipsoids. They are drawn from above with a height buffer, and cast shadows.

Animals, stones, shrubs and trees are each made of a few ellipsoids ("lobes"). Seen from above, a lobe is an ellipse
with a height and a normal. Its shadow on a level plane is an ellipse too. So one sun lights everything alike, and every
shadow fits.

Frame: metres, x to the right (east), y down (south) in the orthomosaic, z up from the ground.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.simulation.noise import Float, Window, tiled

LOBE = np.dtype(
    [
        ("x", "f8"), ("y", "f8"), ("z", "f8"),  # centre, m
        ("a", "f8"), ("b", "f8"), ("c", "f8"),  # semi-axes along heading, across, upright, m
        ("heading", "f8"),  # radians from x (east) towards y (south)
        ("red", "f4"), ("green", "f4"), ("blue", "f4"),  # linear albedo
        ("ragged", "f4"),  # how much leaves or wool break the outline; 0 is smooth
        ("grain", "f4"),  # brightness variation of the surface
        ("texture", "i4"),  # which surface texture: 0 leaves, 1 wool and stone
        ("drawn", "?"),  # False: only its shadow is drawn, as for an animal's legs
        ("woolly", "f4"),  # how much light spreads inside the coat: 0 gives hard shading, 1 gives none
        ("owner", "i4"),  # animal id, -1 for the landscape
        ("boxy", "?"),  # True: a rounded box in place of an ellipsoid, as for a car
    ]
)  # fmt: skip

BACK_HEIGHT_M = 0.6  # the level of animals' backs, on which taller things cast shadows


def srgb(colour: tuple[float, float, float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """An sRGB colour (0 to 255) as linear albedo.

    It is squared, because the renderer's tone curve takes the square root.
    """
    return (np.asarray(colour, np.float64) / 255.0) ** 2


@dataclass(frozen=True)
class Viewpoint:
    """A camera that looks at an angle: scene metres, z above the ground.

    Each lobe is drawn where its ray meets the ground, as its shadow is. So a photo is the ground as this camera sees
    it, things included, brought to the photo's pixels by the homography of the ground. Rays within one lobe are taken
    as parallel: a lobe is small beside its distance.
    """

    x: float
    y: float
    z: float

    def leans(self, lobes: NDArray[np.void]) -> NDArray[np.float64]:
        """(N, 2): how far a point moves away from the camera, seen on the ground, for each metre of its height."""
        away = np.stack([lobes["x"] - self.x, lobes["y"] - self.y], axis=1)
        return np.asarray(away / np.maximum(self.z - lobes["z"], 0.05 * self.z)[:, None], np.float64)


def seen_forms(
    lobes: NDArray[np.void], leans: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The ellipses on the ground of lobes that are seen along a direction: xx, yy and xy (N,) of their matrices, m2."""
    cos, sin = np.cos(lobes["heading"]), np.sin(lobes["heading"])
    ux, uy, vx, vy = lobes["a"] * cos, lobes["a"] * sin, -lobes["b"] * sin, lobes["b"] * cos
    wx, wy = lobes["c"] * leans[:, 0], lobes["c"] * leans[:, 1]
    return ux**2 + vx**2 + wx**2, uy**2 + vy**2 + wy**2, ux * uy + vx * vy + wx * wy


@dataclass(frozen=True)
class Sun:
    """The place of the sun: azimuth (of where the light comes from) clockwise from north, and elevation, degrees."""

    azimuth_deg: float
    elevation_deg: float

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector towards the sun (x east, y south, z up)."""
        azimuth, elevation = np.radians([self.azimuth_deg, self.elevation_deg])
        flat = np.cos(elevation)
        return float(flat * np.sin(azimuth)), float(-flat * np.cos(azimuth)), float(np.sin(elevation))


def empty_lobes(count: int) -> NDArray[np.void]:
    """`count` lobes with default values: drawn, smooth, part of the landscape."""
    lobes = np.zeros(count, LOBE)
    lobes["drawn"] = True
    lobes["owner"] = -1
    return lobes


def half_extents(lobes: NDArray[np.void]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Half the width and half the height (m) of the ellipse of each lobe seen from above."""
    cos, sin = np.cos(lobes["heading"]), np.sin(lobes["heading"])
    return np.hypot(lobes["a"] * cos, lobes["b"] * sin), np.hypot(lobes["a"] * sin, lobes["b"] * cos)


class Solids:
    """Lobes, prepared for drawing at one GSD under one sun."""

    def __init__(self, lobes: NDArray[np.void], gsd_m: float, sun: Sun, textures: tuple[Float, ...]) -> None:
        self._lobes, self._gsd, self._sun, self._textures = lobes, gsd_m, sun, textures
        half_x, half_y = half_extents(lobes)
        grow = np.sqrt(1.0 + 0.5 * lobes["ragged"])  # a ragged outline reaches up to half beyond the ellipse
        self._body = self._bounds(lobes["x"], lobes["y"], half_x * grow, half_y * grow)
        sx, sy, sz = sun.direction
        self._lean = (-sx / sz, -sy / sz)
        cos, sin = np.cos(lobes["heading"]), np.sin(lobes["heading"])
        # The columns of the 2x3 matrix from the unit sphere to the shadow: the ellipsoid's axes along the sun's rays.
        ux, uy = lobes["a"] * cos, lobes["a"] * sin
        vx, vy = -lobes["b"] * sin, lobes["b"] * cos
        wx, wy = lobes["c"] * self._lean[0], lobes["c"] * self._lean[1]
        xx, yy, xy = ux**2 + vx**2 + wx**2, uy**2 + vy**2 + wy**2, ux * uy + vx * vy + wx * wy
        det = xx * yy - xy**2
        self._shadow_form = np.stack([yy / det, -2.0 * xy / det, xx / det], axis=1) if len(lobes) else np.zeros((0, 3))
        self._shadow_half = (np.sqrt(xx) * grow * 1.05 + 0.05, np.sqrt(yy) * grow * 1.05 + 0.05)
        self._shadow_narrow = np.sqrt(np.minimum(lobes["a"], lobes["b"]) * np.maximum(lobes["a"], lobes["b"]))
        # Animals are no such things: their own shadow would fall on their own back.
        self._tall = (lobes["z"] + lobes["c"] > BACK_HEIGHT_M + 0.4) & (lobes["owner"] < 0)

    def _bounds(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        half_x: NDArray[np.float64],
        half_y: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        edges = np.stack([x - half_x, y - half_y, x + half_x, y + half_y], axis=1) / self._gsd
        edges[:, :2] = np.floor(edges[:, :2]) - 1
        edges[:, 2:] = np.ceil(edges[:, 2:]) + 1
        return edges.astype(np.int64).reshape(-1, 4)

    def _inside(self, bounds: NDArray[np.int64], window: Window) -> NDArray[np.int64]:
        hit = (bounds[:, 0] < window.x + window.width) & (bounds[:, 2] > window.x)
        hit &= (bounds[:, 1] < window.y + window.height) & (bounds[:, 3] > window.y)
        return np.flatnonzero(hit)

    @staticmethod
    def _clip(bounds: NDArray[np.int64], window: Window) -> Window:
        x0, y0 = max(int(bounds[0]), window.x), max(int(bounds[1]), window.y)
        x1, y1 = min(int(bounds[2]), window.x + window.width), min(int(bounds[3]), window.y + window.height)
        return Window(x0, y0, x1 - x0, y1 - y0)

    def _offsets(self, part: Window, x: float, y: float) -> tuple[Float, Float]:
        dx = ((np.arange(part.x, part.x + part.width) + 0.5) * self._gsd - x).astype(np.float32)
        dy = ((np.arange(part.y, part.y + part.height) + 0.5) * self._gsd - y).astype(np.float32)
        return dx[None, :], dy[:, None]

    def shadows(self, window: Window, level_m: float, tall_only: bool) -> Float:
        """(height, width): how much of the sun is hidden (0 to 1) on a level plane `level_m` above the ground."""
        hidden = np.zeros((window.height, window.width), np.float32)
        lobes = self._lobes
        x = lobes["x"] + (lobes["z"] - level_m) * self._lean[0]
        y = lobes["y"] + (lobes["z"] - level_m) * self._lean[1]
        bounds = self._bounds(x, y, *self._shadow_half)
        for i in self._inside(bounds, window):
            if tall_only and not self._tall[i]:
                continue
            part = self._clip(bounds[i], window)
            dx, dy = self._offsets(part, float(x[i]), float(y[i]))
            form = self._shadow_form[i].astype(np.float32)
            q = 1.0 - (form[0] * dx * dx + form[1] * dx * dy + form[2] * dy * dy)
            if lobes["ragged"][i] > 0:
                q += np.float32(0.8) * lobes["ragged"][i] * tiled(self._textures[lobes["texture"][i]], part)
            # The edge is soft, because the sun is 0.53 degrees wide and a pixel is not a point.
            blur = 0.6 * self._gsd + 0.009 * float(max(lobes["z"][i] - level_m, 0.0)) / self._sun.direction[2]
            q *= np.float32(0.5 * max(self._shadow_narrow[i], 1e-3) / blur)
            q += np.float32(0.5)
            np.clip(q, 0.0, 1.0, out=q)
            view = hidden[
                part.y - window.y : part.y - window.y + part.height, part.x - window.x : part.x - window.x + part.width
            ]
            np.maximum(view, q, out=view)
        return hidden

    def draw(self, window: Window, viewpoint: Viewpoint | None = None) -> tuple[Float, Float, Float, NDArray[np.int32]]:
        """The view from above: height (h, w) m, albedo (3, h, w), sunlit factor (h, w), lobe (h, w), -1 for none.

        viewpoint: a camera that sees the things from one side; None: straight down everywhere.
        """
        shape = (window.height, window.width)
        canvas = _Canvas(
            np.zeros(shape, np.float32),
            np.zeros((3, *shape), np.float32),
            np.ones(shape, np.float32),
            np.full(shape, -1, np.int32),
        )
        lobes = self._lobes
        if viewpoint is not None:
            self._draw_aslant(canvas, window, viewpoint)
            return canvas.height, canvas.albedo, canvas.lit, canvas.index
        for i in self._inside(self._body, window):
            lobe = lobes[i]
            if not lobe["drawn"]:
                continue
            part = self._clip(self._body[i], window)
            dx, dy = self._offsets(part, float(lobe["x"]), float(lobe["y"]))
            a, b, c = np.float32(lobe["a"]), np.float32(lobe["b"]), np.float32(lobe["c"])
            cos, sin = np.float32(np.cos(lobe["heading"])), np.float32(np.sin(lobe["heading"]))
            u = (dx * cos + dy * sin) / a
            v = (dy * cos - dx * sin) / b
            q = 1.0 - u * u - v * v
            if lobe["boxy"]:
                q = 1.0 - (u * u) ** 3 - (v * v) ** 3
            surface = tiled(self._textures[lobe["texture"]], part)
            if lobe["ragged"] > 0:
                q += lobe["ragged"] * np.minimum(surface, np.float32(0.5))
            w = np.sqrt(np.maximum(q, 0.0))
            top = np.float32(lobe["z"]) + c * w
            if lobe["boxy"]:
                u, v = u**5, v**5  # flat on top, round at the edge
            self._put(canvas, window, part, i, q > 0, top, (u, v, w), surface)
        return canvas.height, canvas.albedo, canvas.lit, canvas.index

    def _draw_aslant(self, canvas: "_Canvas", window: Window, viewpoint: Viewpoint) -> None:
        """Draw the lobes as a camera sees them from one side, legs too. A boxy lobe is drawn as an ellipsoid."""
        lobes = self._lobes
        leans = viewpoint.leans(lobes)
        x, y = lobes["x"] + lobes["z"] * leans[:, 0], lobes["y"] + lobes["z"] * leans[:, 1]
        xx, yy, _ = seen_forms(lobes, leans)
        grow = np.sqrt(1.0 + 0.5 * lobes["ragged"])
        bounds = self._bounds(x, y, np.sqrt(xx) * grow, np.sqrt(yy) * grow)
        for i in self._inside(bounds, window):
            lobe = lobes[i]
            if not (lobe["drawn"] or lobe["owner"] >= 0):
                continue
            part = self._clip(bounds[i], window)
            dx, dy = self._offsets(part, float(x[i]), float(y[i]))
            a, b, c = np.float32(lobe["a"]), np.float32(lobe["b"]), np.float32(lobe["c"])
            cos, sin = np.float32(np.cos(lobe["heading"])), np.float32(np.sin(lobe["heading"]))
            lx, ly = np.float32(leans[i, 0]), np.float32(leans[i, 1])
            # In units of the axes: the point of the ray beside the centre, and the ray's way for a metre of height.
            u0 = (dx * cos + dy * sin) / a
            v0 = (dy * cos - dx * sin) / b
            ru, rv, rw = -(lx * cos + ly * sin) / a, -(ly * cos - lx * sin) / b, np.float32(1.0) / c
            length2 = ru * ru + rv * rv + rw * rw
            along = u0 * ru + v0 * rv
            q = 1.0 - u0 * u0 - v0 * v0 + along * along / length2
            surface = tiled(self._textures[lobe["texture"]], part)
            if lobe["ragged"] > 0:
                q += lobe["ragged"] * np.minimum(surface, np.float32(0.5))
            # From the centre up to the surface, m.
            rise = (np.sqrt(np.maximum(q, 0.0) * length2) - along) / length2
            top = np.float32(lobe["z"]) + rise
            point = (u0 + rise * ru, v0 + rise * rv, rise * rw)
            self._put(canvas, window, part, i, q > 0, top, point, surface)

    def _put(
        self,
        canvas: "_Canvas",
        window: Window,
        part: Window,
        i: np.int64,
        inside: NDArray[np.bool_],
        top: NDArray[np.floating],
        point: tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]],
        surface: Float,
    ) -> None:
        """Draw a lobe where nothing higher is drawn.

        inside: where the lobe is. top: the height of its surface, m. point: its surface on the unit sphere, along the
        axes a, b and c. surface: its texture. All are (height, width) of `part`.
        """
        lobe = self._lobes[i]
        rows = slice(part.y - window.y, part.y - window.y + part.height)
        columns = slice(part.x - window.x, part.x - window.x + part.width)
        seen = inside & (top > canvas.height[rows, columns])
        if not seen.any():
            return
        sx, sy, sz = (np.float32(v) for v in self._sun.direction)
        a, b, c = np.float32(lobe["a"]), np.float32(lobe["b"]), np.float32(lobe["c"])
        cos, sin = np.float32(np.cos(lobe["heading"])), np.float32(np.sin(lobe["heading"]))
        u, v, w = point
        nu, nv, nw = u / a, v / b, w / c + np.float32(1e-3)
        norm = np.sqrt(nu * nu + nv * nv + nw * nw)
        lambert = ((nu * cos - nv * sin) * sx + (nu * sin + nv * cos) * sy + nw * sz) / norm
        np.maximum(lambert, 0.0, out=lambert)
        lambert += lobe["woolly"] * (sz - lambert)
        lambert *= np.float32(1.0) + lobe["grain"] * surface
        np.copyto(canvas.height[rows, columns], top, where=seen)
        np.copyto(canvas.lit[rows, columns], lambert, where=seen)
        np.copyto(canvas.index[rows, columns], np.int32(i), where=seen)
        for channel, name in enumerate(("red", "green", "blue")):
            np.copyto(canvas.albedo[channel, rows, columns], lobe[name], where=seen)


@dataclass(frozen=True)
class _Canvas:
    """What is drawn so far: height (h, w) m, albedo (3, h, w), sunlit factor (h, w), lobe (h, w), -1 for none."""

    height: Float
    albedo: Float
    lit: Float
    index: NDArray[np.int32]
