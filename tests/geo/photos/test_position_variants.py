"""The same positions as other programs, systems and people write them: every kind of file in at least five other ways.

A new case is one more line. Each has the photos at `ALPS` or `CHILE` again, or is refused in a line that says why.
"""

# ruff: noqa: E501 (the lines of a file stay whole)

from pathlib import Path

import pytest

from tests.geo.photos.position_case import Case, check

ALPS = ((7.41, 46.52, 760.0), (7.41, 46.5202, 760.0))
CHILE = ((-70.6, -33.5, 620.0), (-70.6, -33.4998, 620.0))
UTM = {"position_crs": "EPSG:32632"}
GRID = ((7.41, 46.521728, 760.0),)
ONE = ("DSC01.JPG",)
TAKEN = "2024-07-16T15:12:00Z"


def two(header: str, row: str, **more: object) -> Case:
    """A table of the two photos at `ALPS`: N becomes the number, LAT the latitude."""
    lines = [row.replace("{N}", f"0{n}").replace("{LAT}", lat) for n, lat in ((1, "46.52"), (2, "46.5202"))]
    return Case("t.csv", "\n".join([*header.splitlines(), *lines, ""]), places=ALPS, **more)  # type: ignore[arg-type]


def log(header: str, row: str, file: str = "log.csv", **more: object) -> Case:
    """A log of 9 seconds northward from the first photo: S, MS and US are the time, LAT the latitude, GPS with leap seconds."""
    rows = [
        row.replace("{S}", f"{s:02}").replace("{GPS}", f"{s + 18:02}").replace("{MS}", str(s * 1000))
        .replace("{EPOCH}", str(1721142720 + s)).replace("{TOW}", str(227538 + s)).replace("{LAT}", f"{46.52 + s * 1e-4:.6f}")
        .replace("{SEC}", f"{12 + s * 0.36:.4f}") for s in range(9)
    ]  # fmt: skip
    options: dict[str, object] = {"places": ALPS, "taken": TAKEN, **more}
    return Case(file, "\n".join([*header.splitlines(), *rows, ""]), **options)  # type: ignore[arg-type]


MP = "DSC01.JPG,-33.5,-70.6,620,30,0,0\nDSC02.JPG,-33.4998,-70.6,620,30,0,0\n"
MRK = "{}\t227538.5\t[2323]\t {},N\t {},E\t {},V\t{},Lat\t{},Lon\t{},Ellh\t0.028, 0.031, 0.055\t50,Q\n"
POS = "%  GPST  latitude(deg) longitude(deg)  height(m)   Q  ns   sdn(m)   sde(m)   sdu(m)"
EXIF = "SourceFile,GPSLatitude,GPSLongitude,GPSAltitude"
AIRDATA = "time(millisecond),datetime(utc),latitude,longitude,height_above_takeoff({u}),altitude_above_seaLevel({u}),compass_heading(degrees),pitch(degrees),roll(degrees),gimbal_heading(degrees),gimbal_pitch(degrees),gimbal_roll(degrees)"
PLAIN = "name,lat,lon,altitude\nDSC01.JPG,46.52,7.41,760\nDSC02.JPG,46.5202,7.41,760\n"
OPK = "Label,X,Y,Z,Omega,Phi,Kappa"
MP_ERROR = "yaw, pitch, roll or omega, phi, kappa"

CASES = {
    # --- Mission Planner: location.csv has no header, and latitude first
    "Mission Planner, spaces after commas": Case("location.csv", MP.replace(",", ", "), places=CHILE, heading=30),
    "Mission Planner, Windows lines": Case("location.csv", MP.replace("\n", "\r\n").encode(), places=CHILE, heading=30),
    "Mission Planner, a byte order mark": Case("location.csv", b"\xef\xbb\xbf" + MP.encode(), places=CHILE, heading=30),
    "Mission Planner, UTF-16": Case("Location.CSV", MP.encode("utf-16"), places=CHILE, heading=30),
    "Mission Planner, a browser's copy": Case("location (1).csv", MP, places=CHILE, said="Mission Planner"),
    "Mission Planner, Windows paths": Case("location.csv", MP.replace("DSC", "D:\\fly\\7\\dsc"), places=CHILE),
    "Mission Planner, text with longitude first": Case("location.txt", "#name longitude/X latitude/Y height/Z yaw pitch roll SAlt\nDSC01.JPG -70.6 -33.5 620 30 0 0 4\n", ONE, places=CHILE[:1], heading=30),
    "Mission Planner, renamed": Case("mp.csv", MP, gps=(-70.6, -33.5), error=MP_ERROR),
    "Mission Planner, renamed, and the user says": Case("mp.csv", MP, gps=(-70.6, -33.5), options={"angles": "aircraft"}, places=CHILE, heading=30),
    "Mission Planner, exchanged": Case("location.csv", "DSC01.JPG,7.41,46.52,760,0,0,0\n", ONE, gps=(7.41, 46.52), said="are swapped"),
    # --- WingtraHub, Pix4D, DroneDeploy: a header with units
    "WingtraHub, accuracies before angles": two("# image name,latitude [decimal degrees],longitude [decimal degrees],altitude [meter],accuracy horizontal [meter],accuracy vertical [meter],yaw [degrees],pitch [degrees],roll [degrees]", "DSC{N}.JPG,{LAT},7.41,760,0.02,0.04,30,0,0", heading=30, said="WingtraHub"),
    "WingtraHub, longitude first": two("# image name,longitude [decimal degrees],latitude [decimal degrees],altitude [meter]", "DSC{N}.JPG,7.41,{LAT},760", said="WingtraHub"),
    "Pix4D, in feet": two("imagename,latitude [decimal degrees],longitude [decimal degrees],altitude [feet]", "DSC{N}.JPG,{LAT},7.41,2493.4383", said="Pix4D"),
    "Pix4D, semicolons and decimal commas": Case("p.csv", "imagename;latitude [decimal degrees];longitude [decimal degrees];altitude [meter]\nDSC01.JPG;46,52;7,41;760,0\nDSC02.JPG;46,5202;7,41;760,0\n", places=ALPS, said="Pix4D"),
    "Pix4D, calibrated parameters in degrees": two("imageName latitude longitude altitude omega phi kappa", "DSC{N}.JPG {LAT} 7.41 760 0 0 30", heading=330, said="Pix4D"),
    "Pix4D, exchanged against the photos": Case("p.csv", "imagename,latitude [decimal degrees],longitude [decimal degrees],altitude [meter]\nDSC01.JPG,7.41,46.52,760\n", ONE, gps=(7.41, 46.52), said="are swapped"),
    "Pix4D, positions without a header": Case("p_calibrated_images_position.txt", "DSC01.JPG,378045.716,5153245.754,760\n", ONE, UTM, places=GRID),
    "Pix4D, the same without a CRS": Case("p_calibrated_images_position.txt", "DSC01.JPG,378045.716,5153245.754,760\n", ONE, error="without a CRS"),
    "Pix4D, local offsets with commas": Case("p.txt", "imageName,X,Y,Z,Omega,Phi,Kappa\nDSC01.JPG,10,20,30,0,0,0\n", error="offsets from a place"),
    "DroneDeploy": two("image_name,latitude,longitude,altitude_meters,yaw_degrees,pitch_degrees,roll_degrees", "DSC{N}.JPG,{LAT},7.41,760,15,-90,0", heading=15, said="DroneDeploy"),
    # --- Metashape
    "Metashape, a newer reference": two('# CoordinateSystem: GEOGCS["WGS 84",DATUM["World Geodetic System 1984 ensemble",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.01745329251994328]]\n#Label,Longitude,Latitude,Altitude,Accuracy_X/Y/Z_(m),Yaw,Pitch,Roll,X_est,Y_est,Z_est', "DSC{N}.JPG,7.41,{LAT},760,10,20,0,0,7.5,46.6,700", heading=20, said="Metashape"),
    "Metashape, tabs": two("#Label\tX/Longitude\tY/Latitude\tZ/Altitude\tYaw\tPitch\tRoll", "DSC{N}\t7.41\t{LAT}\t760\t20\t0\t0", heading=20),
    "Metashape, decimal commas": Case("r.txt", "#Label;X/Longitude;Y/Latitude;Z/Altitude\nDSC01.JPG;7,41;46,52;760,0\nDSC02.JPG;7,41;46,5202;760,0\n", places=ALPS),
    "Metashape, #PhotoID without a rotation matrix": Case("opk.txt", "#PhotoID,X,Y,Z,Omega,Phi,Kappa\nDSC01,378045.716,5153245.754,760,0,0,-30\n", ONE, UTM, places=GRID, said="Metashape"),
    "Metashape, #PhotoID with its CRS": Case("opk.txt", "# CoordinateSystem: EPSG:32632\n#PhotoID,X,Y,Z,Omega,Phi,Kappa\nDSC01,378045.716,5153245.754,760,0,0,-30\n", ONE, places=GRID),
    "Metashape, local coordinates": Case("r.txt", '#CoordinateSystem: LOCAL_CS["Local Coordinates (m)",LOCAL_DATUM["Local Datum",0],UNIT["metre",1]]\n#Label,X/East,Y/North,Z/Altitude,Yaw,Pitch,Roll\nDSC01.JPG,10,20,30,0,0,0\n', error="offsets from a place"),
    "Metashape, XML": Case("cameras.xml", '<?xml version="1.0" encoding="UTF-8"?>\n<document version="2.0.0">\n  <chunk label="Chunk 1"><cameras/></chunk></document>\n', error="Export Reference"),
    "a table of eyes: ID and omega phi kappa": Case("eo.txt", "ID X Y Z OMEGA PHI KAPPA\nDSC01 378045.716 5153245.754 760 0 0 30\n", ONE, UTM, places=GRID),
    "omega phi kappa in gon": Case("eo.txt", "name X Y Z omega[gon] phi[gon] kappa[gon]\nDSC01 378045.716 5153245.754 760 0 0 33.3333333\n", ONE, UTM, places=GRID),
    # --- OpenDroneMap
    "geo.txt, WGS84": Case("geo.txt", "WGS84\nDSC01.JPG 7.41 46.52 760\nDSC02.JPG 7.41 46.5202 760\n", places=ALPS, said="OpenDroneMap"),
    "geo.txt, a comment and commas": Case("geo.txt", "# mine\nEPSG:4326\nDSC01.JPG,7.41,46.52,760\nDSC02.JPG, 7.41, 46.5202, 760\n", places=ALPS),
    "geo.txt, the name of a CRS": Case("geo.txt", "WGS 84 / UTM zone 32N\nDSC01.JPG 378045.716 5153245.754 760\n", ONE, places=GRID),
    "geo.txt, WKT": Case("geo.txt", 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]\nDSC01.JPG 7.41 46.52 760\n', ONE, places=ALPS[:1]),
    "geo.txt, a code": Case("geo.txt", "32632\r\nDSC01.JPG\t378045.716\t5153245.754\t760\r\n", ONE, places=GRID),
    "geo.txt, feet of its CRS": Case("geo.txt", "EPSG:2227\nDSC01.JPG 6126548.244 2008012.813 700\n", ONE, places=((-122.0, 37.5, 213.360427),), said="US survey foot"),
    "geo.txt, a latitude beyond 90": Case("geo.txt", "EPSG:4326\nDSC01.JPG -12.9 136.8 1760\n", ONE, error="swapped"),
    "geo.txt, a row without a place": Case("geo.txt", "EPSG:4326\nDSC01.JPG 7.41\nDSC02.JPG 7.41 46.52 760\n", error="line 2"),
    "geo.txt without its CRS": Case("geo.txt", "DSC01.JPG 7.41 46.52 760\n", ONE, error="may be the latitude"),
    "geo.txt, an unknown CRS": Case("geo.txt", "EPSG:999999\nDSC01.JPG 7.41 46.52 760\n", ONE, error="unknown CRS 'EPSG:999999'"),
    "JSON of another program": Case("geo.json", '{"a": 1}', error="JSON that Herdmap does not know"),
    "GeoJSON points": Case("p.geojson", '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "DSC01.JPG"}, "geometry": {"type": "Point", "coordinates": [7.41, 46.52]}}]}', error="JSON that Herdmap does not know"),
    # --- DJI's .MRK
    "MRK, Windows lines": Case("a.MRK", MRK.format(1, 0, 0, 0, 46.52, 7.41, 760).replace("\n", "\r\n").encode(), ("DJI_0001.JPG",), places=ALPS[:1]),
    "MRK, south and west, with offsets": Case("a.MRK", MRK.format(9, 1000, -1000, -500, -33.5, -70.6, 619.5), ("100_0001_0009.JPG",), places=((-70.600011, -33.499991, 620.0),)),
    "MRK, two lenses of one exposure": Case("a.mrk", MRK.format(7, 0, 0, 0, 46.52, 7.41, 760), ("DJI_20240716151200_0007_W.JPG", "DJI_20240716151200_0007_T.JPG"), places=(ALPS[0], ALPS[0])),
    "MRK, the flight's own words": Case("a.MRK", MRK.format(7, 0, 0, 0, 46.52, 7.41, 760), ("DJI_20240716151200_0007_V_north-block.JPG",), places=ALPS[:1]),
    "MRK, accuracies that are none": Case("a.MRK", MRK.format(1, 0, 0, 0, 46.52, 7.41, 760).replace("0.028, 0.031, 0.055", "nan, nan, nan"), ("DJI_0001.JPG",), places=ALPS[:1]),
    "MRK, a number twice": Case("a.MRK", MRK.format(1, 0, 0, 0, 46.52, 7.41, 760) * 2, ("DJI_0001.JPG",), error="several flights"),
    "MRK, photos of two flights": Case("a.MRK", MRK.format(1, 0, 0, 0, 46.52, 7.41, 760), ("100_0001_0001.JPG", "100_0002_0001.JPG"), error="several flights"),
    "MRK, damaged": Case("a.MRK", "1\t227538.5\t[2323\n", ("DJI_0001.JPG",), error="line 1 is not a line of a DJI .MRK"),
    # --- RTKLIB and Emlid
    "RTKLIB, week and second": log(POS, "2323 {TOW}.000   {LAT}  7.41  760.0  1 12 0.01 0.01 0.02", "f.pos", said="RTKLIB"),
    "RTKLIB, degrees, minutes, seconds": log("%  GPST   latitude(d'\") longitude(d'\")  height(m)   Q  ns", "2024/07/16 15:12:{GPS}.000   46 31 {SEC}  7 24 36.0  760.0  1 12", "f.pos"),
    "RTKLIB, Japan's time": log(POS.replace("GPST", "JST"), "2024/07/17 00:12:{S}.000 {LAT} 7.41 760.0 1 12 0.01 0.01 0.02", "f.pos"),
    "RTKLIB, commas": log(POS, "2024/07/16 15:12:{GPS}.000,{LAT},7.41,760.0,1,12,0.01,0.01,0.02", "f.pos"),
    "RTKLIB, Windows lines in capitals": log(POS, "2024/07/16 15:12:{GPS}.000 {LAT} 7.41 760.0 1 12\r", "F.POS"),
    "RTKLIB, a line cut off": Case("f.pos", f"{POS}\n2024/07/16 15:12:18.000 46.5\n", error="line 2"),
    "Emlid, a table of events": two("Name,Code,Easting,Northing,Longitude,Latitude,Ellipsoidal height,Lateral RMS,Elevation RMS,CS name", "DSC{N}.JPG,,378045,5153245,7.41,{LAT},760,0.01,0.02,WGS 84 / UTM 32N"),
    # --- exiftool
    "exiftool -n with a drone's angles": two("SourceFile,FileName,GPSLatitude,GPSLongitude,GPSAltitude,AbsoluteAltitude,GimbalYawDegree,GimbalPitchDegree,GimbalRollDegree,FlightYawDegree", "./DSC{N}.JPG,DSC{N}.JPG,{LAT},7.41,700,+760.0,30,-90,0,25", heading=30),
    "exiftool -c %.6f": Case("e.csv", f"{EXIF}\nDSC01.JPG,33.500000 S,70.600000 W,620 m\n", ONE, places=CHILE[:1]),
    "exiftool, Windows paths": Case("e.csv", f'{EXIF}\nC:/Users/x/DSC01.JPG,46.52,7.41,760\n"C:\\Users\\x\\DSC02.JPG",46.5202,7.41,760\n', places=ALPS),
    "exiftool, photos without a position": Case("e.csv", f"{EXIF}\nDSC02.JPG,,,\nDSC01.JPG,46.52,7.41,760\n", places=ALPS[:1], said="DSC02.JPG: no position"),
    "exiftool, references in words": Case("e.csv", "SourceFile,GPSLatitude,GPSLatitudeRef,GPSLongitude,GPSLongitudeRef,GPSAltitude,GPSAltitudeRef\nDSC01.JPG,33.5,South,70.6,West,3,Below Sea Level\n", ONE, places=((-70.6, -33.5, -3.0),)),
    "exiftool, a position in one column": Case("e.csv", "SourceFile,GPSPosition\nDSC01.JPG,\"46 deg 31' 12.00\"\" N, 7 deg 24' 36.00\"\" E\"\n", ONE, error="'GPSPosition'"),
    "exiftool, a longitude among latitudes": Case("e.csv", f"{EXIF}\nDSC01.JPG,7.41 E,46.52 N,760 m\n", ONE, error="exchanged"),
    # --- degrees, minutes and seconds, as people write them
    "46°31'12\"N": two("name,lat,lon,alt", "DSC{N}.JPG,{LAT},7°24'36.0\"E,760"),
    "N46 31.2": Case("g.csv", "name,lat,lon,alt\nDSC01.JPG,N46 31.2000,E7 24.6000,760\nDSC02.JPG,N46 31.212,E7 24.6,760\n", places=ALPS),
    "46:31:12": Case("g.csv", "name,lat,lon,alt\nDSC01.JPG,46:31:12,7:24:36,760\nDSC02.JPG,46:31:12.72,7:24:36,760\n", places=ALPS),
    "33.5S": Case("g.csv", "name,lat,lon,alt\nDSC01.JPG,33.5S,W70.6,620\n", ONE, places=CHILE[:1]),
    "decimal commas in seconds": Case("g.csv", "name;lat;lon;alt\nDSC01.JPG;46° 31' 12,0\" N;7° 24' 36,0\" E;760,0\n", ONE, places=ALPS[:1]),
    "minutes and seconds in columns": Case("g.csv", "name,lat_deg,lat_min,lat_sec,lon_deg,lon_min,lon_sec,alt\nDSC01.JPG,-33,30,0,-70,36,0,620\n", ONE, places=CHILE[:1]),
    "minutes in columns, just south of the equator": Case("g.csv", "name,Lat Deg,Lat Min,Lon Deg,Lon Min,alt\nDSC01.JPG,-0,30,36,36,620\n", ONE, places=((36.6, -0.5, 620.0),)),
    "the least and the greatest latitude": two("name,lat,lat_min,lat_max,lon,lon_min,lon_max,alt", "DSC{N}.JPG,{LAT},46,47,7.41,7,8,760"),
    "72 minutes in a column": Case("g.csv", "name,lat_deg,lat_min,lon_deg,lon_min,alt\nDSC01.JPG,46,72,7,24,760\n", ONE, error="minutes of lat beyond 0 to 60"),
    "75 minutes": Case("g.csv", "name,lat,lon,alt\nDSC01.JPG,46 75 0 N,7 24 36 E,760\n", ONE, error="46 75 0 N"),
    # --- encodings, delimiters, lines, quotes, names
    "UTF-16 without a mark": Case("t.csv", PLAIN.encode("utf-16-le"), places=ALPS),
    "UTF-16, big-endian": Case("t.csv", PLAIN.encode("utf-16-be"), places=ALPS),
    "UTF-32": Case("t.csv", PLAIN.encode("utf-32"), places=ALPS),
    "the lines of an old Mac": Case("t.csv", PLAIN.replace("\n", "\r").encode(), places=ALPS),
    "Windows's code page": Case("t.csv", PLAIN.replace("DSC01", "Prärie").encode("cp1252"), ("Prärie.JPG", "DSC02.JPG"), places=ALPS),
    "accents as a Mac keeps them": Case("t.csv", PLAIN.replace("DSC01", "Pra\u0308rie"), ("Prärie.JPG", "DSC02.JPG"), places=ALPS),
    "everything in quotes": two('"name","lat","lon","altitude"', '"DSC{N}.JPG","{LAT}","7.41","760"'),
    "decimal commas in quotes": Case("t.csv", '"name","lat","lon","altitude"\n"DSC01.JPG","46,52","7,41","760,0"\n"DSC02.JPG","46,5202","7,41","760,0"\n', places=ALPS),
    "Excel's separator": two("sep=;\nname;lat;lon;altitude", "DSC{N}.JPG;{LAT};7.41;760"),
    "bars": two("name|lat|lon|altitude", "DSC{N}.JPG|{LAT}|7.41|760"),
    "a comma at the end of each row": two("name,lat,lon,altitude", "DSC{N}.JPG,{LAT},7.41,760,"),
    "names with commas": Case("t.csv", 'name,lat,lon,alt\n"DSC01, left.JPG",46.52,7.41,760\n', ("DSC01, left.JPG",), places=ALPS[:1]),
    "names without an ending": two("name,lat,lon,altitude", "DSC{N},{LAT},7.41,760"),
    "names of the raw files": two("name,lat,lon,altitude", "dsc{N}.ARW,{LAT},7.41,760"),
    "Spanish": two("nombre,latitud,longitud,altitud", "DSC{N}.JPG,{LAT},7.41,760"),
    "thousands": Case("t.csv", 'name,lat,lon,altitude\nDSC01.JPG,46.52,7.41,"1,760"\n', ONE, error="may be thousands or a decimal"),
    "thousands and decimals": Case("t.csv", 'name,x,y,z\nDSC01.JPG,"378,045.716","5,153,245.754",760\n', ONE, UTM, error="'378,045.716'"),
    "a height without bound": Case("t.csv", "name,lat,lon,alt (km)\nDSC01.JPG,46.52,7.41,1e308\n", ONE, error="'1e308'"),
    "two columns of one name": Case("t.csv", "name,lat,lon,alt,lat,lon\nDSC01.JPG,46.52,7.41,760,10,20\n", ONE, error="they differ"),
    # --- names that mean several photos
    "names twice, in folders": Case("t.csv", "name,lat,lon,altitude\nb/DSC01.JPG,46.5202,7.41,760\na/DSC01.JPG,46.52,7.41,760\n", ("a/DSC01.JPG", "b/DSC01.JPG"), places=ALPS),
    "names twice, in folders of Windows": Case("t.csv", "name,lat,lon,altitude\n..\\B\\dsc01.jpg,46.5202,7.41,760\n..\\A\\dsc01.jpg,46.52,7.41,760\n", ("a/DSC01.JPG", "b/DSC01.JPG"), error="occur more than once"),
    "a name for two endings": Case("t.csv", "name,lat,lon,altitude\nDSC01.JPG,46.52,7.41,760\nDSC01.TIF,46.6,7.41,760\n", ONE, places=ALPS[:1]),
    "a stem for two endings": Case("t.csv", "name,lat,lon,altitude\nDSC01.ARW,46.52,7.41,760\nDSC01.TIF,46.6,7.41,760\n", ONE, error="more than once"),
    "names of another flight": Case("t.csv", "name,lat,lon,altitude\nIMG_1.JPG,46.52,7.41,760\n", ONE, error="no row has the name of a photo (such as 'IMG_1.JPG')"),
    # --- units
    "feet behind a name": two("name,lat,lon,altitude_ft", "DSC{N}.JPG,{LAT},7.41,2493.4383"),
    "kilometres": two("name,lat,lon,alt (km)", "DSC{N}.JPG,{LAT},7.41,0.76"),
    "radians": two("name,lat,lon,alt,yaw (rad),pitch (rad),roll (rad)", "DSC{N}.JPG,{LAT},7.41,760,0.5235987756,0,0", heading=30),
    "feet in cells": two("name,lat,lon,alt", "DSC{N}.JPG,{LAT},7.41,2493.4383 ft"),
    "metres in cells": two("name,lat,lon,alt", "DSC{N}.JPG,{LAT},7.41,760.0 m"),
    "US feet in the CRS, omega phi kappa": Case("o.csv", f"Kappa,Phi,Omega,{OPK[:11]}\n30,0,0,DSC01.JPG,6126548.244,2008012.813,700.0\n", ONE, {"position_crs": "EPSG:2227"}, places=((-122.0, 37.5, 213.360427),)),
    "feet above mean sea level": two("name,lat,lon,Altitude MSL (ft)", "DSC{N}.JPG,{LAT},7.41,2493.4383"),
    "metres above mean sea level": two("name,lat,lon,alt [m MSL]", "DSC{N}.JPG,{LAT},7.41,760"),
    "metres above the ellipsoid": two("name,lat,lon,HAE (m)", "DSC{N}.JPG,{LAT},7.41,760"),
    "feet above the ellipsoid": two("name,lat,lon,Height above ellipsoid (ft)", "DSC{N}.JPG,{LAT},7.41,2493.4383"),
    "metres above ground beside metres above the sea": two("name,lat,lon,Altitude (m AGL),Altitude (m AMSL)", "DSC{N}.JPG,{LAT},7.41,100,760"),
    "angles alone": Case("t.csv", "name,yaw,pitch,roll,platform,latency\nDSC01.JPG,30,-90,0,M300,5\n", ONE, {"agl": 100.0}, gps=(7.41, 46.52), places=((7.41, 46.52, float("nan")),), heading=30),
    "MGRS": two("name,mgrs,alt", "DSC{N}.JPG,32TLT7804553245,760", error="'mgrs'"),
    "WKT points": two("name,geometry,alt", "DSC{N}.JPG,POINT (7.41 {LAT}),760", error="'geometry'"),
    "a grid in the names of columns": two("name,x (EPSG:32632),y (EPSG:32632),z", "DSC{N}.JPG,378045,5153245,760", error="'x (EPSG:32632)'"),
    "feet in the header and in the CRS": Case("o.csv", "name,Easting (ft),Northing (ft),Elevation (ft)\nDSC01.JPG,6126548.244,2008012.813,700.0\n", ONE, {"position_crs": "EPSG:2227"}, places=((-122.0, 37.5, 213.36),)),
    "US survey feet in the header and in the CRS": Case("o.csv", "name,X (US survey feet),Y (US survey feet)\nDSC01.JPG,6126548.244,2008012.813\n", ONE, {"position_crs": "EPSG:2227"}, places=((-122.0, 37.5, float("nan")),)),
    "metres in the header, feet in the CRS, all three": Case("o.csv", "name,X (m),Y (m),Z (m)\nDSC01.JPG,1867375.6395,612043.5295,213.36\n", ONE, {"position_crs": "EPSG:2227"}, places=((-122.0, 37.5, 213.36),)),
    "feet in the header, metres in the CRS": Case("o.csv", "name,Easting_ft,Northing_ft,alt_m\nDSC01.JPG,1240307.4672,16906974.2585,760\n", ONE, UTM, places=GRID),
    "kilometres in the header, metres in the CRS": Case("o.csv", "name,Easting (km),Northing (km),alt\nDSC01.JPG,378.045716,5153.245754,760\n", ONE, UTM, places=GRID),
    # --- flight logs
    "Airdata in metres": log(AIRDATA.format(u="meters"), "{MS},2024-07-16 15:12:{S},{LAT},7.41,100,760,5,-9,1,120,-90,0", heading=120, said="Airdata"),
    "Airdata, other order, local time": log("latitude,longitude,altitude_above_seaLevel(feet),time(millisecond),datetime(local),height_above_takeoff(feet),gimbal_heading(degrees),gimbal_pitch(degrees),gimbal_roll(degrees),altitude(feet)", "{LAT},7.41,2493.438,{MS},2024-07-16 17:12:{S},328,120,-90,0,328", heading=120, said="+7200 s"),
    "Airdata without the sea level": log("time(millisecond),datetime(utc),latitude,longitude,height_above_takeoff(feet),gimbal_heading(degrees),gimbal_pitch(degrees),gimbal_roll(degrees),altitude(feet)", "{MS},2024-07-16 15:12:{S},{LAT},7.41,328.084,120,-90,0,328.084", places=((7.41, 46.52, float("nan")),), heading=120, said="height above take-off"),
    "Litchi, whose altitude is above the take-off": log("latitude,longitude,altitude(ft),ascent(ft),speed(mph),time(millisecond),datetime(utc),datetime(local),home_latitude,home_longitude,pitch(deg),roll(deg),yaw(deg)", "{LAT},7.41,328.084,0,5,{MS},2024-07-16 15:12:{S},2024-07-16 17:12:{S},46.5,7.4,-9,1,120", places=((7.41, 46.52, float("nan")),), heading=120, said="height above take-off"),
    "DJI, a record in metres": log("CUSTOM.dateTime,OSD.latitude,OSD.longitude,OSD.height [m],OSD.altitude [m],OSD.yaw,GIMBAL.pitch,GIMBAL.roll,GIMBAL.yaw", "2024-07-16T15:12:{S}Z,{LAT},7.41,100,760,5,-90,0,120", heading=120, said="DJI"),
    "DJI, the new Flight Reader": log("CUSTOM.date [local],CUSTOM.updateTime [local],OSD.latitude,OSD.longitude,OSD.height [ft],OSD.altitude [ft],OSD.yaw,OSD.yaw [360],GIMBAL.pitch,GIMBAL.roll,GIMBAL.yaw,GIMBAL.yaw [360]", "7/16/2024,3:12:{S}.00 PM,{LAT},7.41,328.1,2493.438,5,5,-90,0,-120,240", heading=240, said="DJI", options={"clock_offset_s": 0.0}, taken="2024-07-16T15:12:00"),
    "seconds since 1970": log("timestamp,lat,lon,alt", "{EPOCH},{LAT},7.41,760"),
    "milliseconds since 1970": log("timestamp;lat;lon;alt", "{EPOCH}000;{LAT};7.41;760"),
    "microseconds since 1970": log("timestamp,alt,lon,lat", "{EPOCH}000000,760,7.41,{LAT}"),
    "a log with another order and feet": log("Elevation (ft),Longitude,Latitude,UTC", "2493.4383,7.41,{LAT},2024-07-16 15:12:{S}"),
    "a log with the angles of both the aircraft and the gimbal": log("time,lat,lon,alt,yaw,pitch,roll,gimbal_yaw,gimbal_pitch,gimbal_roll", "2024-07-16T15:12:{S}Z,{LAT},7.41,760,5,-9,1,120,-90,0", heading=120),
    "a log with the gimbal's angles alone": log("time,lat,lon,alt,yaw,pitch,roll", "2024-07-16T15:12:{S}Z,{LAT},7.41,760,120,-90,0", heading=120),
    "a log with the aircraft's angles": log("time,lat,lon,alt,roll,pitch,heading", "2024-07-16T15:12:{S}Z,{LAT},7.41,760,0,0,120", heading=120),
    "a gimbal that looks ahead": two("name,lat,lon,alt,gimbal_yaw,gimbal_pitch,gimbal_roll", "DSC{N}.JPG,{LAT},7.41,760,120,-10,0", heading=120, said="shows the horizon"),
    "a table with the angles of both": two("name,lat,lon,alt,yaw,pitch,roll,gimbal_yaw,gimbal_pitch,gimbal_roll", "DSC{N}.JPG,{LAT},7.41,760,5,-9,1,120,-90,0", heading=120),
    # --- files of other kinds
    "a spreadsheet": Case("p.xlsx", b"PK\x03\x04" + bytes(40), error="save it as CSV"),
    "an old workbook": Case("p.xls", b"\xd0\xcf\x11\xe0" + bytes(40), error="save it as CSV"),
    "NMEA": Case("t.nmea", "$GPGGA,151200.00,4631.2000,N,00724.6000,E,1,12,0.8,760.0,M,0.0,M,,*5E\n", error="convert them to GPX"),
    "IGC": Case("t.igc", "AXXX001\nHFDTE160724\nB1512004631200N00724600EA0076000760\n", error="convert it to GPX"),
    "subtitles": Case("v.SRT", "1\n00:00:00,000 --> 00:00:01,000\nGPS(7.4100,46.5200,12)\n", error="flight log"),
    "KML": Case("t.kml", '<?xml version="1.0" encoding="UTF-8"?><kml/>', error="KML"),
    "GPX by another name": Case("t.xml", '<?xml version="1.0"?><gpx/>', error="ends in .gpx"),
    "ArduPilot": Case("f.log", "FMT, 128, 89, FMT, BBnNZ, Type,Length,Name,Format,Columns\n", error="location.csv"),
    "DatCon": log("Clock:Tick#,IMU_ATTI(0):Longitude,IMU_ATTI(0):Latitude", "{S},7.41,{LAT}", error="no column of photo names and none of times, but 'Clock:Tick#'"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_file_of_positions_gives_its_places_or_is_refused(name: str, tmp_path: Path) -> None:
    check(CASES[name], tmp_path)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("gps_long", "gps_lat"), ("GPS_Lng", "GPS_Lat"), ("Long", "Lat"), ("lng", "lat"), ("decimalLongitude", "decimalLatitude"),
        ("Long_dd", "Lat_dd"), ("WGS84 Lon", "WGS84 Lat"), ("photo_longitude", "photo_latitude"), ("Center Long", "Center Lat"),
        ("drone_lon", "drone_lat"), ("Longitudine", "Latitudine"), ("Lengtegraad", "Breedtegraad"), ("Laengengrad", "Breitengrad"),
    ],
)  # fmt: skip
def test_columns_of_degrees_are_known_by_the_names_that_people_use(tmp_path: Path, lon: str, lat: str) -> None:
    check(two(f"photo,{lon},{lat},altitude", "DSC{N}.JPG,7.41,{LAT},760"), tmp_path)


@pytest.mark.parametrize(
    ("x", "y"),
    [("POINT_X", "POINT_Y"), ("X_Coordinate", "Y_Coordinate"), ("Coord X", "Coord Y"), ("Este", "Norte"), ("UTM East", "UTM North"),
     ("Rechtswert", "Hochwert"), ("map_x", "map_y")],
)  # fmt: skip
def test_columns_of_a_grid_are_known_by_the_names_that_people_use(tmp_path: Path, x: str, y: str) -> None:
    text = f"photo,{x},{y},altitude\nDSC01.JPG,378045.716,5153245.754,760\n"
    check(Case("t.csv", text, ONE, options=UTM, places=GRID), tmp_path)
