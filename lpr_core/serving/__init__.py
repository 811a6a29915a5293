"""Reading: pictures in, texts with honest probabilities out, served by ONNX Runtime alone."""

from lpr_core.serving.bundle import Bundle, BundleError, ReaderCard, read_bundle, write_bundle
from lpr_core.serving.calibration import Calibration, fit_calibration, fit_temperature
from lpr_core.serving.floor import Floor, fit_floor
from lpr_core.serving.reader import PlateReading, Reader, SlotReading

__all__ = [
    "Bundle",
    "BundleError",
    "Calibration",
    "Floor",
    "PlateReading",
    "Reader",
    "ReaderCard",
    "SlotReading",
    "fit_calibration",
    "fit_floor",
    "fit_temperature",
    "read_bundle",
    "write_bundle",
]
