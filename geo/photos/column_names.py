"""What people and programs call the columns of tables of positions."""

from collections.abc import Mapping

from geo.raster.exif import ELLIPSOID, SEA_LEVEL

# What a column may be called, in order of preference, without case, units and punctuation.
NAMES: Mapping[str, tuple[str, ...]] = {
    "name": (
        "photo", "image", "filename", "imagename", "imagefilename", "file", "name", "photoname", "label", "sourcefile",
        "path", "img", "picture", "photoid", "imageid", "nombre", "archivo", "foto", "imagen", "imagem", "arquivo",
        "nome", "id",
    ),
    "lon": (
        "lon", "longitude", "long", "lng", "gpslongitude", "lonwgs84", "longitudewgs84", "gpslon", "londd",
        "longitud", "gpslong", "gpslng", "longwgs84", "wgs84lon", "wgs84long", "wgs84longitude", "longdd",
        "decimallongitude", "decimallon", "decimallong", "declon", "declong", "declongitude",
        "longitudedecimal", "londecimal", "longdecimal", "photolon", "photolong", "photolongitude",
        "imagelon", "imagelong", "imagelongitude", "cameralon", "cameralong", "cameralongitude", "centerlon",
        "centerlong", "centerlongitude", "centrelon", "centrelong", "centrelongitude", "dronelon",
        "dronelong", "dronelongitude", "geolon", "geolong", "geolongitude", "longitudine", "laengengrad",
        "lengtegraad",
    ),
    "lat": (
        "lat", "latitude", "gpslatitude", "latwgs84", "latitudewgs84", "gpslat", "latdd", "latitud",
        "wgs84lat", "wgs84latitude", "decimallatitude", "decimallat", "declat", "declatitude",
        "latitudedecimal", "latdecimal", "photolat", "photolatitude", "imagelat", "imagelatitude",
        "cameralat", "cameralatitude", "centerlat", "centerlatitude", "centrelat", "centrelatitude",
        "dronelat", "dronelatitude", "geolat", "geolatitude", "latitudine", "breitengrad", "breedtegraad",
    ),
    "x": ("x", "easting", "east", "e", "xmap", "utmx", "utme", "utmeasting", "coordsx1", "coordsx11", "xcoord",
        "xlongitude", "xeast", "xeasting", "pointx", "xcoordinate", "coordx", "coordinatex", "mapx", "xutm", "utmeast",
        "eastingutm", "eastutm", "este", "rechtswert"),
    "y": ("y", "northing", "north", "n", "ymap", "utmy", "utmn", "utmnorthing", "coordsx2", "coordsx21", "ycoord",
        "ylatitude", "ynorth", "ynorthing", "pointy", "ycoordinate", "coordy", "coordinatey", "mapy", "yutm",
        "utmnorth", "northingutm", "northutm", "norte", "hochwert"),
    "z": (
        "altitude", "alt", "z", "elevation", "height", "absolutealtitude", "absalt", "gpsaltitude", "altitudemsl",
        "altitudeasl", "altitudeamsl", "ellipsoidalheight", "ele", "elev", "gpsalt", "hmsl", "h",
        "altitudeabovesealevel", "ellipsoidheight", "zaltitude", "zheight", "ellipheight", "ellheight", "ellipht",
        "altitud", "osdaltitude", "ellipsoidalaltitude", "orthometricheight", "hae", "altitudehae", "heighthae",
        "heightaboveellipsoid", "altitudeaboveellipsoid", "altitudeellipsoid", "altitudeellipsoidal", "heightellipsoid",
        "heightellipsoidal", "heightmsl", "heightasl", "heightamsl", "elevationmsl", "altmsl", "altasl", "altamsl",
    ),
    "agl": (
        "agl", "heightaboveground", "aboveground", "altitudeagl", "heightagl", "abovegroundlevel", "laser",
        "laserheight", "laseralt", "laseraltitude", "laseragl", "radar", "radaralt", "radaraltitude", "radarheight",
        "rangefinder", "lidarheight", "lidar", "altagl", "altitudeaboveground", "altitudeabovegroundlevel",
    ),
    "relative": ("relativealtitude", "relalt", "heightabovetakeoff", "abovetakeoff", "relaltitude", "relativeheight",
        "altitudeabovetakeoff", "osdheight"),
    "ground": ("ground", "groundelevation", "groundheight", "terrain", "terrainheight", "dem", "groundz"),
    # The camera's own angles before those of the aircraft.
    "yaw": (
        "gimbalyaw", "gimbalyawdegree", "gimbalheading", "camerayaw", "yaw", "heading", "hdg", "trueheading",
        "yawdegree", "azimuth", "flightyawdegree", "course", "cog", "gpsimgdirection",
    ),
    "pitch": ("gimbalpitch", "gimbalpitchdegree", "camerapitch", "pitch", "pitchdegree"),
    "roll": ("gimbalroll", "gimbalrolldegree", "cameraroll", "roll", "rolldegree"),
    "omega": ("omega", "om", "w"),
    "phi": ("phi", "ph", "p"),
    "kappa": ("kappa", "ka", "kp", "k"),
    "time": (
        "timeutc", "utctime", "datetimeutc", "utc", "gpstime", "timestamp", "datetime", "time", "capturedat",
        "datetimeoriginal", "takenat", "unixtime", "epoch", "customdatetime", "datetimelocal", "timelocal", "localtime",
    ),
    "date": ("date", "dateutc", "utcdate", "gpsdate"),
    "camera": ("camera", "cameraname", "cameraid"),
    "xy_error": (
        "horizontalaccuracy", "accuracyhorizontal", "accuracyhorz", "horzaccuracy", "hacc", "accuracyxy", "xyaccuracy",
        "gpsxystddev", "horizontalerror", "gpshpositioningerror", "lateralrms", "sigmaxy", "accuracyxyz", "rtkstdxy",
    ),
    "z_error": (
        "verticalaccuracy", "accuracyvertical", "accuracyvert", "vertaccuracy", "vacc", "accuracyz", "elevationrms",
        "sigmaz", "verticalerror",
    ),
    "number": ("number",),
    # Minutes and seconds of arc in columns of their own, beside the degrees.
    "lat_minutes": ("latmin", "latminutes", "latminute", "latitudemin", "latitudeminutes", "latm"),
    "lat_seconds": ("latsec", "latseconds", "latsecond", "latitudesec", "latitudeseconds", "lats"),
    "lon_minutes": ("lonmin", "lonminutes", "lonminute", "longmin", "longitudemin", "longitudeminutes", "lonm"),
    "lon_seconds": ("lonsec", "lonseconds", "lonsecond", "longsec", "longitudesec", "longitudeseconds", "lons"),
}  # fmt: skip

# What altitudes under these names are above.
ABOVE: Mapping[str, str] = {
    **{name: ELLIPSOID for name in NAMES["z"] if "ellip" in name or name.endswith("hae") or name == "ellheight"},
    **{name: SEA_LEVEL for name in NAMES["z"] if name.endswith(("msl", "asl", "sealevel")) or "ortho" in name},
}
