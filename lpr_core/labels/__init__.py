"""Labels: what models read and what people said, kept for good.

`LabelStore` keeps them, `exchange` hands them out.
"""

from lpr_core.labels.database import StoreError
from lpr_core.labels.rows import (
    MARKS,
    UNCHECKED,
    Mark,
    Page,
    PlateRecord,
    Revision,
    StoredPicture,
    StoredReading,
    clean_text,
)
from lpr_core.labels.store import LabelStore

__all__ = [
    "MARKS",
    "UNCHECKED",
    "LabelStore",
    "Mark",
    "Page",
    "PlateRecord",
    "Revision",
    "StoreError",
    "StoredPicture",
    "StoredReading",
    "clean_text",
]
