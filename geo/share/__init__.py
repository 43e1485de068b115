"""The share folder: a survey as a page that opens from disk, for colleagues who have nothing installed.

`share` writes a folder with `index.html` (map, photos with boxes, counts; offline, no network requests), reduced
pictures within a given size, the GeoPackage with its QGIS project, tables as CSV and GeoJSON, and a README.

    source.py    reads the survey's GeoPackage
    pictures.py  reduced photos, contact sheets of thumbnails and of animals, within a budget of bytes
    content.py   the survey as the page reads it
    handouts.py  CSV, GeoJSON and the README
    folder.py    a folder that appears complete or not at all
    page/        the page itself: HTML, CSS, and JavaScript without a framework
"""

from geo.share.build import Report, Settings, share
from geo.share.size import MaxSize, ShareError

__all__ = ["MaxSize", "Report", "Settings", "ShareError", "share"]
