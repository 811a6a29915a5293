"""Speed of the intake and of the search for duplicates: `python -m tests.benchmarks.intake`."""

import tempfile
import time
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from lpr_core.labels import LabelStore
from lpr_core.labels.intake import take_in
from lpr_core.labels.intake.report import IntakeVerdict
from lpr_core.pictures.likeness import NUM_BITS, LikenessIndex, write_hash
from tests.kit.drawn_plates import draw

SYMBOLS = np.array(list("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"))
NUM_SEARCHES = 1_000


def main(
    pictures: Annotated[int, typer.Option(help="Pictures to take in.")] = 10_000,
    known: Annotated[int, typer.Option(help="Pictures that a new one is compared with.")] = 100_000,
) -> None:
    """Take pictures in without reading them, into a new SQLite store, and print the speed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw_pictures(folder / "brought", pictures)
        store = LabelStore(f"sqlite:///{folder / 'labels.sqlite3'}", folder / "data")
        seconds, refused = time_intake(store, folder / "brought")
        again, _ = time_intake(store, folder / "brought")
        store.close()
    typer.echo(
        f"Intake: {pictures:,} pictures with labels in {seconds:.1f} s, "
        f"{pictures / seconds:.0f} a second; {refused} refused. "
        f"Again: {again:.1f} s, {pictures / again:.0f} a second."
    )
    milliseconds = time_search(known)
    typer.echo(f"Nearest of {known:,} pictures: {milliseconds:.2f} ms.")


def draw_pictures(folder: Path, count: int) -> None:
    """Write JPEG crops of 240 x 60 pixels, each of another plate, and their manifest."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    lines = ["image_path,plate_text,plate_region"]
    for number in range(count):
        text = "".join(rng.choice(SYMBOLS, 7))
        noisy = draw(text) + rng.normal(0, 12, (60, 240, 3))
        cv2.imwrite(str(folder / f"{number}.jpg"), np.clip(noisy, 0, 255).astype(np.uint8))
        lines.append(f"{number}.jpg,{text},br")
    (folder / "manifest.csv").write_text("\n".join(lines))


def time_intake(store: LabelStore, folder: Path) -> tuple[float, int]:
    """Return the seconds that an intake takes, and how many pictures it refused."""
    started = time.perf_counter()
    report = take_in(store, folder)
    return time.perf_counter() - started, report.counts()[IntakeVerdict.REFUSED]


def time_search(count: int) -> float:
    """Return the milliseconds to find the nearest of so many hashes."""
    rng = np.random.default_rng(0)
    index = LikenessIndex()
    for number, bits in enumerate(rng.random((count, NUM_BITS)) < 0.5):
        index.add(str(number), write_hash(bits))
    wanted = [write_hash(bits) for bits in rng.random((NUM_SEARCHES, NUM_BITS)) < 0.5]
    started = time.perf_counter()
    for text in wanted:
        index.find_nearest(text)
    return 1000 * (time.perf_counter() - started) / NUM_SEARCHES


if __name__ == "__main__":
    typer.run(main)
