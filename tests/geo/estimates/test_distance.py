"""Distance sampling, against R on published data: the wooden stakes of 1977 (Burnham, Anderson and Laake 1980), whose
number on the ground is known. `benchmarks/distance.R` has the commands."""

import math
from pathlib import Path

import numpy as np
import pytest

from geo.errors import HerdmapError, InputError
from geo.estimates.distance import KEYS, Key, density, fit
from geo.estimates.distance_table import estimate_by_distance
from geo.estimates.jolly import jolly

# What the first observer saw of 150 stakes, along 1 km: metres from the line.
STAKES = [
    7.03, 10.38, 8.67, 9.76, 4.55, 4.73, 3.08, 10.05, 7.94, 8.9, 7.34, 9.39, 19.37, 6.11, 9.43, 3.43, 18.05, 6.91, 2.27,
    5.66, 3.53, 5.93, 3.79, 2.89, 0.06, 4.03, 19.04, 9.24, 5.16, 0.71, 5.8, 3.18, 8.86, 8.45, 3.65, 1.77, 11.63, 12.46,
    8.17, 11.03, 13.53, 15.54, 6.65, 10.55, 0.23, 6.83, 13.92, 12.84, 4.28, 11.2, 1.88, 16.86, 3.35, 7.16, 0.91, 10.84,
    1.94, 3.3, 16.2, 8.23, 7.47, 4.46, 4.53, 4.22, 9.1, 1.38, 11.98, 4.1, 5.35, 4.01, 0.85, 15.85, 1.26, 1.44, 0.02,
    3.51, 0.03, 4.88, 2.98, 6.12, 5.47,
]  # fmt: skip
DENSITY = {"estimate": 0.0035951603, "se": 0.00113788321, "low": 0.00181621741, "high": 0.00711653657, "df": 10.6458536}
LENGTHS = [80, 90, 100, 110, 120, 80, 90, 100, 110, 120]

# The exercise on the variance of systematic lines, data Systematic_variance_2 of the R package Distance: 20 lines at
# equal distances; the longer a line, the fewer animals. A digit for each animal says the metres from the line, X says
# 10; a dash is a line without animals.
GRADIENT = (
    "5815 33626025033 2072456430501401512355 55210265726342352049787 3147223162403365X03135X41 "
    "1440515248871724377998 85460165362445362663 23983711541154275115 441085514622183523185411 "
    "963433806258144416 11648681145125574950 773375553002X10 50178240117 41316290 4X30 02 2953 5 - -"
)
GRADIENT_KM = [0.015 + 0.049 * line for line in range(20)]


def test_the_published_exercise_on_systematic_lines() -> None:
    """distancesampling.org, online course, practical 4, solution: all that is printed there, digit by digit."""
    seen = [["0123456789X".index(digit) for digit in animals.strip("-")] for animals in GRADIENT.split(" ")]
    line = [n for n, distances in enumerate(seen) for _ in distances]
    found = fit([x for distances in seen for x in distances], "half-normal")
    result, _ = density(found, line, [1000 * km for km in GRADIENT_KM])
    printed = (f"{1e6 * result.value:.3f}", f"{1e6 * result.se:.4f}", f"{result.se / result.value:.7f}")
    assert printed == ("2044.592", "566.3958", "0.2770214")
    assert (f"{1e6 * result.low:.3f}", f"{1e6 * result.high:.3f}") == ("1161.012", "3600.614")
    assert f"{result.df:.5f}" == "20.74468"
    # The test of Distance states 75.87 for O2, with 19 degrees of freedom for the encounter rate.
    strips = jolly([len(distances) for distances in seen], GRADIENT_KM, 1e12, design="systematic")
    rate, p = strips.variance / strips.estimate**2, (found.p_se / found.p) ** 2
    assert round((rate + p) ** 2 / (rate**2 / 19 + p**2 / (len(line) - 1)), 2) == 75.87


@pytest.mark.parametrize(
    ("key", "width", "log_scale", "log_likelihood", "p"),
    [
        # mrds 3.0.1: ddf(dsmodel = ~cds(key = "hn"))
        ("half-normal", None, 2.23487041, -228.531242, 0.581576893),
        ("half-normal", 15.0, 2.11587916, -193.660019, 0.644282521),
        # R's optim and integrate: mrds integrates the hazard-rate function more roughly, and has 0.615224 and 0.779879
        ("hazard-rate", None, 2.23540162, -227.869983, 0.614955426),
        ("hazard-rate", 15.0, 2.37136394, -192.757882, 0.779242534),
    ],
)
def test_detection_functions_are_those_of_r(
    key: Key, width: float | None, log_scale: float, log_likelihood: float, p: float
) -> None:
    found = fit(STAKES, key, width)
    assert math.log(found.scale) == pytest.approx(log_scale, rel=1e-6)
    assert found.log_likelihood == pytest.approx(log_likelihood, rel=1e-8)
    assert found.p == pytest.approx(p, rel=1e-6)
    assert found.aic == pytest.approx(-2 * log_likelihood + (2 if key == "half-normal" else 4))


def test_standard_errors_are_those_of_mrds() -> None:
    assert fit(STAKES, "half-normal").p_se == pytest.approx(0.0523698166, rel=1e-5)
    assert fit(STAKES, "half-normal", 15).p_se == pytest.approx(0.0737462043, rel=1e-5)


def test_the_density_and_its_variance_are_those_of_mrds() -> None:
    """dht(options = list(varflag = 1, ervar = "R2")): density, standard error, interval and degrees of freedom."""
    found = fit(STAKES, "half-normal")
    line = [(n * n) % 10 for n in range(1, len(STAKES) + 1)]
    result, remarks = density(found, line, LENGTHS)
    assert result.value == pytest.approx(DENSITY["estimate"], rel=1e-6)
    assert result.se == pytest.approx(DENSITY["se"], rel=1e-4)
    assert result.df == pytest.approx(DENSITY["df"], rel=1e-4)
    assert (result.low, result.high) == pytest.approx((DENSITY["low"], DENSITY["high"]), rel=1e-4)
    assert remarks == []


@pytest.mark.parametrize("key", KEYS)
def test_the_share_that_is_seen_is_found_from_drawn_distances(key: Key) -> None:
    rng = np.random.default_rng(1)
    found, se = [], []
    for _ in range(60):
        x = rng.uniform(0, 100, 400)
        g = np.exp(-0.5 * (x / 40) ** 2) if key == "half-normal" else -np.expm1(-((x / 40) ** -3.0))
        one = fit(x[rng.random(400) < g], key, 100)
        found.append(one.p)
        se.append(one.p_se)
    at = np.linspace(1e-9, 100, 100_001)
    true = (np.exp(-0.5 * (at / 40) ** 2) if key == "half-normal" else -np.expm1(-((at / 40) ** -3.0))).mean()
    assert np.mean(found) == pytest.approx(true, rel=0.03)
    assert np.mean(se) == pytest.approx(np.std(found), rel=0.35)


def test_larger_groups_that_are_seen_farther_away_do_not_make_the_mean_size_too_large() -> None:
    rng = np.random.default_rng(4)
    x, size = rng.uniform(0, 100, 3000), rng.integers(1, 9, 3000)
    seen = rng.random(3000) < np.exp(-0.5 * (x / (15 + 8 * size)) ** 2)
    found = fit(x[seen], "half-normal", 100)
    result, _ = density(found, np.zeros(int(seen.sum()), int), [1000.0, 1000.0], size[seen])
    assert result.size_by == "regression"
    assert abs(result.size[0] - size.mean()) < abs(size[seen].mean() - size.mean())


def tables(tmp_path: Path, sightings: str, lines: str) -> tuple[Path, Path]:
    one, two = tmp_path / "sightings.csv", tmp_path / "lines.csv"
    one.write_text(sightings, encoding="utf-8")
    two.write_text(lines, encoding="utf-8")
    return one, two


def test_tables_give_the_density_by_both_functions(tmp_path: Path) -> None:
    rows = "".join(f"{(n * n) % 10},{x}\n" for n, x in enumerate(STAKES, 1))
    lines = "".join(f"{n},{length / 1000}\n" for n, length in enumerate(LENGTHS))
    one, two = tables(tmp_path, "transect,distance_m\n" + rows, "transect,length_km\n" + lines)
    fitted, _ = estimate_by_distance(one, two, area_km2=0.04)
    assert [each.chosen for each in fitted] == [True, False]
    assert fitted[0].found.key == "half-normal"
    assert 1e6 * 0.04 * fitted[0].density.low < 150 < 1e6 * 0.04 * fitted[0].density.high
    assert "animals in 0.04 km2" in fitted[0].line()


@pytest.mark.parametrize(
    ("sightings", "lines", "says"),
    [
        ("transect,distance_m\nA,5\n", "transect,length_km\nA,1\n", "at least 10"),
        ("transect,metres\nA,5\n", "transect,length_km\nA,1\n", "no column distance_m"),
        ("transect,distance_m\nB,5\n", "transect,length_km\nA,1\n", "line 2: expected a transect of the other table"),
        ("transect,distance_m\nA,-5\n", "transect,length_km\nA,1\n", "line 2"),
        ("transect,distance_m\nA,5\n", "transect,length_km\nA,0\n", "above 0"),
        ("transect,distance_m\nA,5\n", "transect,length_km\n", "no transect"),
    ],
)
def test_tables_that_cannot_be_used_are_refused(tmp_path: Path, sightings: str, lines: str, says: str) -> None:
    with pytest.raises(HerdmapError, match=says):
        estimate_by_distance(*tables(tmp_path, sightings, lines))


def test_distances_that_allow_no_fit_are_refused() -> None:
    for wrong in ([1.0] * 5, [math.nan] * 20, [-1.0] * 20, [0.0] * 20):
        with pytest.raises(InputError):
            fit(wrong, "half-normal")
