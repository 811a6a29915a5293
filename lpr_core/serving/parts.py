"""The files of a bundle: written all or none, opened with what they must take and give."""

import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lpr_core.files import write_bytes_atomic

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Port = tuple[str, list[int]]
"""Name of an input or output, and its shape without the batch."""


class BundleError(ValueError):
    """A bundle is damaged, foreign, or not what its card says."""


def write_parts(bundle_dir: Path, parts: Mapping[str, bytes]) -> None:
    """Write files into a folder whole or not at all, in the place of one that may be there."""
    draft_dir = bundle_dir.with_name(f".{bundle_dir.name}.{uuid.uuid4().hex}")
    try:
        for name, content in parts.items():
            write_bytes_atomic(draft_dir / name, content)
        _put_in_place(draft_dir, bundle_dir)
    finally:
        shutil.rmtree(draft_dir, ignore_errors=True)


def open_model(model: bytes, threads: int, takes: Port, gives: Port) -> "InferenceSession":
    """Return an ONNX Runtime session on the CPU.

    Raises:
        BundleError: The model does not load, or takes or gives something else.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Weights belong into the file that the checksum is of: without this, a model in memory takes
    # them from files of the current folder.
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(Path(os.devnull) / "none")
    )
    options.log_severity_level = 3  # errors only; warnings of the optimiser help nobody
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors share no public parent
        raise BundleError("The model of the bundle is no ONNX model that can be loaded.") from error
    nodes = [*session.get_inputs(), *session.get_outputs()]
    received = [(node.name, node.type, list(node.shape[1:])) for node in nodes]
    wanted = [(name, "tensor(float)", shape) for name, shape in (takes, gives)]
    if received != wanted:
        raise BundleError(f"The model must have the input and output {wanted}, not {received}.")
    return session


def _put_in_place(draft_dir: Path, bundle_dir: Path) -> None:
    """Rename a finished folder; POSIX renames no folder onto a filled one, so that goes first."""
    if not bundle_dir.exists():
        draft_dir.rename(bundle_dir)
        return
    old_dir = draft_dir.with_name(f"{draft_dir.name}.old")
    bundle_dir.rename(old_dir)
    draft_dir.rename(bundle_dir)
    shutil.rmtree(old_dir)
