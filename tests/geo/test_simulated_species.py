"""Species other than sheep: each lives where it should, looks like itself, and its truth is true of the pixels."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.cli.simulating import SPECIES_NAMES
from detector.labels.formats import read_labels
from geo.simulation import SPECIES, Scene, SurveySettings, build_scene, render_scene, simulate
from geo.simulation.body import carcass
from geo.simulation.flight import Exposure, plan_flight, to_photo_px
from geo.simulation.noise import Window
from geo.simulation.photos import SceneView, take_photo, viewpoint_of
from geo.simulation.shore import Shore
from geo.simulation.survey import photo_boxes
from geo.vector import read_polygons

WILD = [name for name in SPECIES if name != "sheep"]


def small(species: str, animals: int = 12, seed: int = 4) -> SurveySettings:
    """Some 300 px a side, with room for a herd."""
    side = 8.0 * SPECIES[species].length_m
    return SurveySettings(
        seed=seed,
        species=species,
        width_m=side,
        height_m=side,
        gsd_m=float(np.clip(side / 320, 0.01, 0.1)),
        animals=animals,
        flocks=1,
    )


def whole(settings: SurveySettings) -> Window:
    return Window(0, 0, settings.width_px, settings.height_px)


def test_the_command_line_names_every_species() -> None:
    assert tuple(SPECIES) == SPECIES_NAMES


@pytest.mark.parametrize("species", SPECIES)
def test_bodies_are_solid_and_of_their_size(species: str) -> None:
    kind = SPECIES[species]
    for seed in range(40):
        rng = np.random.default_rng(seed)
        body = kind.body(rng, False, seed % 3 == 0 and kind.offshore_m is not None)
        assert (body.rows[:, 3:6] > 0).all()
        assert np.isfinite(body.rows).all()
        assert ((body.colours > 0) & (body.colours <= 1.2)).all()
        drawn = body.rows[body.drawn]
        reach = np.ptp([*(drawn[:, 0] - drawn[:, 3]), *(drawn[:, 0] + drawn[:, 3])])
        assert 0.5 * kind.length_m < reach < 2.7 * kind.length_m  # a pelican is twice as long as a gull
        flat = carcass(np.random.default_rng(seed), body)
        assert flat.rows[:, 2].max() < body.rows[:, 2].max()


@pytest.mark.parametrize("species", WILD)
def test_boxes_hold_the_animals(species: str) -> None:
    """Against the same place without animals: each box holds changed pixels; beside boxes there are only shadows."""
    settings = small(species)
    scene = build_scene(settings)
    pixels, boxes, young = render_scene(settings)
    assert np.array_equal(pixels, scene.renderer().render(whole(settings)))  # deterministic
    assert len(boxes) == len(young) == len(scene.animals) >= 8
    change = pixels.astype(int) - scene.without_animals().renderer().render(whole(settings))
    changed = np.abs(change).max(axis=2) > 12
    near = np.zeros(changed.shape, bool)
    for x0, y0, x1, y1 in boxes:
        assert changed[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))].mean() > 0.2
        near[max(0, int(y0) - 1) : int(np.ceil(y1)) + 1, max(0, int(x0) - 1) : int(np.ceil(x1)) + 1] = True
    assert not ((change > 12).all(axis=2) & ~near).any()


def test_stripes_and_patches_are_seen() -> None:
    """Along the back of a zebra, light and dark change more often than along that of an elephant."""

    def crossings(species: str) -> float:
        settings = replace(small(species, animals=6), gsd_m=0.02, width_m=20, height_m=20, sun_elevation_deg=70)
        pixels = render_scene(settings)[0].mean(axis=2)
        animals = build_scene(settings).animals
        counts = []
        for x, y, heading, scale in zip(animals.x, animals.y, animals.heading, animals.scale, strict=True):
            along = np.linspace(-0.55, 0.55, 60) * scale
            # Beside the spine, which is dark from end to end.
            across = 0.12 * scale
            column = (x + along * np.cos(heading) - across * np.sin(heading)) / settings.gsd_m
            row = (y + along * np.sin(heading) + across * np.cos(heading)) / settings.gsd_m
            values = pixels[row.astype(int).clip(0, 999), column.astype(int).clip(0, 999)]
            steps = np.abs(np.diff(values))
            counts.append(float((steps > 20).sum()))
        return float(np.mean(counts))

    assert crossings("zebra") > 3 * max(1.0, crossings("elephant"))


def test_seals_lie_by_the_water_and_birds_stand_and_swim() -> None:
    for species, swim in (("seal", False), ("bird", True)):
        scene = build_scene(SurveySettings(seed=2, species=species, animals=100))
        assert isinstance(scene.ground, Shore)
        animals = scene.animals
        offshore = np.array([scene.ground.offshore_m(x, y) for x, y in zip(animals.x, animals.y, strict=True)])
        low, high = SPECIES[species].offshore_m or (0.0, 0.0)
        assert len(animals) == 100
        assert ((offshore >= low) & (offshore <= high)).all()
        assert (animals.in_water == (offshore > 0.4)).all()
        assert bool(animals.in_water.sum() > 10) is swim


def test_the_water_is_where_the_waterline_says() -> None:
    settings = SurveySettings(seed=2, species="bird", width_m=40, height_m=40, gsd_m=0.05, animals=0)
    scene = build_scene(settings)
    assert isinstance(scene.ground, Shore)
    rng = np.random.default_rng(0)
    pixels = scene.renderer().render(whole(settings)).astype(float)
    wet: list[NDArray[np.float64]] = []
    dry: list[NDArray[np.float64]] = []
    for x, y in rng.uniform(1, 39, (600, 2)):
        offshore = scene.ground.offshore_m(x, y)
        if abs(offshore) > 3:
            (wet if offshore > 0 else dry).append(pixels[int(y / 0.05), int(x / 0.05)])
    assert len(wet) > 30 < len(dry)
    warm = [np.median([p[0] - p[2] for p in side]) for side in (wet, dry)]
    assert warm[0] < warm[1] - 5  # water is bluer than sand


def test_what_lies_about_is_no_animal() -> None:
    """Carcasses, mounds and cars are drawn, and are not in the truth."""
    settings = SurveySettings(seed=7, species="elephant", width_m=150, height_m=150, animals=0)
    scene = build_scene(settings)
    assert len(scene.boxes_px()) == 0
    assert (scene.furniture.lobes["owner"] == -1).all()
    assert scene.furniture.lobes["boxy"].any()  # cars
    assert len(scene.furniture.obstacles) > 10


# --- at an angle -------------------------------------------------------------------------------------------------


def oblique(species: str, pitch_deg: float) -> tuple[Scene, Exposure]:
    side = 10.0 * SPECIES[species].length_m
    settings = SurveySettings(
        seed=3, species=species, width_m=side, height_m=side, gsd_m=float(np.clip(side / 400, 0.01, 0.1)), animals=20,
        flocks=2, photos=True, photo_width_px=400, photo_height_px=300, pitch_deg=pitch_deg, strips=1,
        forward_overlap=0.3,
    )  # fmt: skip
    exposures, _ = plan_flight(settings)
    return build_scene(settings), exposures[len(exposures) // 2]


def box_in_space(scene: Scene, exposure: Exposure, animal: int) -> NDArray[np.float64]:
    """The box of one animal by a pinhole camera in space: points on its ellipsoids, each brought down to the ground
    along its own ray."""
    rng = np.random.default_rng(1)
    settings, lobes = scene.settings, scene.lobes[scene.lobes["owner"] == animal]
    unit = rng.normal(0, 1, (4000, 3))
    unit /= np.linalg.norm(unit, axis=1)[:, None]
    cx, cy = exposure.x - settings.origin[0], settings.origin[1] - exposure.y
    high = exposure.agl_m * exposure.scale
    found = []
    for lobe in lobes:
        u, v, w = (unit * [lobe["a"], lobe["b"], lobe["c"]]).T
        cos, sin = np.cos(lobe["heading"]), np.sin(lobe["heading"])
        x, y, z = lobe["x"] + u * cos - v * sin, lobe["y"] + u * sin + v * cos, lobe["z"] + w
        down = high / (high - z)
        ground = np.stack([cx + (x - cx) * down, cy + (y - cy) * down], axis=1)
        found.append(to_photo_px(ground * [1.0, -1.0] + settings.origin, exposure, settings))
    px = np.concatenate(found)
    return np.array([*px.min(axis=0), *px.max(axis=0)])


@pytest.mark.parametrize(("species", "pitch_deg"), [("elephant", -60.0), ("seal", -50.0), ("zebra", -75.0)])
def test_boxes_at_an_angle_are_those_of_a_camera_in_space(species: str, pitch_deg: float) -> None:
    scene, exposure = oblique(species, pitch_deg)
    assert exposure.pitch_deg == pitch_deg
    boxes, who = photo_boxes(scene, exposure)
    inside = [i for i, box in enumerate(boxes) if (box[:2] > 1).all() and (box[2:] < [399, 299]).all()]
    assert len(inside) >= 3
    for i in inside:
        size = float((boxes[i, 2:] - boxes[i, :2]).max())
        assert np.abs(box_in_space(scene, exposure, int(who[i])) - boxes[i]).max() < 1.0 + 0.03 * size


def test_a_photo_at_an_angle_shows_the_animals_in_their_boxes() -> None:
    scene, exposure = oblique("cattle", -55.0)
    viewpoint = viewpoint_of(exposure, scene.settings)
    assert viewpoint is not None
    photo = take_photo(scene, SceneView(scene, viewpoint), exposure, 0).astype(int)
    bare = take_photo(scene, SceneView(scene.without_animals(), viewpoint), exposure, 0)
    changed = np.abs(photo - bare).max(axis=2) > 15
    boxes, _ = photo_boxes(scene, exposure)
    assert len(boxes) >= 4
    for x0, y0, x1, y1 in boxes:
        part = changed[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))]
        assert part.any(axis=1).mean() > 0.8  # from its top to its feet
        assert part.any(axis=0).mean() > 0.8


# --- the files ---------------------------------------------------------------------------------------------------


def test_a_survey_of_a_species_says_so_and_is_read_as_labels(tmp_path: Path) -> None:
    settings = SurveySettings(
        seed=5, species="elephant", width_m=60, height_m=45, gsd_m=0.06, animals=9, photos=True, photo_width_px=500,
        photo_height_px=400, pitch_deg=-60.0, strips=1, forward_overlap=0.1,
    )  # fmt: skip
    made = simulate(tmp_path, settings)
    assert made.photos
    assert made.transects is None
    assert not list(tmp_path.glob("transects*"))
    animals = read_polygons(made.truth, layer="animals")
    assert set(animals.columns["class"]) == {"elephant"}
    assert np.array_equal(np.array(animals.columns["calf"]) == 1, made.is_lamb)
    assert json.loads(made.truth_json.read_text(encoding="utf-8"))["info"]["species"] == "elephant"
    said = (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert "simulated" in said
    assert "9 elephants" in said
    assert "termite mounds" in said
    photos = read_labels(made.truth_json, tmp_path, ("elephant",))
    assert [photo.name for photo in photos] == ["orthomosaic.tif", *(f"photos/{path.name}" for path in made.photos)]
    assert np.abs(photos[0].boxes_px - made.boxes_px).max() < 0.01
    assert sum(len(photo.labels) for photo in photos[1:]) > 0
