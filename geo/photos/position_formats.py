"""Files of positions as the programs of the trade write them: which program wrote a file, and what its columns mean.

A file is recognised by what it says: its header, or lines that only one program writes. What is recognised becomes
`Cells`: text cells under headers that `geo.photos.pose_table` knows. `FORMATS` lists every format; the documentation's
list is made from it. Whatever is not recognised is read by the names of its columns.

Sources: Pix4D, "Image geolocation and orientation import format"; Metashape Professional manual, "Exporting reference
data" and "Omega Phi Kappa format"; Airdata, "Downloadable Flight Data CSV".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from geo.photos.cells import Cells, plain_name
from geo.photos.position_readers import dji_mrk, mission_planner_csv, odm_geo, odm_images, odm_shots
from geo.photos.rtklib import rtklib_pos


@dataclass(frozen=True)
class Format:
    """A format of the trade.

    maker, files  whose it is, and the files' usual names; used: what is used of it
    signature     plain names that its header has; () for a format that `read` recognises
    only          whether its header has no other names
    columns, angles, local  as in `Cells`
    """

    maker: str
    files: str
    used: str
    signature: tuple[str, ...] = ()
    only: bool = False
    written: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    angles: str | None = None
    local: bool = False
    read: Callable[[str, str], Cells | None] | None = None

    @property
    def name(self) -> str:
        return f"{self.maker} ({self.files})"


FORMATS: tuple[Format, ...] = (
    Format("OpenDroneMap", "shots.geojson", "longitude, latitude, altitude, rotation", read=odm_shots),
    Format("OpenDroneMap", "images.json", "latitude, longitude, altitude, yaw, pitch, roll", read=odm_images),
    Format("OpenDroneMap", "geo.txt", "the CRS, x, y, z, yaw, pitch, roll, accuracies", read=odm_geo),
    Format(
        "DJI", ".MRK", "the exposure's number and time, the camera's latitude, longitude and ellipsoidal height (the "
        "antenna's, moved by the offsets), accuracies", read=dji_mrk,
    ),
    Format(
        "RTKLIB, Emlid Studio", ".pos", "time, latitude, longitude, ellipsoidal height, standard deviations; photos "
        "are found by time", read=rtklib_pos,
    ),
    Format(
        "Mission Planner", "location.csv", "latitude, longitude, altitude; the aircraft's yaw, pitch, roll",
        read=mission_planner_csv,
    ),
    Format(
        "Mission Planner", "location.txt", "latitude, longitude, altitude; the aircraft's yaw, pitch, roll",
        signature=("name", "latitudey", "longitudex", "heightz"),
        columns={"latitudey": "lat", "longitudex": "lon", "heightz": "z", "salt": ""}, angles="aircraft",
    ),
    Format(
        "WingtraHub", "CSV", "latitude, longitude, altitude, omega, phi, kappa or yaw, pitch, roll, accuracies",
        signature=("imagename", "latitude", "longitude", "altitude"), written="image name",
    ),
    Format(
        "Pix4D", "geolocation CSV", "latitude, longitude, altitude, omega, phi, kappa or yaw, pitch, roll, accuracies",
        signature=("imagename", "latitude", "longitude", "altitude"), written="imagename",
    ),
    Format(
        "DroneDeploy", "CSV", "latitude, longitude, altitude, yaw, pitch, roll",
        signature=("imagename", "latitude", "longitude", "altitude"),
    ),
    Format(
        "Pix4D", "geolocation and orientation CSV", "coordinates in the order of the CRS's axes, yaw, pitch, roll",
        signature=("imagename", "coordinate1", "coordinate2"), columns={"coordinate1": "axis1", "coordinate2": "axis2"},
        angles="nadir",
    ),
    Format(
        "Pix4D", "calibrated external parameters", "x, y, z, omega, phi, kappa; they are offsets, so the CRS must be "
        "given", signature=("imagename", "x", "y", "z", "omega", "phi", "kappa"), only=True, angles="opk", local=True,
    ),
    Format(
        "Metashape", "reference CSV", "the CRS, x or longitude, y or latitude, z or altitude, yaw, pitch, roll",
        signature=("label", "xlongitude", "ylatitude", "zaltitude"),
        columns={"xlongitude": "x", "ylatitude": "y", "zaltitude": "z"}, angles="nadir",
    ),
    Format(
        "Metashape", "reference CSV", "the CRS, x, y, z, yaw, pitch, roll",
        signature=("label", "xeast", "ynorth", "zaltitude"),
        columns={"xeast": "x", "ynorth": "y", "zaltitude": "z"}, angles="nadir",
    ),
    Format(
        "Metashape", "reference CSV", "the CRS, longitude, latitude, altitude, yaw, pitch, roll, accuracies",
        signature=("label", "longitude", "latitude", "altitude"), angles="nadir",
    ),
    Format(
        "Metashape", "omega phi kappa", "x, y, z, omega, phi, kappa",
        signature=("photoid", "x", "y", "z", "omega", "phi", "kappa"), columns={"photoid": "name"}, angles="opk",
    ),
    Format(
        "Airdata", "flight log CSV", "time to the millisecond, latitude, longitude, altitude above sea level, else the "
        "height above take-off, the gimbal's angles",
        signature=("timemillisecond", "latitude", "longitude", "heightabovetakeoff"),
        columns={
            "timemillisecond": "milliseconds", "datetimeutc": "time", "altitudeabovesealevel": "z",
            "heightabovetakeoff": "relative", "altitude": "", "heightabovegroundatdronelocation": "",
            "groundelevationatdronelocation": "ground", "gimbalheading": "yaw", "gimbalpitch": "pitch",
            "gimbalroll": "roll", "compassheading": "", "pitch": "", "roll": "", "heightsonar": "",
        }, angles="gimbal",
    ),
    Format(
        "Litchi", "flight log CSV", "time to the millisecond, latitude, longitude, height above take-off (its "
        "'altitude'), the aircraft's yaw",
        signature=("latitude", "longitude", "altitude", "timemillisecond", "homelatitude"),
        columns={
            "timemillisecond": "milliseconds", "datetimeutc": "time", "altitude": "relative", "ascent": "",
            "yaw": "yaw", "pitch": "", "roll": "",
        }, angles="aircraft",
    ),
    Format(
        "DJI", "flight record CSV", "date and time, latitude, longitude, altitude above sea level, the gimbal's angles",
        signature=("osdlatitude", "osdlongitude"),
        columns={
            "osdlatitude": "lat", "osdlongitude": "lon", "osdaltitude": "z", "osdheight": "relative",
            "gimbalyaw": "yaw", "gimbalyaw360": "", "gimbalpitch": "pitch", "gimbalroll": "roll",
            "customdatelocal": "date", "customupdatetimelocal": "time", "customdateutc": "date",
            "customupdatetimeutc": "time", "customdatetime": "time", "osdyaw": "", "osdpitch": "", "osdroll": "",
        }, angles="gimbal",
    ),
    Format(
        "exiftool", "CSV (-csv)", "latitude, longitude, altitude with their references, gimbal angles, date and time",
        signature=("sourcefile",), columns={"gpslatituderef": "lat_ref", "gpslongituderef": "lon_ref",
                                            "gpsaltituderef": "z_ref"},
    ),
)  # fmt: skip


def read_by_maker(name: str, text: str) -> Cells | None:
    """The cells of a file that one of the readers knows, or None. Raises `GeoreferenceError` for a damaged one."""
    for known in FORMATS:
        if known.read is not None:
            cells = known.read(PurePath(name).name, text)
            if cells is not None:
                return replace(cells, format=known.name)
    return None


def by_header(header: Sequence[str]) -> Format | None:
    """The format whose header this is, or None."""
    plain = [plain_name(cell)[0] for cell in header]
    for known in FORMATS:
        if known.signature and set(known.signature) <= set(plain) and not (known.only and len(set(plain)) > 7):
            if known.written and known.written not in " ".join(header).lower():
                continue
            return known
    return None


def table() -> str:
    """All formats as a table in Markdown, for the documentation."""
    rows = [
        f"| {known.maker} | {known.files} | {known.used} |" for known in sorted(FORMATS, key=lambda f: f.maker.lower())
    ]
    return "\n".join(("| made by | file | what is used |", "|---|---|---|", *rows))
