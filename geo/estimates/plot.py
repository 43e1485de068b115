"""Draws estimates with their 95 % intervals, as SVG for browsers and word processors."""

import math
from collections.abc import Callable
from xml.etree import ElementTree as ET  # nosec B405

from geo.estimates.population import Estimate, Estimates
from geo.estimates.transects import ALL
from geo.output import whole
from geo.paths import StrPath, as_path
from geo.wellformed import element

__all__ = ["plot", "write_plot"]

_LEFT, _WIDTH, _RIGHT, _ROW, _TOP = 260, 560, 40, 26, 44
_LONGEST = 34  # characters of a label


def write_plot(estimates: Estimates, path: StrPath) -> None:
    """Write the plot of the estimates. Raises OutputError if the file cannot be written."""
    path = as_path(path)
    with whole(path) as part:
        part.write_bytes(ET.tostring(plot(estimates), encoding="utf-8", xml_declaration=True))


def plot(estimates: Estimates) -> ET.Element:
    """One line for each estimate: a dot, and a bar for its interval; strata above their sum, class by class.

    Intervals are cut at 0, because no population is below 0.
    """
    classes = list(dict.fromkeys(row.class_name for row in estimates.rows))
    rows = [row for name in classes for row in estimates.rows if row.class_name == name]
    ends = [x for row in rows for x in (row.ci_high, row.estimate) if math.isfinite(x)]
    step = _step(max(ends, default=1.0))
    top = step * max(1, math.ceil(max(ends, default=1.0) / step))
    height = _TOP + _ROW * len(rows) + 40

    def x_of(value: float) -> float:
        return round(_LEFT + _WIDTH * min(max(value, 0.0), top) / top, 2)

    attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {_LEFT + _WIDTH + _RIGHT} {height}",
        "role": "img",
        "font-family": "sans-serif",
        "font-size": "13",
        "aria-labelledby": "title",
    }
    root = ET.Element("svg", attributes)
    title = "Population estimates with their 95 % confidence intervals"
    element(root, "title", title, id="title")
    element(root, "rect", width="100%", height="100%", fill="#ffffff")
    element(root, "text", title, **{"x": "16", "y": "24", "font-weight": "bold"})
    bottom = _TOP + _ROW * len(rows)
    for i in range(round(top / step) + 1):
        x = str(x_of(i * step))
        element(root, "line", x1=x, x2=x, y1=str(_TOP), y2=str(bottom), stroke="#dddddd")
        element(root, "text", f"{i * step:g}", **{"x": x, "y": str(bottom + 20), "text-anchor": "middle"})
    for i, row in enumerate(rows):
        _draw(root, row, _TOP + _ROW * (i + 0.5), x_of, one_class=len(classes) == 1)
    return root


def _draw(root: ET.Element, row: Estimate, y: float, x_of: Callable[[float], float], *, one_class: bool) -> None:
    label = row.stratum if one_class else f"{row.class_name}, {row.stratum}"
    label = label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"
    group = element(root, "g")
    known = f"{row.estimate:.0f}" if math.isfinite(row.estimate) else "no estimate"
    interval = f", 95 % CI {row.ci_low:.0f} to {row.ci_high:.0f}" if math.isfinite(row.ci_low) else ", SE undefined"
    element(group, "title", f"{row.class_name}, {row.stratum}: {known}{interval}")
    weight = "bold" if row.stratum == ALL else "normal"
    place = {"x": str(_LEFT - 12), "y": f"{y + 4:g}", "text-anchor": "end", "font-weight": weight}
    element(group, "text", label, **place)
    if not math.isfinite(row.estimate):
        return
    if math.isfinite(row.ci_low):
        low, high = x_of(row.ci_low), x_of(row.ci_high)
        line = {"stroke": "#0072B2", "stroke-width": "4" if row.stratum == ALL else "2"}
        element(group, "line", x1=f"{low:g}", x2=f"{high:g}", y1=f"{y:g}", y2=f"{y:g}", **line)
    # Without an interval the dot is hollow, so that the estimate does not look precise.
    fill = "#0072B2" if math.isfinite(row.ci_low) else "#ffffff"
    element(group, "circle", cx=f"{x_of(row.estimate):g}", cy=f"{y:g}", r="5", fill=fill, stroke="#0072B2")


def _step(largest: float) -> float:
    """The distance of the lines of the axis: 1, 2 or 5 times a power of ten, so that there are four to nine lines."""
    if not largest > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest / 4))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= largest / 8)
