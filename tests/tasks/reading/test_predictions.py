import numpy as np
import pandas as pd

from lpr_core.plates.format import PlateFormat
from lpr_core.tasks.reading.predictions import tabulate_readings, tabulate_truth

PADDED = PlateFormat(name="padded", slots=3, alphabet="AB_", pad="_")
PROBABILITIES = np.array(
    [
        [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.0, 0.0, 1.0]],
        [[0.25, 0.5, 0.25], [0.0, 1.0, 0.0], [0.5, 0.3, 0.2]],
    ],
    np.float32,
)


def test_each_plate_has_its_row():
    frame = pd.DataFrame(
        {"image_path": ["a.png", "b.png"], "plate_text": ["AB", "BBB"], "plate_region": ["br", ""]}
    )
    assert tabulate_truth(frame).to_dict("list") == {
        "image_path": ["a.png", "b.png"],
        "plate_region": ["br", ""],
        "truth": ["AB", "BBB"],
    }


def test_each_reading_has_its_row():
    assert tabulate_readings(PROBABILITIES, PADDED).to_dict("list") == {
        "text": ["AB", "BBA"],
        "confidence": [np.float32(0.72), np.float32(0.25)],
        "slot_confidences": ["0.9000 0.8000 1.0000", "0.5000 1.0000 0.5000"],
    }
