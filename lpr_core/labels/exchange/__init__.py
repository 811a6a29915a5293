"""Labels out and in: manifests, PaddleOCR's rec_gt.txt, Label Studio's JSON, the whole history.

`export_labels` writes, `read_labels` reads; `lpr_core.labels.intake` files what was read.
"""

from lpr_core.labels.exchange.kinds import ExportKind
from lpr_core.labels.exchange.reading import read_labels
from lpr_core.labels.exchange.recognition import describe_other, find_kind
from lpr_core.labels.exchange.selection import Selection
from lpr_core.labels.exchange.words import PlateHistory, PlateLabels, Word
from lpr_core.labels.exchange.writing import export_labels

__all__ = [
    "ExportKind",
    "PlateHistory",
    "PlateLabels",
    "Selection",
    "Word",
    "describe_other",
    "export_labels",
    "find_kind",
    "read_labels",
]
