"""Files of positions as people have them, each with the place that it must give. A new case is one more entry."""

# ruff: noqa: E501 (the lines of a file stay whole)

from pathlib import Path

import numpy as np
import pytest

from geo.errors import GeoreferenceError
from geo.photos import attitude, position_formats, position_readers
from geo.photos.poses import poses_for
from tests import ROOT
from tests.geo.photos.position_case import Case, check
from tests.surveys.photo_headers import header, posed

KENYA = ((36.8219, -1.2921, 1760.0), (36.8219, -1.2919, 1760.0))
ALPS = ((7.41, 46.52, 760.0), (7.41, 46.5202, 760.0))
UTM = {"position_crs": "EPSG:32632"}
WINGTRA = "# image name,latitude [decimal degrees],longitude [decimal degrees],altitude [meter]"
PIX4D = "imagename,latitude [decimal degrees],longitude [decimal degrees],altitude [meter]"
POS = """% program   : RTKPOST ver.2.4.3 Emlid b34
% obs start : 2024/07/16 15:12:00.0 GPST (week2323 227520.0s)
% (lat/lon/height=WGS84/ellipsoidal,Q=1:fix,2:float,5:single,ns=# of satellites)
%  {zone}                  latitude(deg) longitude(deg)  height(m)   Q  ns   sdn(m)   sde(m)   sdu(m)
"""

CASES = {
    # --- Mission Planner: latitude first, and the aircraft's own angles
    "Mission Planner, location.csv": Case(
        "location.csv", "DSC01.JPG,-1.2921,36.8219,1760.0,90.0,1.5,-2.0\nDSC02.JPG,-1.2919,36.8219,1760,0,1.5,-2\n",
        places=KENYA, heading=91.9, said="Mission Planner"),
    "Mission Planner, location.csv of a southern farm": Case(
        "location.csv", "DSC01.JPG,-33.5,-70.6,620.5,359.0,0,0\nDSC02.JPG,-33.4998,-70.6,621,359,0,0\n",
        places=((-70.6, -33.5, 620.5), (-70.6, -33.4998, 621.0)), heading=359.0),
    "Mission Planner, location.txt": Case(
        "location.txt", "#name latitude/Y longitude/X height/Z yaw pitch roll SAlt\n"
        "DSC01.JPG -1.2921 36.8219 1760.0 90.0 1.5 -2.0 0\nDSC02.JPG -1.2919 36.8219 1760.0 0.0 1.5 -2.0 0\n",
        places=KENYA, heading=91.9, said="Mission Planner"),
    "Mission Planner, an older one": Case(
        "a.txt", "#name longitude/X latitude/Y height/Z yaw pitch roll\n#seconds_offset: 3\n"
        "DSC01.JPG 36.8219 -1.2921 1760.0 0.0 0 0\nDSC02.JPG 36.8219 -1.2919 1760.0 90.0 1.5 -2.0\n",
        places=KENYA, heading=0.0, said="Mission Planner"),
    # --- WingtraHub
    "WingtraHub, omega phi kappa": Case(
        "w.csv", f"{WINGTRA},omega [degrees],phi [degrees],kappa [degrees]\nDSC01.JPG,46.52,7.41,760.0,0,0,30\n"
        "DSC02.JPG,46.5202,7.41,760.0,0.5,1.0,30\n", places=ALPS, heading=330.0, said="WingtraHub"),
    "WingtraHub, with accuracies": Case(
        "w.csv", f"{WINGTRA},yaw [degrees],pitch [degrees],roll [degrees],accuracy horizontal [meter],"
        "accuracy vertical [meter]\nDSC01.JPG,46.52,7.41,760.0,45,0,0,0.02,0.04\n"
        "DSC02.JPG,46.5202,7.41,760.0,45,0,0,0.02,0.04\n", places=ALPS, heading=45.0, said="WingtraHub"),
    "WingtraHub, in a grid": Case(
        "w.csv", "# image name,easting [meter],northing [meter],altitude [meter],yaw [degrees],pitch [degrees],"
        "roll [degrees]\nDSC01.JPG,378045.716,5153245.754,760.0,45,0,0\n", ("DSC01.JPG",), UTM,
        places=((7.41, 46.521728, 760.0),), heading=45.0),
    # --- Pix4D
    "Pix4D, geolocation": Case(
        "p.csv", f"{PIX4D},omega [degrees],phi [degrees],kappa [degrees]\nDSC01.JPG,46.52,7.41,760.0,0,0,-90\n"
        "DSC02.JPG,46.5202,7.41,760.0,0.5,1.0,30\n", places=ALPS, heading=90.0, said="Pix4D"),
    "Pix4D, geolocation with accuracies": Case(
        "p.csv", f"{PIX4D},yaw [degrees],pitch [degrees],roll [degrees],Accuracy Horz [meter],Accuracy Vert [meter]\n"
        "DSC01.JPG,46.52,7.41,760.0,10,0,0,0.02,0.05\nDSC02.JPG,46.5202,7.41,760,10,0,0,0.02,0.05\n",
        places=ALPS, heading=10.0),
    "Pix4D, coordinates in the order of the CRS": Case(
        "p.csv", "#imagename,coordinate1,coordinate2,z,yaw,pitch,roll\nDSC01.JPG,46.52,7.41,760.0,38,0,0\n"
        "DSC02.JPG,46.5202,7.41,760.0,38,0,0\n", places=ALPS, heading=38.0, said="Pix4D"),
    "Pix4D, calibrated external parameters": Case(
        "c.txt", "imageName X Y Z Omega Phi Kappa\nDSC01.JPG 100.5 0 760 0.5 1.0 -30\n", error="offsets from a place"),
    "Pix4D, calibrated external parameters in a grid": Case(
        "c.txt", "imageName X Y Z Omega Phi Kappa\nDSC01.JPG 378045.716 5153245.754 760 0 0 0\n", ("DSC01.JPG",), UTM,
        places=((7.41, 46.521728, 760.0),)),
    # --- Metashape
    "Metashape, reference in degrees": Case(
        "m.csv", '# CoordinateSystem: GEOGCS["WGS 84",DATUM["World Geodetic System 1984",SPHEROID["WGS 84",6378137,'
        '298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.01745329251994328]]\n'
        "#Label,X/Longitude,Y/Latitude,Z/Altitude,Yaw,Pitch,Roll,Error_(m),X_error,Y_error\n"
        "DSC01.JPG,7.41,46.52,760,20,0,0,1,1,1\nDSC02.JPG,7.41,46.5202,760,20,0,0,1,1,1\n# Total Error\n",
        places=ALPS, heading=20.0, said="Metashape"),
    "Metashape, reference in a grid": Case(
        "m.csv", "#Label,X/East,Y/North,Z/Altitude,Yaw,Pitch,Roll\nDSC01,378045.716,5153245.754,760,0,0,0\n",
        ("DSC01.JPG",), UTM, places=((7.41, 46.521728, 760.0),), said="Metashape"),
    "Metashape, omega phi kappa": Case(
        "opk.txt", "# Cameras (2)\n# PhotoID, X, Y, Z, Omega, Phi, Kappa, r11, r12, r13, r21, r22, r23, r31, r32, r33\n"
        "DSC01\t378045.716\t5153245.754\t760\t0\t0\t0\t1\t0\t0\t0\t1\t0\t0\t0\t1\n", ("DSC01.JPG",), UTM,
        places=((7.41, 46.521728, 760.0),), said="Metashape"),
    "Metashape, omega phi kappa without a CRS": Case(
        "opk.txt", "# PhotoID, X, Y, Z, Omega, Phi, Kappa, r11, r12, r13, r21, r22, r23, r31, r32, r33\n"
        "DSC01\t7.41\t46.52\t760\t0\t0\t0\t1\t0\t0\t0\t1\t0\t0\t0\t1\n", error="CRS"),
    # --- OpenDroneMap
    "OpenDroneMap, geo.txt": Case(
        "geo.txt", "EPSG:4326\nDSC01.JPG 36.8219 -1.2921 1760.0 0 0 0 0.5 1\nDSC02.JPG 36.8219 -1.2919 1760 0 0 0 0.5 1\n",
        places=KENYA, said="OpenDroneMap"),
    "OpenDroneMap, geo.txt in UTM": Case(
        "geo.txt", "WGS84 UTM 32N\nDSC01.JPG 378045.716 5153245.754 760\n", ("DSC01.JPG",),
        places=((7.41, 46.521728, 760.0),)),
    "OpenDroneMap, geo.txt by PROJ": Case(
        "geo.txt", "+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs\nDSC01.JPG 378045.716 5153245.754 760\n",
        ("DSC01.JPG",), places=((7.41, 46.521728, 760.0),)),
    "OpenDroneMap, geo.txt with angles": Case(
        "other name.txt", "EPSG:4326\nDSC01.JPG 36.8219 -1.2921 1760.0 75 0 0\nDSC02.JPG 36.8219 -1.2919 1760 75 0 0\n",
        places=KENYA, heading=75.0),
    "OpenDroneMap, images.json": Case(
        "images.json", '[{"filename": "DSC01.JPG", "latitude": -1.2921, "longitude": 36.8219, "altitude": 1760.0, '
        '"yaw": 12, "pitch": 0, "roll": 0}, {"filename": "DSC02.JPG", "latitude": -1.2919, "longitude": 36.8219, '
        '"altitude": 1760.0, "yaw": null, "pitch": null, "roll": null}]', places=KENYA, heading=12.0, said="images.json"),
    "OpenDroneMap, shots.geojson": Case(
        "shots.geojson", '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"filename": '
        '"DSC01.JPG", "rotation": [3.14159265358979, 0, 0], "translation": [0, 0, 0]}, "geometry": {"type": "Point", '
        '"coordinates": [36.8219, -1.2921, 1760.0]}}]}', ("DSC01.JPG",), places=KENYA[:1], heading=0.0, said="shots"),
    "OpenDroneMap, shots.geojson without a rotation of numbers": Case(
        "shots.geojson", '{"features": [{"properties": {"filename": "a", "rotation": [1, "x", 0]}, "geometry": null}]}',
        error="feature 1 has no filename, rotation"),
    # --- DJI
    "DJI, .MRK by the photo's number": Case(
        "100_0001_Timestamp.MRK", "1\t400373.48\t[2264]\t   0,N\t   0,E\t 100,V\t46.52000000,Lat\t7.41000000,Lon\t"
        "760.100,Ellh\t0.028, 0.031, 0.055\t50,Q\n2\t400375.48\t[2264]\t   0,N\t   0,E\t 100,V\t46.52020000,Lat\t"
        "7.41000000,Lon\t760.100,Ellh\t0.028, 0.031, 0.055\t50,Q\n", ("100_0001_0001.JPG", "100_0001_0002.JPG"),
        places=ALPS, said="DJI"),
    "DJI, .MRK with names of a Mavic": Case(
        "DJI_Timestamp.MRK", "7\t400373.48\t[2264]\t1000,N\t1000,E\t 0,V\t46.52000000,Lat\t7.41000000,Lon\t"
        "760.000,Ellh\t0.028, 0.031, 0.055\t50,Q\n", ("DJI_20240716151200_0007_V.JPG",),
        places=((7.410013, 46.520009, 760.0),)),
    "DJI, .MRK of other photos": Case(
        "a.MRK", "1\t400373.48\t[2264]\t 0,N\t 0,E\t 86,V\t46.52,Lat\t7.41,Lon\t760.000,Ellh\t0.028, 0.031, 0.055\t50,Q\n",
        ("DSC02001.JPG",), error="number in a photo's name"),
    "DJI, a flight record": Case(
        "record.csv", "sep=,\nCUSTOM.date [local],CUSTOM.updateTime [local],OSD.latitude,OSD.longitude,OSD.height [ft],"
        "OSD.altitude [ft],OSD.yaw,GIMBAL.pitch,GIMBAL.roll,GIMBAL.yaw\n"
        + "".join(f"7/16/2024,3:12:{s:02}.00 PM,{46.52 + s * 1e-4:.4f},7.41,328.1,2493.438,0,-90,0,120\n" for s in range(9)),
        options={"clock_offset_s": 0.0}, places=ALPS, heading=120.0, said="DJI", taken="2024-07-16T15:12:00"),
    "Airdata": Case(
        "airdata.csv", "time(millisecond),datetime(utc),latitude,longitude,height_above_takeoff(feet),"
        "altitude_above_seaLevel(feet),compass_heading(degrees), pitch(degrees), roll(degrees),gimbal_heading(degrees),"
        "gimbal_pitch(degrees),gimbal_roll(degrees),altitude(feet)\n" + "".join(
            f"{ms},2024-07-16 15:12:{ms // 1000:02},{46.52 + ms * 1e-7:.6f},7.41,328.1,2493.438,5,-9,1,120,-90,0,328.1\n"
            for ms in range(0, 9000, 500)),
        places=ALPS, heading=120.0, said="Airdata", taken="2024-07-16T15:12:00Z"),
    # --- RTKLIB
    "Emlid, .pos in GPS time": Case(
        "flight.pos", POS.format(zone="GPST") + "".join(
            f"2024/07/16 15:12:{18 + s:02}.000 {46.52 + s * 1e-4:.6f} 7.41 760.0 1 12 0.01 0.01 0.02\n" for s in range(9)),
        places=ALPS, said="RTKLIB", taken="2024-07-16T15:12:00Z"),
    "RTKLIB, .pos in UTC": Case(
        "flight.pos", POS.format(zone="UTC") + "".join(
            f"2024/07/16 15:12:{s:02}.000 {46.52 + s * 1e-4:.6f} 7.41 760.0 5 7 2.1 1.8 4.2\n" for s in range(9)),
        places=ALPS, taken="2024-07-16T15:12:00Z"),
    "RTKLIB, earth-centred": Case(
        "flight.pos", "%  GPST   x-ecef(m) y-ecef(m) z-ecef(m) Q ns\n" + "".join(
            f"2024/07/16 15:12:{18 + s:02}.000 4360361.1366 567085.9161 4605761.9518 1 9\n" for s in range(3)),
        photos=("DSC01.JPG",), places=((7.41, 46.52, 760.0),), taken="2024-07-16T15:12:00Z"),
    "RTKLIB, a baseline": Case(
        "flight.pos", "%  GPST   e-baseline(m) n-baseline(m) u-baseline(m) Q ns\n2024/07/16 15:12:00 4 5 6 1 9\n",
        error="neither latitude and longitude nor earth-centred"),
    # --- exiftool
    "exiftool": Case(
        "exif.csv", 'SourceFile,GPSLatitude,GPSLongitude,GPSAltitude\n'
        './DSC01.JPG,"46 deg 31\' 12.00"" N","7 deg 24\' 36.00"" E",760 m Above Sea Level\n'
        './DSC02.JPG,"46 deg 31\' 12.72"" N","7 deg 24\' 36.00"" E",760 m Above Sea Level\n', places=ALPS, said="exiftool"),
    "exiftool, in the south and west": Case(
        "exif.csv", 'SourceFile,GPSLatitude,GPSLongitude,GPSAltitude\n'
        'DSC01.JPG,"33 deg 30\' 0.00"" S","70 deg 36\' 0.00"" W",3 m Below Sea Level\n', ("DSC01.JPG",),
        places=((-70.6, -33.5, -3.0),)),
    "exiftool, numbers with references": Case(
        "exif.csv", "SourceFile,EXIF:GPSLatitude,EXIF:GPSLatitudeRef,EXIF:GPSLongitude,EXIF:GPSLongitudeRef\n"
        "DSC01.JPG,33.5,S,70.6,W\n", ("DSC01.JPG",), places=((-70.6, -33.5, np.nan),)),
    # --- without a header
    "no header, angles of nobody knows which kind": Case(
        "a.csv", "DSC01.JPG,46.52,7.41,760,0,0,0\n", error="yaw, pitch, roll or omega, phi, kappa"),
    "no header, and the photos know where they are": Case(
        "a.csv", "DSC01.JPG,46.52,7.41,760,25,0,0\nDSC02.JPG,46.5202,7.41,760,25,0,0\n", options={"angles": "nadir"},
        places=ALPS, heading=25.0, gps=(7.41, 46.52)),
    "no header, longitude first": Case(
        "a.csv", "DSC01.JPG,7.41,46.52,760\nDSC02.JPG,7.41,46.5202,760\n", places=ALPS, gps=(7.41, 46.52)),
    "no header, and nobody knows which is the latitude": Case(
        "a.csv", "DSC01.JPG,7.41,46.52,760\nDSC02.JPG,7.41,46.5202,760\n", error="may be the latitude"),
    # --- what a table says against what the photos say
    "latitude and longitude exchanged": Case(
        "t.csv", "photo,lat,lon,altitude\nDSC01.JPG,7.41,46.52,760\nDSC02.JPG,7.41,46.5202,760\n", gps=(7.41, 46.52),
        places=((46.52, 7.41, 760.0),), said="are swapped"),
    "another flight's table": Case(
        "t.csv", "photo,lat,lon,altitude\nDSC01.JPG,46.6,7.41,760\nDSC02.JPG,46.6002,7.41,760\n", gps=(7.41, 46.52),
        places=((7.41, 46.6, 760.0),), said="places it 8893 m from the position of its own GPS"),
    "better positions than the photos' own": Case(
        "t.csv", "photo,lat,lon,altitude\nDSC01.JPG,46.52005,7.41,760\nDSC02.JPG,46.52025,7.41,760\n", gps=(7.41, 46.52),
        places=((7.41, 46.52005, 760.0),)),
    "names that are there twice": Case(
        "t.csv", "name,lat,lon,altitude\nDSC01.JPG,46.52,7.41,760\nDSC01.JPG,46.6,7.41,760\n", ("a/DSC01.JPG",),
        error="more than once"),
    "one line for the photos of two folders": Case(
        "t.csv", "name,lat,lon,altitude\nDSC01.JPG,46.52,7.41,760\n", ("a/DSC01.JPG", "b/DSC01.JPG"),
        error="names fit photos of several folders"),
    "names with folders": Case(
        "t.csv", "name,lat,lon,altitude\nb\\DSC01.JPG,46.5202,7.41,760\nA/dsc01.jpg,46.52,7.41,760\n",
        ("a/DSC01.JPG", "b/DSC01.JPG"), places=ALPS),
    "positions in columns of unknown names": Case(
        "t.csv", "name,Latitud_WGS,Longitud_WGS,yaw,pitch,roll\nDSC01.JPG,46.52,7.41,0,-90,0\n",
        error="'Latitud_WGS', 'Longitud_WGS'"),
    "a latitude alone": Case("t.csv", "name,lat,alt\nDSC01.JPG,46.52,760\n", error="a column 'lat', but none of lon"),
    # --- units
    "feet in a header": Case(
        "t.csv", "name,lat,lon,Altitude (ft)\nDSC01.JPG,46.52,7.41,1000\n", ("DSC01.JPG",), places=((7.41, 46.52, 304.8),)),
    "feet in the CRS": Case(
        "t.csv", "Label,X,Y,Z,Omega,Phi,Kappa\nDSC01.JPG,6126548.244,2008012.813,700.0,0,0,0\n", ("DSC01.JPG",),
        {"position_crs": "EPSG:2227"}, places=((-122.0, 37.5, 213.360427),), said="US survey foot"),
    "metres in a header, feet in the CRS": Case(
        "t.csv", "Label,X,Y,Z (m),Omega,Phi,Kappa\nDSC01.JPG,6126548.244,2008012.813,213.36,0,0,0\n", ("DSC01.JPG",),
        {"position_crs": "EPSG:2227"}, places=((-122.0, 37.5, 213.36),)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_file_of_positions_gives_its_places_or_is_refused(name: str, tmp_path: Path) -> None:
    check(CASES[name], tmp_path)


def test_what_a_file_says_of_its_error_is_believed(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    images = [posed("DSC01.JPG"), posed("DSC02.JPG", lat=-2.7002)]
    table.write_text(
        "name,lat,lon,alt,horizontal accuracy\nDSC01.JPG,-2.7,36.9,1360,0.5\nDSC02.JPG,-2.7002,36.9,1360,\n"
    )
    good, plain = (photo.georeference.error.xy_m for photo in poses_for(images, table, agl=40.0).photos)  # type: ignore[union-attr]
    assert (good, plain) == (0.5, 3.0)
    given = poses_for(images, table, agl=40.0, position_error_m=8.0).photos
    assert [photo.georeference.error.xy_m for photo in given] == [8.0, 8.0]  # type: ignore[union-attr]


def test_angles_are_taken_as_the_user_says(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("name,lat,lon,alt,yaw,pitch,roll\nDSC01.JPG,-2.7,36.9,1360,30,-45,0\n")
    by_value = poses_for([header("DSC01.JPG")], table, agl=40.0).photos[0]
    as_nadir = poses_for([header("DSC01.JPG")], table, agl=40.0, angles="nadir").photos[0]
    assert by_value.heading_deg == pytest.approx(30)
    assert by_value.georeference.to_map([(2000, 1500)]) != pytest.approx(as_nadir.georeference.to_map([(2000, 1500)]))  # type: ignore[union-attr]
    with pytest.raises(GeoreferenceError, match="no columns omega, phi and kappa"):
        poses_for([header("DSC01.JPG")], table, agl=40.0, angles="opk")


def test_shots_are_turned_as_opendronemap_turns_them() -> None:
    """Held against OpenCV's own formula of Rodrigues, and a turn that is known."""
    down = (np.pi, 0.0, 0.0)  # half a turn about the east axis: the lens looks down, the top of the image to the north
    assert position_readers.opk_of(down) == pytest.approx((0, 0, 0), abs=1e-9)
    cv2 = pytest.importorskip("cv2")
    rng = np.random.default_rng(5)
    for _ in range(50):
        turn = rng.normal(size=3)
        turn *= rng.uniform(0.1, 3.0) / np.linalg.norm(turn)
        omega, phi, kappa = position_readers.opk_of(turn.tolist())
        ours = attitude.from_opk(omega, phi, kappa)[0]
        assert ours == pytest.approx(cv2.Rodrigues(turn)[0].T, abs=1e-9)


def test_every_format_is_on_the_page() -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    assert position_formats.table() in page, f"write this table into docs/formats.md:\n{position_formats.table()}"
