"""Milliseconds per plate of a reader beside EfficientNetB0's: ONNX Runtime, batch 1, one thread."""

import statistics
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import platformdirs

from lpr_core.serving.reader import Picture, Reader
from lpr_core.synthesis import draw_plate

NUM_ROUNDS = 10
READS_PER_ROUND = 20


def measure_latency(model_dir: Path | None = None) -> dict:
    """Return the median milliseconds of `Reader.read` for both, and how many times faster we are.

    The rounds alternate, so that whatever else the machine does slows both alike.
    """
    rng = np.random.default_rng(0)
    pictures = [draw_plate(None, rng).picture for _ in range(READS_PER_ROUND)]
    rivals = {
        "reader": Reader.load(model_dir, threads=1),
        "efficientnet_b0": Reader.load(_efficientnet_dir(pictures), threads=1),
    }
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for reader in rivals.values():
        reader.read_batch(pictures)  # opens the session, fills the caches
    for _ in range(NUM_ROUNDS):
        for name, reader in rivals.items():
            seconds[name] += [_time_read(reader, picture) for picture in pictures]
    medians = {name: 1000 * statistics.median(values) for name, values in seconds.items()}
    return {
        "reader_version": rivals["reader"].version,
        "milliseconds": medians,
        "times_faster": medians["efficientnet_b0"] / medians["reader"],
        "reads_each": NUM_ROUNDS * READS_PER_ROUND,
    }


def describe_latency(result: dict) -> str:
    """Return the result for people."""
    ours, theirs = (result["milliseconds"][name] for name in ("reader", "efficientnet_b0"))
    return (
        f"Latency per plate, batch 1, one thread, median of {result['reads_each']}: "
        f"{result['reader_version']} {ours:.1f} ms, EfficientNetB0 at 224x224 {theirs:.1f} ms "
        f"({result['times_faster']:.1f} times slower)."
    )


def _time_read(reader: Reader, picture: Picture) -> float:
    started = time.perf_counter()
    reader.read(picture)
    return time.perf_counter() - started


def _efficientnet_dir(pictures: list[Picture]) -> Path:
    """Return a bundle of the account's network with random weights, exported at the first call."""
    cache_dir = Path(platformdirs.user_cache_dir("lpr-workbench"))
    bundle_dir = cache_dir / f"efficientnet_b0-keras-{version('keras')}"
    if not bundle_dir.exists():
        from lpr_core.serving.export import export_reader
        from lpr_core.tasks.networks import build_network
        from lpr_core.tasks.reading import ReadingConfig

        config = ReadingConfig(backbone="efficientnet_b0")
        export_reader(
            build_network(config, seed=0),
            plate_format=config.plate_format,
            height=config.height,
            width=config.width,
            parity_pictures=pictures[:4],
            out_dir=bundle_dir,
            name="efficientnet_b0",
        )
    return bundle_dir


if __name__ == "__main__":
    print(describe_latency(measure_latency()))
