"""Plates to learn from: manifests, importers, duplicates and splits, batches.

`lpr_core.data.batches` is imported by its own name, because it needs Keras.
"""

from lpr_core.data.manifest import fingerprint, read_manifest, write_manifest
from lpr_core.data.samples import ManifestError, read_crop
from lpr_core.data.splits import Leak, check_leakage, split_manifest

__all__ = [
    "Leak",
    "ManifestError",
    "check_leakage",
    "fingerprint",
    "read_crop",
    "read_manifest",
    "split_manifest",
    "write_manifest",
]
