"""Labels in plain text files beside the pictures."""

import re
from collections.abc import Iterable
from pathlib import Path

from lpr_core.data.formats.pictures import PictureIndex
from lpr_core.data.manifest import read_manifest
from lpr_core.data.samples import MAX_LABEL_BYTES, Box, ManifestError, Sample, read_box
from lpr_core.untrusted import read_untrusted_text


def read_table(path: Path, index: PictureIndex) -> Iterable[Sample]:
    """CSV files of fast-plate-ocr: `image_path, plate_text` and optionally `plate_region`.

    Paths are relative to the CSV. A name such as `train.csv` or `val.csv` gives the split where the
    rows do not. Source: https://github.com/ankandrew/fast-plate-ocr
    """
    split = index.find_split(path)
    for _, row in read_manifest(path, None).iterrows():
        yield Sample(
            Path(row["image_path"]),
            row["plate_text"],
            row["plate_region"],
            row["split"] or split,
            read_box(row),
        )


def read_openalpr(path: Path, index: PictureIndex) -> Iterable[Sample]:
    """OpenALPR's end-to-end benchmark: text files of `picture x y width height TEXT`.

    One line for each plate, tabs between the fields, the box in pixels; a folder `br`, `eu` or
    `us` is the region.
    Source: https://github.com/openalpr/benchmarks
    """
    region = path.parent.name if path.parent.name in {"br", "eu", "us"} else ""
    samples, problems = [], []
    for number, line in enumerate(_read_lines(path), start=1):
        try:
            if line.strip():
                samples.append(_parse_openalpr(line, region, path, index))
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    if problems:
        raise ManifestError(f"{path} has bad lines:", problems)
    return samples


def _parse_openalpr(line: str, region: str, path: Path, index: PictureIndex) -> Sample:
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) != 6 or not all(re.fullmatch(r"\d+", field) for field in fields[1:5]):
        raise ValueError(
            f"a line must be `picture x y width height TEXT` with tabs between. Received: {line!r}"
        )
    if not fields[5]:
        raise ValueError("the plate's text is empty")
    return Sample(
        index.find_picture(fields[0], path),
        fields[5],
        plate_region=region,
        split=index.find_split(path.parent),
        box=Box(*(int(field) for field in fields[1:5])),
    )


def read_ufpr(path: Path, index: PictureIndex) -> Iterable[Sample]:
    """UFPR-ALPR and its relatives: beside each picture a text file of `name: value` lines.

    `plate: ABC-1234` is the text, `position_plate: x y width height` the box, or
    `corners: x,y x,y x,y x,y` as in RodoSol-ALPR. Folders such as `training` name the split; the
    plates are Brazilian. Source: https://github.com/raysonlaroca/ufpr-alpr-dataset
    """
    lines = _read_lines(path)
    fields = {
        name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    if not fields.get("plate"):
        raise ValueError("a line `plate: TEXT` must say the text")
    yield Sample(
        index.find_picture(path.stem, path),
        fields["plate"],
        plate_region="br",
        split=index.find_split(path.parent),
        box=_parse_ufpr_box(fields),
    )


def _read_lines(path: Path) -> list[str]:
    return read_untrusted_text(path, MAX_LABEL_BYTES).splitlines()


def _parse_ufpr_box(fields: dict[str, str]) -> Box:
    position = [int(number) for number in re.findall(r"-?\d+", fields.get("position_plate", ""))]
    corners = [int(number) for number in re.findall(r"-?\d+", fields.get("corners", ""))]
    if len(position) == 4:
        return Box(*position)
    if len(corners) == 8:
        return Box.around(list(zip(corners[::2], corners[1::2], strict=True)))
    raise ValueError("a line `position_plate: x y width height` or `corners:` must say the place")
