"""Plates per second that `lpr synthesize` draws, photographs and writes on all processors."""

import os
import tempfile
import time
from pathlib import Path

from lpr_core.synthesis import PlateOrder, generate_plates


def measure_synthesis(count: int = 4000) -> dict:
    """Draw plates of all regions into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        generate_plates(PlateOrder(regions=(), count=count, seed=0), Path(folder) / "plates")
        seconds = time.perf_counter() - started
    return {"count": count, "processors": os.cpu_count(), "plates_per_second": count / seconds}


def describe_synthesis(result: dict) -> str:
    """Return the result for people."""
    return (
        f"Synthesis: {result['plates_per_second']:.0f} plates/s on {result['processors']} "
        f"processors ({result['count']} plates, start-up included)."
    )


if __name__ == "__main__":
    print(describe_synthesis(measure_synthesis()))
