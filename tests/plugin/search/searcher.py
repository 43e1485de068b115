"""One observer who searches a survey as fast as the file allows, to be killed at any instant.

    python -m tests.plugin.search.searcher SURVEY NAME SEED

Uses the plugin's own code with the Python of QGIS, and prints a line of JSON for each mark and each cell that was
acknowledged.
"""

import json
import random
import sys
from pathlib import Path

from qgis_plugin.counting_rule import UNREVIEWED
from qgis_plugin.review.file import Detection, ReviewFile
from qgis_plugin.review.queue import ReviewQueue, now
from qgis_plugin.search.cells import grid
from qgis_plugin.search.record import SearchRecord
from qgis_plugin.search.walk import Walk


def main() -> None:
    path, name, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    chance = random.Random(seed)
    file = ReviewFile(path)
    queue, record = ReviewQueue(file, name), SearchRecord(file)
    walk = Walk(*record.read(), lambda photo: grid(photo.image.size, 5, 3), name)
    say("began")
    while walk.place is not None:
        photo, cell, _ = walk.place
        if chance.random() < 0.5:
            x, y = cell.box[0] + chance.random() * 20, cell.box[1] + chance.random() * 20
            words = (UNREVIEWED, None, None, None, None, None, None)
            drawn = Detection(0, photo.image.path, "sheep", None, (x, y, x + 9, y + 7), 1, *words)
            say("mark", uuid=queue.add(drawn).uuid)
        done = record.add(photo, cell, name, now())
        walk.searched(done.search)
        say("cell", image=photo.image.path, cell=cell.number)
        walk.next()


def say(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


if __name__ == "__main__":
    main()
