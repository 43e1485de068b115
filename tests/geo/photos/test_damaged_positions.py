"""Damaged files of positions: 2,000 tables and 2,000 flight logs, drawn from a seed. None gives any error but the
project's own, in one line."""

import itertools
from pathlib import Path

from geo.photos.poses import poses_for
from tests.geo.photos import test_position_formats, test_position_variants
from tests.geo.photos.position_case import Case, photos_of
from tests.mutations import survives
from tests.surveys.photo_headers import header

TABLES: list[Case] = [*test_position_formats.CASES.values(), *test_position_variants.CASES.values()]
POINTS = "".join(
    f'<trkpt lat="{52 + s * 1e-4:.4f}" lon="5.0"><ele>120</ele><time>2024-07-16T15:12:{s:02}Z</time></trkpt>\n'
    for s in range(0, 12, 2)
)
LOGS = {
    "track.gpx": f'<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1"><wpt lat="1" lon="2"/>\n<trk><trkseg>\n'
    f"{POINTS}</trkseg></trk></gpx>\n",
    "route.GPX": '<?xml version="1.0" encoding="ISO-8859-1"?><gpx><rte>\n<rtept lat="52.1" lon="179.9"><ele>1</ele>'
    '<time>2024-07-16T17:12:00.5+02:00</time></rtept>\n<rtept lat="52.1" lon="-179.9"><time>2024-07-16T17:12:09+02:00'
    "</time><extensions><a:b><agl>30</agl></a:b></extensions></rtept></rte></gpx>\n",
    "log.csv": "time,lon,lat,alt\n" + "".join(f"2024-07-16T15:12:{s:02}Z,5.0,{52 + s * 1e-4},120\n" for s in range(9)),
    "day.csv": "date;time;lon;lat\n" + "".join(f"16.07.2024;15:12:{s:02};5,0;52,000{s}\n" for s in range(9)),
    "flight.pos": "%  GPST  latitude(deg) longitude(deg)  height(m)   Q  ns   sdn(m)   sde(m)   sdu(m)\n"
    + "".join(f"2024/07/16 15:12:{18 + s}.0 {52 + s * 1e-4} 5.0 120.0 1 12 0.01 0.01 0.02\n" for s in range(9)),
}


def test_tables(tmp_path: Path) -> None:
    files = [(case.file, case.text if isinstance(case.text, bytes) else case.text.encode()) for case in TABLES]
    photos = {case.file: photos_of(case)[:1] for case in TABLES}
    options = {case.file: case.options for case in TABLES}
    read_right = survives(
        lambda path: poses_for(photos[path.name], path, **{"ground": 0.0, **options[path.name]}), files, tmp_path, 8
    )
    assert 100 < read_right < 1900


def test_logs(tmp_path: Path) -> None:
    zoned = [header(f"a{s}.JPG", captured_at=f"2024-07-16T15:12:0{s}Z") for s in (1, 5, 7)]
    positioned = [
        header(f"a{s}.JPG", captured_at=f"2024-07-16T15:12:0{s}", gps=(5.0, 52 + s * 1e-4, None)) for s in (1, 3, 7)
    ]
    files = [(name, text.encode()) for name, text in LOGS.items()]
    number = itertools.count()

    def read(path: Path) -> None:
        # The search for a clock's offset takes longer than all the rest.
        poses_for(positioned if next(number) % 21 == 0 else zoned, path, ground=0.0)

    read_right = survives(read, files, tmp_path, 9)
    assert 100 < read_right < 1900
