"""Tracks of a video that CVAT exports are the animals of each frame."""

from pathlib import Path

import pytest
from PIL import Image

from detector.errors import InputError
from detector.labels.formats import names_in, read_labels

VIDEO = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version>
<meta><task><original_size><width>600</width><height>400</height></original_size></task></meta>
<track id="0" label="elephant" source="manual">
  <box frame="0" keyframe="1" outside="0" occluded="0" xtl="100" ytl="50" xbr="160" ybr="90" z_order="0"></box>
  <box frame="1" keyframe="0" outside="0" occluded="0" xtl="104" ytl="50" xbr="164" ybr="90" z_order="0"></box>
  <box frame="2" keyframe="1" outside="1" occluded="0" xtl="108" ytl="50" xbr="168" ybr="90" z_order="0"></box>
</track>
<track id="1" label="kob" source="manual">
  <points frame="1" keyframe="1" outside="0" occluded="0" points="310.0,206.0" z_order="0"></points>
</track></annotations>"""


def test_each_frame_has_the_animals_that_are_in_it(tmp_path: Path) -> None:
    for number in range(3):
        Image.new("RGB", (600, 400)).save(tmp_path / f"frame_{number:06d}.PNG")
    labels = tmp_path / "annotations.xml"
    labels.write_text(VIDEO, encoding="utf-8")
    found = read_labels(labels, tmp_path, names_in(labels))
    assert [(photo.name, list(photo.found_as), photo.boxes_px.tolist()) for photo in found] == [
        ("frame_000000.PNG", ["elephant"], [[100, 50, 160, 90]]),
        ("frame_000001.PNG", ["elephant", "kob"], [[104, 50, 164, 90], [310, 206, 310, 206]]),
    ]


@pytest.mark.parametrize(
    ("there", "wrong", "said"),
    [
        ('frame="0"', 'frame="-1"', "the frame '-1'"),
        ('<track id="1"', '<image name="a.jpg"/><track id="1"', "photos and tracks"),
        ('label="kob"', "", "has no label"),
    ],
)
def test_a_wrong_track_is_said(tmp_path: Path, there: str, wrong: str, said: str) -> None:
    labels = tmp_path / "annotations.xml"
    labels.write_text(VIDEO.replace(there, wrong, 1), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        names_in(labels)
